// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// A datagram is answered as a stream that holds the same and ends. The input is datagrams, each
// with its length before it in two bytes, the lower one first, and a byte that says what it is:
//
//   0    the bytes are the datagram, head and all, whatever they are
//   else they stand behind a good head, of which this is the request id
//
// The stream goes over a socket pair through a loop whose turns are never long, the datagrams over
// loopback through one whose turns all are, so that their sessions let others run whenever they
// may: to two caches with the same seed, at a time that stands still. Every message must be whole
// and in order, whatever came before it.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "io/udp_socket.h"
#include "serve/memcache/fuzz_conversation.h"
#include "serve/memcache/udp_port.h"
#include "wire/memcache/frame.h"

namespace larder::serve::memcache {
namespace {

namespace wire = ::larder::wire::memcache;

constexpr std::size_t kMostDatagrams = 32;
constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kMostBytes = 60'000;  // of a request

io::UdpSocket open_socket() {
  return *io::UdpSocket::open(io::Address::resolve("127.0.0.1", 0)->front());
}

// One client of one port.
class Asking {
 public:
  Asking(io::Loop& loop, Node& node)
      : loop_(loop), socket_(open_socket()), client_(open_socket()), room_(limits::KiB * 64) {
    where_ = socket_.address();
    port_ = std::make_unique<UdpPort>(node, std::move(socket_), std::vector<io::Network>());
    port_->open(loop);
  }
  ~Asking() { port_->close(); }

  // What is answered, put together.
  std::string ask(std::string_view datagram) {
    const std::array<std::string_view, 1> one{datagram};
    LARDER_CHECK(client_.send(one, where_) == 1);
    std::string reply;
    for (std::size_t turns = 0; turns == 0 || !port_->is_idle(); ++turns) {
      LARDER_CHECK(turns < kTooManyTurns);
      loop_.turn(0);
      receive(datagram, reply);
    }
    LARDER_CHECK(parts_left_ == 0);
    return reply;
  }

 private:
  void receive(std::string_view request, std::string& reply) {
    while (const auto datagram = client_.receive(room_)) {
      LARDER_CHECK(datagram->bytes.size() <= limits::kMaxDatagramBytes);
      const auto frame = wire::parse_frame(datagram->bytes);
      LARDER_CHECK(frame);
      if (parts_left_ == 0) parts_ = parts_left_ = frame->head.total;
      LARDER_CHECK(frame->head.request_id == wire::parse_frame(request)->head.request_id);
      LARDER_CHECK(frame->head.total == parts_);
      LARDER_CHECK(frame->head.sequence == parts_ - parts_left_);
      --parts_left_;
      LARDER_CHECK(parts_left_ == 0 || datagram->bytes.size() == limits::kMaxDatagramBytes);
      reply += frame->bytes;
    }
  }

  io::Loop& loop_;
  io::UdpSocket socket_;
  io::UdpSocket client_;
  io::Address where_;
  std::unique_ptr<UdpPort> port_;
  std::vector<char> room_;
  std::size_t parts_ = 0;
  std::size_t parts_left_ = 0;
};

std::string answer_to_stream(io::Loop& loop, Node& node, std::string_view stream) {
  Conversation conversation(loop, node);
  conversation.send(stream);
  conversation.settle_for_good(stream.size());
  conversation.end();
  return without_numbers(conversation.replies());
}

void check_same(std::string_view request, const std::string& stream, const std::string& datagram) {
  if (stream == datagram) return;
  std::fprintf(stderr, "request: %.*s\nstream: %.2000s\ndatagram: %.2000s\n",
               static_cast<int>(request.size()), request.data(), stream.c_str(), datagram.c_str());
  LARDER_CHECK(stream == datagram);
}

// The datagram that begins the input, which is shortened by it.
std::string take_datagram(std::string_view& input) {
  const auto byte = [&input](std::size_t at) { return static_cast<unsigned char>(input[at]); };
  const std::size_t bytes = byte(0) + (std::size_t{byte(1)} << 8);
  const unsigned char kind = byte(kLengthBytes);
  const std::string_view request = input.substr(kLengthBytes + 1, std::min(bytes, kMostBytes));
  input.remove_prefix(kLengthBytes + 1 + request.size());
  std::string datagram(kind == 0 ? 0 : wire::kFrameHeadBytes, '\0');
  if (kind != 0) wire::write_frame_head(datagram.data(), {.request_id = kind});
  return datagram.append(request);
}

void converse(io::Loop& of_streams, io::Loop& of_datagrams, std::string_view input) {
  FuzzNode streams(false);
  FuzzNode datagrams(false);
  Asking asking(of_datagrams, datagrams.node);
  for (std::size_t i = 0; i < kMostDatagrams && input.size() > kLengthBytes; ++i) {
    const std::string datagram = take_datagram(input);
    const auto frame = wire::parse_frame(datagram);
    const std::string reply = without_numbers(asking.ask(datagram));
    if (!frame || frame->head.total != 1) {
      LARDER_CHECK(reply.empty());
    } else {
      check_same(frame->bytes, answer_to_stream(of_streams, streams.node, frame->bytes), reply);
    }
    LARDER_CHECK(datagrams.cache.usage().reserved_bytes == 0);
  }
  LARDER_CHECK(streams.cache.usage().items == datagrams.cache.usage().items);
}

}  // namespace
}  // namespace larder::serve::memcache

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::serve::memcache;
  static const auto kSlow = open_loop(slow_clock);
  static const auto kHasty = open_loop(hasty_clock);
  converse(*kSlow, *kHasty, {reinterpret_cast<const char*>(data), size});
  return 0;
}
