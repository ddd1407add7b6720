// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/tls_sessions.h"

#include <openssl/ssl.h>

#include "base/check.h"
#include "base/limits.h"

namespace larder::io {
namespace {

int sessions_index() {
  static const int kIndex = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* sessions, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<TlsSessions*>(sessions);
      });
  return kIndex;
}

// The name that a connection was begun for, which SNI does not tell where it is a number.
int name_index() {
  static const int kIndex = SSL_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* name, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<std::string*>(name);
      });
  return kIndex;
}

}  // namespace

void TlsSessions::keep_for(ssl_ctx_st* context) {
  LARDER_CHECK(SSL_CTX_set_ex_data(context, sessions_index(), new TlsSessions) == 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, got_session);
}

TlsSessions::~TlsSessions() { clear(); }

TlsSessions& TlsSessions::of(const ssl_ctx_st* context) {
  return *static_cast<TlsSessions*>(SSL_CTX_get_ex_data(context, sessions_index()));
}

void TlsSessions::resume(ssl_st* ssl, const std::string& name) {
  LARDER_CHECK(SSL_set_ex_data(ssl, name_index(), new std::string(name)) == 1);
  TlsSessions& all = of(SSL_get_SSL_CTX(ssl));
  const std::scoped_lock lock(all.mutex_);
  const auto found = all.sessions_.find(name);
  if (found != all.sessions_.end()) SSL_set_session(ssl, found->second);
}

// → whether it is ours now.
int TlsSessions::got_session(ssl_st* ssl, ssl_session_st* session) {
  const auto* name = static_cast<std::string*>(SSL_get_ex_data(ssl, name_index()));
  if (name == nullptr || SSL_SESSION_is_resumable(session) != 1) return 0;
  of(SSL_get_SSL_CTX(ssl)).keep(*name, session);
  return 1;
}

void TlsSessions::keep(const std::string& name, ssl_session_st* session) {
  const std::scoped_lock lock(mutex_);
  if (sessions_.size() >= limits::kTlsOriginSessions && !sessions_.contains(name)) clear();
  ssl_session_st*& kept = sessions_[name];
  SSL_SESSION_free(kept);
  kept = session;
}

void TlsSessions::clear() {
  for (const auto& [name, session] : sessions_) SSL_SESSION_free(session);
  sessions_.clear();
}

}  // namespace larder::io
