// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/serve.h"

#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <variant>

#include "serve/memcache/binary_session.h"
#include "serve/memcache/log_line.h"
#include "serve/memcache/session_wait.h"
#include "serve/memcache/text_login.h"
#include "serve/memcache/text_session.h"

namespace larder::serve::memcache {
namespace {

// What a connection speaks, and whether its client is known.
//
//   no byte yet ─┬─ everybody may in ──► TextSession or BinarySession, by protocol or first byte
//                └─ -Y ──► TextLogin ── kAdmitted ──► TextSession
//
// Knows neither node nor socket: there is one for each idle connection, and the coroutine has both.
class Conversation {
 public:
  Next answer(Node& node, io::Socket& socket, Protocol protocol) {
    if (auto* text = std::get_if<TextSession>(&session_)) return text->answer();
    if (auto* binary = std::get_if<BinarySession>(&session_)) return binary->answer();
    if (std::holds_alternative<std::monostate>(session_)) {
      if (socket.inbox().empty()) return Next::kRead;
      begin(node, socket, protocol);
      return answer(node, socket, protocol);
    }
    const Next next = std::get<TextLogin>(session_).answer();
    if (next != Next::kAdmitted) return next;
    return session_.emplace<TextSession>(node, socket).answer();
  }

  // After kReceive and kWait.
  Session& session() {
    if (auto* text = std::get_if<TextSession>(&session_)) return *text;
    return std::get<BinarySession>(session_);
  }

 private:
  void begin(Node& node, io::Socket& socket, Protocol protocol) {
    if (node.authentication != nullptr) {
      session_.emplace<TextLogin>(*node.authentication, socket);
    } else if (is_binary(socket, protocol)) {
      session_.emplace<BinarySession>(node, socket);
    } else {
      session_.emplace<TextSession>(node, socket);
    }
  }

  static bool is_binary(io::Socket& socket, Protocol protocol) {
    if (protocol != Protocol::kAuto) return protocol == Protocol::kBinary;
    return BinarySession::begins_with(socket.inbox().unread().front());
  }

  std::variant<std::monostate, TextLogin, TextSession, BinarySession> session_;
};

// With -vv, by its descriptor and in memcached's words.
void tell(const Node& node, const io::Socket& socket, std::string_view what) {
  if (node.verbosity.load(std::memory_order_relaxed) < 2) return;
  std::fputs(fmt::format("<{} {}\n", socket.fd(), what).c_str(), stderr);
}

std::string_view welcome(Protocol protocol) {
  switch (protocol) {
    case Protocol::kAuto: return "new auto-negotiating client connection";
    case Protocol::kAscii: return "new ascii client connection.";
    case Protocol::kBinary: return "new binary client connection.";
  }
  return "";
}

void tell_arrival(Node& node, io::Socket& socket) {
  node.watchers.tell(Stream::kConnections, arrival_line(socket), socket.loop().now());
}

void tell_departure(Node& node, io::Socket& socket, bool failed) {
  node.watchers.tell(Stream::kConnections, departure_line(socket, failed), socket.loop().now());
}

}  // namespace

io::Task serve(Node& node, io::Socket& socket, Protocol protocol) {
  tell(node, socket, welcome(protocol));
  Conversation conversation;
  bool failed = false;
  if (node.watchers.watches(Stream::kConnections)) tell_arrival(node, socket);
  for (bool open = true; open;) {
    const Next next = conversation.answer(node, socket, protocol);
    auto flush = socket.flush();
    const bool sent = co_await flush;
    failed = !sent;
    if (!sent || next == Next::kClose) break;
    if (next == Next::kRead) {
      auto read = socket.read();
      open = co_await read;
    } else if (next == Next::kReceive) {
      auto receive = conversation.session().receive();
      const std::size_t bytes = co_await receive;
      conversation.session().received(bytes);
      open = bytes != 0;
    } else if (next == Next::kWait) {
      SessionWait wait(conversation.session(), socket);
      co_await wait;
    } else if (next == Next::kYield) {
      auto yield = socket.yield();
      open = co_await yield;
    }
  }
  auto flush = socket.flush_everything();
  co_await flush;
  tell(node, socket, "connection closed.");
  if (node.watchers.watches(Stream::kConnections)) tell_departure(node, socket, failed);
}

}  // namespace larder::serve::memcache
