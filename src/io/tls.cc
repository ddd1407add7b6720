// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

#include "base/check.h"
#include "io/tls_context.h"
#include "io/tls_memory.h"

namespace larder::io {
namespace {

std::vector<TlsOptions> with_absolute_files(std::vector<TlsOptions> all) {
  for (TlsOptions& options : all) {
    make_absolute(options.chain_file);
    make_absolute(options.key_file);
    make_absolute(options.ca_file);
    make_absolute(options.ocsp_file);
  }
  return all;
}

}  // namespace

void SslRelease::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }
void SslRelease::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

base::Result<std::unique_ptr<Tls>> Tls::open(const TlsOptions& options) {
  return open(std::vector<TlsOptions>{options});
}

base::Result<std::unique_ptr<Tls>> Tls::open(const std::vector<TlsOptions>& certificates) {
  if (certificates.empty()) return base::Failure{"TLS without a certificate"};
  account_tls_memory();
  std::unique_ptr<Tls> tls(new Tls(with_absolute_files(certificates)));
  auto context = tls->load(nullptr);
  if (!context) return context.failure();
  tls->context_ = *std::move(context);
  return tls;
}

base::Result<SslContext> Tls::load(const SslContext& before) const {
  std::vector<SslContext> contexts;
  for (const TlsOptions& options : options_) {
    auto context = load_server_context(options);
    if (!context) return context.failure();
    contexts.push_back(*std::move(context));
  }
  // Or every client would have to shake hands in full at the same time.
  const SslContext& keys = before ? before : contexts.front();
  for (const SslContext& context : contexts) {
    if (context != keys) share_ticket_keys(keys, context);
  }
  return choose_by_name(std::move(contexts));
}

base::Status Tls::reload() {
  const std::scoped_lock reloading(reload_mutex_);
  auto fresh = load(context_);
  if (!fresh) return fresh.failure();
  const std::scoped_lock lock(mutex_);
  context_ = *std::move(fresh);
  loaded_ = base::unix_now_ms();
  return base::Done{};
}

Ssl Tls::accept(TlsClients clients) const {
  SslContext context;
  {
    const std::scoped_lock lock(mutex_);
    SSL_CTX_up_ref(context_.get());
    context.reset(context_.get());
  }
  Ssl ssl(SSL_new(context.get()));
  LARDER_CHECK(ssl != nullptr);
  SSL_set_verify(ssl.get(), verify_mode(clients), nullptr);
  SSL_set_accept_state(ssl.get());
  return ssl;
}

}  // namespace larder::io
