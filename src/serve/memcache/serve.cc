// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/serve.h"

#include <variant>

#include "serve/memcache/binary_session.h"
#include "serve/memcache/key_wait.h"
#include "serve/memcache/text_login.h"
#include "serve/memcache/text_session.h"

namespace larder::serve::memcache {
namespace {

// What a connection speaks, and whether its client is known.
//
//   no byte yet ─┬─ everybody may in ──► TextSession or BinarySession, by the first byte
//                └─ a password is asked ──► TextLogin ── kAdmitted ──► TextSession
//
// Knows neither node nor socket: there is one for each idle connection, and the coroutine has both.
class Conversation {
 public:
  Next answer(Node& node, io::Socket& socket) {
    if (auto* text = std::get_if<TextSession>(&session_)) return text->answer();
    if (auto* binary = std::get_if<BinarySession>(&session_)) return binary->answer();
    if (session_.index() == 0) {
      if (socket.inbox().empty()) return Next::kRead;
      begin(node, socket);
      return answer(node, socket);
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
  void begin(Node& node, io::Socket& socket) {
    if (node.authentication != nullptr) {
      session_.emplace<TextLogin>(*node.authentication, socket);
    } else if (BinarySession::begins_with(socket.inbox().unread().front())) {
      session_.emplace<BinarySession>(node, socket);
    } else {
      session_.emplace<TextSession>(node, socket);
    }
  }

  std::variant<std::monostate, TextLogin, TextSession, BinarySession> session_;
};

}  // namespace

io::Task serve(Node& node, io::Socket& socket) {
  Conversation conversation;
  for (bool open = true; open;) {
    const Next next = conversation.answer(node, socket);
    auto flush = socket.flush();
    const bool sent = co_await flush;
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
      KeyWait wait(node.cache, conversation.session().pending_key(), socket);
      co_await wait;
    } else if (next == Next::kYield) {
      auto yield = socket.yield();
      open = co_await yield;
    }
  }
  auto flush = socket.flush_everything();
  co_await flush;
}

}  // namespace larder::serve::memcache
