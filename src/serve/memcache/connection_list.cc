// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/connection_list.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <string_view>
#include <utility>

#include "serve/memcache/session.h"

namespace larder::serve::memcache {
namespace {

using Doing = io::ConnectionFacts::Doing;

std::string_view state_of(Doing doing) {
  switch (doing) {
    case Doing::kListening: return "conn_listening";
    case Doing::kReading: return "conn_read";
    case Doing::kReceiving: return "conn_nread";
    case Doing::kAnswering: return "conn_parse_cmd";
    case Doing::kSending: return "conn_mwrite";
    case Doing::kClosing: return "conn_closing";
  }
  return "";
}

std::string text_of(const io::Address& address) {
  const std::string_view kind = address.is_unix()              ? "unix"
                                : address.family() == AF_INET6 ? "tcp6"
                                                               : "tcp";
  return fmt::format("{}:{}", kind, address.text());
}

}  // namespace

Next ConnectionList::go_on(io::Socket& socket) {
  if (!asked_) return Next::kWait;
  for (; told_ != all_.size(); ++told_) {
    if (socket.outbox().full()) return Next::kDrain;
    if (told_ % limits::kBatchCommands == 0 && socket.loop().turn_is_long()) return Next::kYield;
    tell(all_[told_]);
  }
  return Next::kGoOn;
}

void ConnectionList::wait(cache::Waiter& waiter) {
  loops_.list_connections([this, &waiter](std::vector<io::ConnectionFacts> all) {
    all_ = std::move(all);
    asked_ = true;
    waiter.ready();
  });
}

void ConnectionList::tell(const io::ConnectionFacts& facts) const {
  constexpr std::int64_t kMsPerS = 1000;
  const auto tell = [&](std::string_view name, std::string_view value) {
    tell_(fmt::format("{}:{}", facts.fd, name), value);
  };
  tell("addr", text_of(facts.peer));
  if (facts.doing != Doing::kListening) tell("listen_addr", text_of(facts.local));
  tell("state", state_of(facts.doing));
  tell("secs_since_last_cmd", fmt::format("{}", facts.silent_ms / kMsPerS));
}

}  // namespace larder::serve::memcache
