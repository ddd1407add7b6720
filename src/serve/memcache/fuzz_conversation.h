// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

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
#include "serve/memcache/node.h"
#include "serve/memcache/serve.h"
#include "wire/memcache/binary.h"

// What fuzzers of sessions have in common: a node and a loop that do the same whenever they are
// told the same, and a conversation with them.
namespace larder::serve::memcache {

inline constexpr std::uint64_t kSeed = 4711;
inline constexpr std::size_t kTooManyTurns = 1'000'000;  // a session that never comes to its end
inline constexpr cache::Limits kLimits{.memory_bytes = 8 << 20, .item_bytes = 128 << 10};

inline base::UnixMs stopped_clock() noexcept { return 1'800'000'000'000; }
inline base::SteadyMs slow_clock() noexcept { return 1; }
inline base::SteadyMs hasty_clock() noexcept {
  static base::SteadyMs now = 1;
  return now += limits::kLongTurnMs;
}

inline std::unique_ptr<io::Loop> open_loop(base::SteadyMs (*steady_now)() noexcept) {
  auto loop = io::Loop::open({.backend = io::BackendKind::kEpoll,
                              .no_progress_ms = std::int64_t{1} << 60,
                              .unix_now = stopped_clock,
                              .steady_now = steady_now});
  LARDER_CHECK(loop);
  return *std::move(loop);
}

// One that watches would be told what others do.
struct FuzzNode {
  explicit FuzzNode(bool allow_dumps = true)
      : node{.cache = cache, .settings = {.allow_dumps = allow_dumps, .allow_watch = false}} {}
  explicit FuzzNode(Dialect dialect)
      : cache(limits_of(dialect), nullptr, kSeed),
        node{.cache = cache,
             .settings = {.dialect = dialect, .allow_watch = false, .has_scrubber = true}} {}

  cache::Cache cache{kLimits, nullptr, kSeed};
  Node node;

 private:
  static cache::Limits limits_of(Dialect dialect) {
    cache::Limits limits = kLimits;
    limits.sticky_bytes = limits.memory_bytes / 4;
    limits.accounts_prefixes = dialect == Dialect::kArcus;
    return limits;
  }
};

// A session, and the client's end of its connection.
class Conversation {
 public:
  Conversation(io::Loop& loop, Node& node) : loop_(loop), node_(node) {
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
  // What a connection watches comes when it comes: it would not be answered alike.
  Node& node_;
  std::string replies_;
  int peer_ = -1;
};

// ---- replies that can be compared

// Binary replies; of those to stat only the names.
inline std::string without_values(std::string_view replies) {
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
inline std::string without_numbers(const std::string& replies) {
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

}  // namespace larder::serve::memcache
