// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// One conversation, held under every fault, plain and by TLS: its transcript must be the same, byte
// for byte. A failure prints the command line that repeats it.
#include "io/faults.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "io/test_loop.h"
#include "io/test_memory.h"
#include "io/test_tls.h"

namespace larder::io {
namespace {

// ---- the conversation: messages with their size in front, sent back as they came

constexpr std::size_t kHeadBytes = sizeof(std::uint32_t);
constexpr std::size_t kDirectBytes = 600;  // a message with as many is received in place ...
constexpr std::size_t kPinnedBytes = 300;  // ... or sent from its place
constexpr std::size_t kFrozenBytes = limits::kFrozenBytes;  // ... or from its memory

// Overwritten when it is dropped: a pin that is dropped too early changes the transcript.
void append_pinned(Socket& socket, std::unique_ptr<std::string> message) {
  const std::string_view bytes = *message;
  const auto release = [](void* text) noexcept {
    const std::unique_ptr<std::string> owned(static_cast<std::string*>(text));
    std::ranges::fill(*owned, '#');
  };
  socket.outbox().append_pinned(bytes, base::Pin(message.release(), release));
}

void append_message(Socket& socket, std::unique_ptr<std::string> message) {
  std::array<char, kHeadBytes> head;
  const auto size = static_cast<std::uint32_t>(message->size());
  std::memcpy(head.data(), &size, kHeadBytes);
  socket.outbox().append({head.data(), kHeadBytes});
  if (size < kPinnedBytes) return socket.outbox().append(*message);
  if (size < kFrozenBytes) return append_pinned(socket, std::move(message));
  auto memory = std::make_unique<TestMemory>(*message);
  const std::string_view bytes = memory->text();
  socket.outbox().append_frozen(bytes, memory.release()->owning_pin());
}

Task serve_messages(Socket& socket, bool expects_large) {
  for (bool open = true; open;) {
    std::string_view unread = socket.inbox().unread();
    if (unread.size() < kHeadBytes) {
      auto flush = socket.flush();
      co_await flush;
      auto read = socket.read();
      open = co_await read;
      continue;
    }
    std::uint32_t size = 0;
    std::memcpy(&size, unread.data(), kHeadBytes);
    socket.inbox().consume(kHeadBytes);
    auto message = std::make_unique<std::string>(size, '\0');
    if (expects_large && size >= kDirectBytes) socket.expect_large();
    std::size_t filled = socket.inbox().unread().copy(message->data(), size);
    socket.inbox().consume(filled);
    while (open && filled < size) {
      if (size >= kDirectBytes && socket.inbox().empty()) {
        auto receive = socket.receive({message->data() + filled, size - filled});
        const std::size_t bytes = co_await receive;
        filled += bytes;
        open = bytes != 0;
        continue;
      }
      auto read = socket.read();
      open = co_await read;
      const std::size_t more =
          socket.inbox().unread().copy(message->data() + filled, size - filled);
      socket.inbox().consume(more);
      filled += more;
    }
    if (filled == size) append_message(socket, std::move(message));
    auto flush = socket.flush();
    co_await flush;
  }
  auto flush = socket.flush_everything();
  co_await flush;
}

// Small ones in pipelines, now and then a large one.
std::string messages(std::uint64_t seed, std::size_t total_bytes) {
  std::mt19937_64 random(seed);
  std::string all;
  while (all.size() < total_bytes) {
    const std::size_t most = random() % 8 == 0 ? total_bytes / 40 : 40;
    const auto size = static_cast<std::uint32_t>(random() % (most + 1));
    std::string message(kHeadBytes + size, '\0');
    std::memcpy(message.data(), &size, kHeadBytes);
    for (std::size_t i = kHeadBytes; i < message.size(); ++i) {
      message[i] = static_cast<char>(random());
    }
    all += message;
  }
  return all;
}

// Sends in pieces of random sizes, as fast as they are taken, and returns what comes back.
std::string converse(Peer peer, const std::string& request, std::uint64_t seed) {
  std::thread writer([&] {
    std::mt19937_64 random(seed);
    for (std::size_t at = 0; at < request.size();) {
      const std::size_t most = random() % 4 == 0 ? 100'000 : 500;
      const std::string_view piece = std::string_view(request).substr(at, 1 + random() % most);
      if (!peer.send(piece)) return;
      at += piece.size();
    }
    peer.half_close();
  });
  std::string reply = peer.receive_to_end();
  writer.join();
  return reply;
}

// The kernel keeps little of what is sent, so that everything takes many turns.
void make_narrow(const Connection& connection) {
  const int bytes = 4096;
  for (const int fd : {connection.ours, connection.peer.fd()}) {
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  }
}

const char* test_name() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }

// ---- the ways in which it goes wrong

struct Trouble {
  const char* name;
  std::size_t max_receive_bytes = 0;
  std::size_t max_send_bytes = 0;
  unsigned try_again_percent = 0;
  unsigned no_buffers_percent = 0;
  unsigned cancel_percent = 0;
  // Real shortage: too few and too small buffers for what comes.
  std::size_t receive_buffers = limits::kReceiveBuffers;
  std::size_t receive_buffer_bytes = limits::kReceiveBufferBytes;
  std::size_t total_bytes = 2 * limits::MiB;

