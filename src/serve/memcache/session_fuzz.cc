// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// However a stream of commands arrives, it is answered alike. The input is the lengths of eight
// pieces (0: 256 bytes) and the stream, in which a byte FF stands for a block of 4 KiB:
//
//   whole   one piece; a turn of the loop is never long
//   cut     into pieces of those lengths, again and again; every turn is long, so that the session
//           lets others run whenever it may
//
// The first length also says whether clients are asked who they are: divided by 16 it leaves 14
// with -Y, 15 with -S. Then nothing is stored before somebody has been admitted.
//
// Both go over a socket pair through a loop that is turned by hand, to sessions of two caches with
// the same seed, at a time that stands still: even the cas numbers are the same.
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "cache/cache.h"
#include "io/loop.h"
#include "serve/memcache/authentication.h"
#include "serve/memcache/node.h"
#include "serve/memcache/serve.h"
#include "serve/memcache/test_password_file.h"
#include "wire/memcache/binary.h"

namespace larder::serve::memcache {
namespace {

constexpr std::size_t kPieces = 8;
constexpr char kBlock = '\xFF';
constexpr std::size_t kBlockBytes = 4096;
constexpr std::size_t kMaxBlocks = 60;  // the others are what they are
constexpr std::uint64_t kSeed = 4711;
constexpr std::size_t kTooManyTurns = 1'000'000;  // a session that never comes to its end
constexpr cache::Limits kLimits{.memory_bytes = 8 << 20, .item_bytes = 128 << 10};

base::UnixMs stopped_clock() noexcept { return 1'800'000'000'000; }
base::SteadyMs slow_clock() noexcept { return 1; }
base::SteadyMs hasty_clock() noexcept {
  static base::SteadyMs now = 1;
  return now += limits::kLongTurnMs;
}

std::unique_ptr<io::Loop> open_loop(base::SteadyMs (*steady_now)() noexcept) {
  auto loop = io::Loop::open({.backend = io::BackendKind::kEpoll,
                              .no_progress_ms = std::int64_t{1} << 60,
                              .unix_now = stopped_clock,
                              .steady_now = steady_now});
  LARDER_CHECK(loop);
  return *std::move(loop);
}

// What is asked of clients with such a first length; null: nothing.
std::unique_ptr<Authentication> asked_for(std::uint8_t first_length) {
  static const PasswordFile kFile("a:b\nalice:secret\n");
  using Protocol = Authentication::Protocol;
  const int rest = first_length % 16;
  if (rest < 14) return nullptr;
  auto opened =
      Authentication::open(rest == 14 ? Protocol::kText : Protocol::kBinary, kFile.path());
  LARDER_CHECK(opened);
  return *std::move(opened);
}

// A session with its own cache, and the client's end of its connection.
class Conversation {
 public:
  Conversation(io::Loop& loop, Authentication* authentication) : loop_(loop) {
    node_.authentication = authentication;
    std::array<int, 2> ends{};
    LARDER_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    peer_ = ends[0];
    loop_.adopt(ends[1], [this](io::Socket& socket) { return serve(node_, socket); });
  }
  ~Conversation() { ::close(peer_); }

  // What does not fit into the socket waits until the session has read; a session that has closed
  // takes nothing.
  void send(std::string_view piece) {
    while (!piece.empty() && is_open()) {
      const ssize_t sent = ::send(peer_, piece.data(), piece.size(), MSG_NOSIGNAL);
      piece.remove_prefix(sent < 0 ? 0 : static_cast<std::size_t>(sent));
      settle();
    }
  }
  void end() {
    ::shutdown(peer_, SHUT_WR);
    for (std::size_t turns = 0; is_open(); ++turns) {
      LARDER_CHECK(turns < kTooManyTurns);
      turn();
    }
    turn();
  }

  // After `bytes` in all: whoever lets others run is silent for a turn, at most once a command.
  void settle_for_good(std::size_t bytes) {
    constexpr std::size_t kShortestCommand = 8;  // of those that are silent and alone in a turn
    for (std::size_t i = 0; i < 2 + bytes / kShortestCommand && is_open(); ++i) turn();
  }

  bool is_open() const { return loop_.socket_count() != 0; }
  const std::string& replies() const { return replies_; }
  cache::Usage usage() const { return cache_.usage(); }

 private:
  // Until the session has read everything, and a turn brings no reply.
  void settle() {
    bool silent = false;
    for (std::size_t turns = 0; is_open() && (!silent || unread_bytes() != 0); ++turns) {
      LARDER_CHECK(turns < kTooManyTurns);
      silent = turn() == 0;
    }
  }
  std::size_t turn() {
    loop_.turn(0);
    std::array<char, 64 * 1024> buffer;
    std::size_t received = 0;
    for (ssize_t now = 0; (now = ::recv(peer_, buffer.data(), buffer.size(), 0)) > 0;) {
      replies_.append(buffer.data(), static_cast<std::size_t>(now));
      received += static_cast<std::size_t>(now);
    }
    return received;
  }
  int unread_bytes() const {
    int bytes = 0;
    LARDER_CHECK(::ioctl(peer_, SIOCOUTQ, &bytes) == 0);
    return bytes;
  }

