// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/serve.h"

#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <variant>

#include "serve/memcache/binary_session.h"
#include "serve/memcache/log_line.h"
#include "serve/memcache/session_wait.h"
#include "serve/memcache/text_session.h"

namespace larder::serve::memcache {
namespace {

// A connection before and after its first byte. Knows neither node nor socket: there is one for
// each idle connection, and the coroutine has both.
class Conversation {
 public:
  Next answer(Node& node, io::Socket& socket, Protocol protocol) {
    if (auto* text = std::get_if<TextSession>(&session_)) return text->answer();
    if (auto* binary = std::get_if<BinarySession>(&session_)) return binary->answer();
    const std::string_view unread = socket.inbox().unread();
    if (unread.empty()) return Next::kRead;
    if (protocol == Protocol::kAuto) {
      const bool is_binary = BinarySession::begins_with(unread.front());
      protocol = is_binary ? Protocol::kBinary : Protocol::kAscii;
    }
    if (protocol == Protocol::kBinary) {
      return session_.emplace<BinarySession>(node, socket).answer();
    }
    return session_.emplace<TextSession>(node, socket).answer();
  }

  // After an answer that was not kRead.
  Session& session() {
    if (auto* text = std::get_if<TextSession>(&session_)) return *text;
    return std::get<BinarySession>(session_);
  }

 private:
  std::variant<std::monostate, TextSession, BinarySession> session_;
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
  const bool is_connection = socket.is_connection();
  if (is_connection && node.watchers.watches(Stream::kConnections)) tell_arrival(node, socket);
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
  if (is_connection && node.watchers.watches(Stream::kConnections)) {
    tell_departure(node, socket, failed);
  }
}

}  // namespace larder::serve::memcache