  bool has_chance() const { return try_again_percent + no_buffers_percent + cancel_percent != 0; }
  bool needs_a_stream() const {
    return no_buffers_percent + cancel_percent != 0 || receive_buffers != limits::kReceiveBuffers;
  }
};
std::ostream& operator<<(std::ostream& out, const Trouble& trouble) { return out << trouble.name; }

constexpr std::size_t kFew = 30'000;  // bytes, where each of them is a turn of the loop

constexpr Trouble kTroubles[] = {
    {.name = "none"},
    {.name = "receive_1", .max_receive_bytes = 1, .total_bytes = kFew},
    {.name = "receive_2", .max_receive_bytes = 2, .total_bytes = kFew},
    {.name = "receive_3", .max_receive_bytes = 3, .total_bytes = kFew},
    {.name = "receive_5", .max_receive_bytes = 5, .total_bytes = kFew},
    {.name = "receive_100", .max_receive_bytes = 100, .total_bytes = 10 * kFew},
    {.name = "send_1", .max_send_bytes = 1, .total_bytes = kFew},
    {.name = "send_2", .max_send_bytes = 2, .total_bytes = kFew},
    {.name = "send_3", .max_send_bytes = 3, .total_bytes = kFew},
    {.name = "send_5", .max_send_bytes = 5, .total_bytes = kFew},
    {.name = "send_100", .max_send_bytes = 100, .total_bytes = 10 * kFew},
    {.name = "both_1", .max_receive_bytes = 1, .max_send_bytes = 1, .total_bytes = kFew},
    {.name = "try_again_10", .try_again_percent = 10},
    {.name = "try_again_50", .try_again_percent = 50},
    {.name = "try_again_90", .try_again_percent = 90, .total_bytes = 10 * kFew},
    {.name = "no_buffers_10", .no_buffers_percent = 10},
    {.name = "no_buffers_100", .no_buffers_percent = 100},
    {.name = "cancel_10", .cancel_percent = 10},
    {.name = "cancel_100", .cancel_percent = 100},
    {.name = "cancel_of_small_buffers", .cancel_percent = 50, .receive_buffer_bytes = 64},
    {.name = "two_buffers", .receive_buffers = 2, .receive_buffer_bytes = 256},
    {.name = "one_tiny_buffer",
     .receive_buffers = 1,
     .receive_buffer_bytes = 7,
     .total_bytes = kFew},
    {.name = "all_of_epoll",
     .max_receive_bytes = 1000,
     .max_send_bytes = 1000,
     .try_again_percent = 30},
    {.name = "all_of_uring",
     .max_receive_bytes = 1000,
     .max_send_bytes = 1000,
     .try_again_percent = 30,
     .no_buffers_percent = 20,
     .cancel_percent = 20,
     .receive_buffers = 4},
};
constexpr std::uint64_t kSeeds = 3;

using Parameters = std::tuple<BackendKind, Trouble, std::uint64_t>;

class FaultsTest : public testing::TestWithParam<Parameters> {};

std::string name_of(const testing::TestParamInfo<Parameters>& info) {
  const auto& [backend, trouble, seed] = info.param;
  return std::string(backend == BackendKind::kUring ? "uring_" : "epoll_") + trouble.name +
         "_seed_" + std::to_string(seed);
}

std::vector<Parameters> each_trouble() {
  std::vector<Parameters> all;
  for (const Trouble& trouble : kTroubles) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      all.emplace_back(BackendKind::kUring, trouble, seed);
      // epoll asks anew for every read: it has no stream that could break off.
      if (!trouble.needs_a_stream()) all.emplace_back(BackendKind::kEpoll, trouble, seed);
    }
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(All, FaultsTest, testing::ValuesIn(each_trouble()), name_of);

TEST_P(FaultsTest, ChangeNoByteOfAConversation) {
  const auto& [backend, trouble, seed] = GetParam();
  if (backend == BackendKind::kUring && !uring_refusal().empty()) {
    GTEST_SKIP() << "this machine forbids io_uring: " << uring_refusal();
  }
  Faults faults(seed);
  faults.max_receive_bytes = trouble.max_receive_bytes;
  faults.max_send_bytes = trouble.max_send_bytes;
  faults.try_again_percent = trouble.try_again_percent;
  faults.no_buffers_percent = trouble.no_buffers_percent;
  faults.cancel_percent = trouble.cancel_percent;
  const std::string request = messages(seed, trouble.total_bytes);
  const TestIdentity server("server");
  const auto tls =
      Tls::open({.chain_file = server.certificate_path(), .key_file = server.key_path()});
  ASSERT_TRUE(tls);
  {
    LoopThread loop({.backend = backend,
                     .receive_buffer_bytes = trouble.receive_buffer_bytes,
                     .receive_buffers = trouble.receive_buffers,
                     .faults = &faults});
    for (const auto& [transport, expects_large] :
         {std::pair(Transport::kTcp, false), {Transport::kTcp, true}, {Transport::kUnix, true}}) {
      Connection connection = connect(transport);
      transport == Transport::kUnix ? make_narrow(connection) : leave_unpaced(connection);
      loop.on_loop([&] {
        loop->adopt(connection.ours,
                    [&](Socket& socket) { return serve_messages(socket, expects_large); });
      });
      const std::string reply = converse(std::move(connection.peer), request, seed);
      EXPECT_TRUE(same(reply, request))
          << "again: tests/io_test --gtest_filter='*" << test_name() << "'";
    }
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      Connection connection = connect(Transport::kTcp);
      loop.on_loop([&] {
        loop->adopt(connection.ours, [](Socket& socket) { return serve_messages(socket, true); },
                    {.tls = tls->get()});
      });
      TlsPeer peer(std::move(connection.peer), {.version = version});
      EXPECT_TRUE(same(peer.converse(request, request.size()), request))
          << "by TLS, again: tests/io_test --gtest_filter='*" << test_name() << "'";
    }
  }
  if (trouble.has_chance()) {
    EXPECT_GT(faults.injected, 0U);
  }
}

}  // namespace
}  // namespace larder::io