  io::Loop& loop_;
  cache::Cache cache_{kLimits, nullptr, kSeed};
  // What a connection watches comes when it comes: it would not be answered alike.
  Node node_{.cache = cache_, .settings = {.allow_watch = false}};
  std::string replies_;
  int peer_ = -1;
};

struct Transcript {
  std::string replies;
  bool closed_early;  // by the session
  cache::Usage usage;
};

// Binary replies; of those to stat only the names.
std::string without_values(std::string_view replies) {
  namespace binary = ::larder::wire::memcache::binary;
  constexpr char kStat = 0x10;
  const auto number = [](std::string_view bytes) {
    std::size_t sum = 0;
    for (const char byte : bytes) sum = sum << 8 | static_cast<unsigned char>(byte);
    return sum;
  };
  std::string kept;
  while (!replies.empty()) {
    LARDER_CHECK(replies.size() >= binary::kHeadBytes);
    const std::size_t key = binary::kHeadBytes + number(replies.substr(2, 2));
    const std::size_t all = binary::kHeadBytes + number(replies.substr(8, 4));
    LARDER_CHECK(replies.size() >= all);
    const bool is_number = replies[1] == kStat && key != binary::kHeadBytes;
    kept += is_number ? replies.substr(binary::kHeadBytes, key - binary::kHeadBytes)
                      : replies.substr(0, all);
    replies.remove_prefix(all);
  }
  return kept;
}

// What `stats` tells of the process is another with every look: only that it tells it is compared.
std::string without_numbers(const std::string& replies) {
  namespace binary = ::larder::wire::memcache::binary;
  if (replies.starts_with(static_cast<char>(binary::kReplyMagic))) return without_values(replies);
  std::string kept;
  for (std::size_t begin = 0; begin < replies.size();) {
    const std::size_t end = std::min(replies.find('\n', begin), replies.size() - 1) + 1;
    const std::string_view line = std::string_view(replies).substr(begin, end - begin);
    kept += line.starts_with("STAT ") ? line.substr(0, line.rfind(' ')) : line;
    begin = end;
  }
  return kept;
}

std::string expanded(std::string_view input) {
  std::string stream;
  std::size_t blocks = 0;
  for (const char byte : input) {
    const bool is_block = byte == kBlock && ++blocks <= kMaxBlocks;
    stream.append(is_block ? kBlockBytes : 1, is_block ? 'x' : byte);
  }
  return stream;
}

// `sizes`: of the pieces, for the first kBlockBytes; the rest comes in larger ones.
Transcript converse(io::Loop& loop, std::uint8_t first_length, std::string_view stream,
                    std::span<const std::size_t> sizes) {
  const auto authentication = asked_for(first_length);
  Conversation conversation(loop, authentication.get());
  std::size_t begin = 0;
  for (std::size_t piece = 0; begin < stream.size(); ++piece) {
    const std::size_t size = sizes[piece % sizes.size()];
    const std::string_view now = stream.substr(begin, begin < kBlockBytes ? size : size * size);
    conversation.send(now);
    begin += now.size();
  }
  conversation.settle_for_good(stream.size());
  const bool closed_early = !conversation.is_open();
  conversation.end();
  if (authentication != nullptr && authentication->logins() == authentication->refused()) {
    LARDER_CHECK(conversation.usage().items == 0);
  }
  return {without_numbers(conversation.replies()), closed_early, conversation.usage()};
}

void check_same(const Transcript& whole, const Transcript& cut) {
  if (whole.replies != cut.replies) {
    std::fprintf(stderr, "whole: %.2000s\ncut: %.2000s\n", whole.replies.c_str(),
                 cut.replies.c_str());
  }
  LARDER_CHECK(whole.replies == cut.replies);
  LARDER_CHECK(whole.closed_early == cut.closed_early);
  LARDER_CHECK(whole.usage.items == cut.usage.items);
  LARDER_CHECK(whole.usage.reserved_bytes == 0 && cut.usage.reserved_bytes == 0);
}

}  // namespace
}  // namespace larder::serve::memcache

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::serve::memcache;
  if (size <= kPieces) return 0;
  static const auto kSlow = open_loop(slow_clock);
  static const auto kHasty = open_loop(hasty_clock);
  std::array<std::size_t, kPieces> sizes;
  for (std::size_t i = 0; i < kPieces; ++i) sizes[i] = data[i] == 0 ? 256 : data[i];
  const std::string stream =
      expanded({reinterpret_cast<const char*>(data) + kPieces, size - kPieces});
  const std::array<std::size_t, 1> one_piece{stream.size()};
  check_same(converse(*kSlow, data[0], stream, one_piece),
             converse(*kHasty, data[0], stream, sizes));
  return 0;
}
