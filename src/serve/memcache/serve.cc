// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/serve.h"

#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <variant>

#include "serve/memcache/arcus/session.h"
#include "serve/memcache/binary_session.h"
#include "serve/memcache/log_line.h"
#include "serve/memcache/sasl_login.h"
#include "serve/memcache/session_wait.h"
#include "serve/memcache/text_login.h"
#include "serve/memcache/text_session.h"

namespace larder::serve::memcache {
namespace {

// What a connection speaks, and whether its client is known.
//
//   no byte yet ─┬─ everybody may in ──► a text session, by dialect, or BinarySession: by protocol
//                │                       or first byte
//                ├─ -Y ──► TextLogin ── kAdmitted ──► TextSession
//                └─ -S ──► SaslLogin ── kAdmitted ──► BinarySession ── kLogin ──► SaslLogin
//
// Knows neither node nor socket: there is one for each idle connection, and the coroutine has both.
class Conversation {
 public:
  Next answer(Node& node, io::Socket& socket, Protocol protocol) {
    if (auto* text = std::get_if<TextSession>(&session_)) return text->answer();
    if (std::holds_alternative<std::monostate>(session_)) {
      if (socket.inbox().empty()) return Next::kRead;
      begin(node, socket, protocol);
    }
    for (;;) {
      const Next next = answer_as_it_is();
      if (next == Next::kAdmitted) {
        admit(node, socket);
      } else if (next == Next::kLogin) {
        begin_login(node, socket);
        // Each of these two looks at the time only behind its first request.
        if (socket.loop().turn_is_long()) return Next::kYield;
      } else {
        return next;
      }
    }
  }

  // After kWait.
  void wait(cache::Waiter& waiter) {
    if (auto* login = std::get_if<SaslLogin>(&session_)) return login->wait(waiter);
    session().wait(waiter);
  }
  // After kReceive.
  Session& session() {
    if (auto* text = std::get_if<TextSession>(&session_)) return *text;
    if (auto* arcus = std::get_if<arcus::ArcusSession>(&session_)) return *arcus;
    return std::get<BinarySession>(session_);
  }

 private:
  Next answer_as_it_is() {
    if (auto* text = std::get_if<TextSession>(&session_)) return text->answer();
    if (auto* binary = std::get_if<BinarySession>(&session_)) return binary->answer();
    if (auto* arcus = std::get_if<arcus::ArcusSession>(&session_)) return arcus->answer();
    if (auto* login = std::get_if<TextLogin>(&session_)) return login->answer();
    return std::get<SaslLogin>(session_).answer();
  }

  void begin(Node& node, io::Socket& socket, Protocol protocol) {
    if (node.authentication != nullptr) {
      begin_login(node, socket);
    } else if (is_binary(socket, protocol)) {
      session_.emplace<BinarySession>(node, socket);
    } else if (node.settings.dialect == Dialect::kArcus) {
      session_.emplace<arcus::ArcusSession>(node, socket);
    } else {
      session_.emplace<TextSession>(node, socket);
    }
  }

  static bool is_binary(io::Socket& socket, Protocol protocol) {
    if (protocol != Protocol::kAuto) return protocol == Protocol::kBinary;
    return BinarySession::begins_with(socket.inbox().unread().front());
  }

  void begin_login(Node& node, io::Socket& socket) {
    switch (node.authentication->protocol()) {
      case Authentication::Protocol::kText:
        session_.emplace<TextLogin>(*node.authentication, socket);
        break;
      case Authentication::Protocol::kBinary:
        session_.emplace<SaslLogin>(*node.authentication, socket);
        break;
    }
  }

  void admit(Node& node, io::Socket& socket) {
    if (std::holds_alternative<TextLogin>(session_)) {
      session_.emplace<TextSession>(node, socket);
    } else {
      session_.emplace<BinarySession>(node, socket);
    }
  }

  std::variant<std::monostate, TextLogin, SaslLogin, TextSession, arcus::ArcusSession,
               BinarySession>
      session_;
};

// With -vv, by its descriptor and in memcached's words. Of a datagram nobody is told.
void tell(const Node& node, const io::Socket& socket, std::string_view what) {
  if (node.verbosity.load(std::memory_order_relaxed) < 2 || !socket.is_connection()) return;
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

// Of datagrams watchers are not told either.
bool is_watched(const Node& node, const io::Socket& socket) {
  return node.watchers.watches(Stream::kConnections) && socket.is_connection();
}

void tell_arrival(Node& node, io::Socket& socket) {
  if (!is_watched(node, socket)) return;
  node.watchers.tell(Stream::kConnections, arrival_line(socket), socket.loop().now());
}

void tell_departure(Node& node, io::Socket& socket, bool failed) {
  if (!is_watched(node, socket)) return;
  node.watchers.tell(Stream::kConnections, departure_line(socket, failed), socket.loop().now());
}

}  // namespace

io::Task serve(Node& node, io::Socket& socket, Protocol protocol) {
  tell(node, socket, welcome(protocol));
  Conversation conversation;
  bool failed = false;
  tell_arrival(node, socket);
  for (bool open = true; open;) {
    const Next next = conversation.answer(node, socket, protocol);
    auto flush = socket.flush();
    const bool sent = co_await flush;
    failed = !sent || next == Next::kGiveUp;
    if (!sent || is_end(next)) break;
    if (next == Next::kRead) {
      auto read = socket.read();
      open = co_await read;
    } else if (next == Next::kReceive) {
      auto receive = conversation.session().receive();
      const std::size_t bytes = co_await receive;
      conversation.session().received(bytes);
      open = bytes != 0;
    } else if (next == Next::kWait) {
      SessionWait wait(conversation, socket);
      co_await wait;
    } else if (next == Next::kYield) {
      auto yield = socket.yield();
      open = co_await yield;
    }
  }
  auto flush = socket.flush_everything();
  co_await flush;
  tell(node, socket, "connection closed.");
  tell_departure(node, socket, failed);
}

}  // namespace larder::serve::memcache
