// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/serve.h"

#include <variant>

#include "serve/memcache/binary_session.h"
#include "serve/memcache/key_wait.h"
#include "serve/memcache/sasl_login.h"
#include "serve/memcache/sasl_wait.h"
#include "serve/memcache/text_login.h"
#include "serve/memcache/text_session.h"

namespace larder::serve::memcache {
namespace {

// What a connection speaks, and whether its client is known.
//
//   no byte yet ─┬─ everybody may in ──► TextSession or BinarySession, by the first byte
//                ├─ -Y ──► TextLogin ── kAdmitted ──► TextSession
//                └─ -S ──► SaslLogin ── kAdmitted ──► BinarySession ── kLogin ──► SaslLogin
//
// Knows neither node nor socket: there is one for each idle connection, and the coroutine has both.
class Conversation {
 public:
  Next answer(Node& node, io::Socket& socket) {
    if (auto* text = std::get_if<TextSession>(&session_)) return text->answer();
    if (session_.index() == 0) {
      if (socket.inbox().empty()) return Next::kRead;
      begin(node, socket);
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

  // After kVerify.
  SaslLogin& sasl_login() { return std::get<SaslLogin>(session_); }
  // After kReceive and kWait.
  Session& session() {
    if (auto* text = std::get_if<TextSession>(&session_)) return *text;
    return std::get<BinarySession>(session_);
  }

 private:
  Next answer_as_it_is() {
    if (auto* text = std::get_if<TextSession>(&session_)) return text->answer();
    if (auto* binary = std::get_if<BinarySession>(&session_)) return binary->answer();
    if (auto* login = std::get_if<TextLogin>(&session_)) return login->answer();
    return std::get<SaslLogin>(session_).answer();
  }

  void begin(Node& node, io::Socket& socket) {
    if (node.authentication != nullptr) {
      begin_login(node, socket);
    } else if (BinarySession::begins_with(socket.inbox().unread().front())) {
      session_.emplace<BinarySession>(node, socket);
    } else {
      session_.emplace<TextSession>(node, socket);
    }
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

  std::variant<std::monostate, TextLogin, SaslLogin, TextSession, BinarySession> session_;
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
    } else if (next == Next::kVerify) {
      SaslWait wait(conversation.sasl_login(), socket);
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
