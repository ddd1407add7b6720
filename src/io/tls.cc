// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "io/tls_memory.h"

namespace larder::io {
namespace {

constexpr std::string_view kSessionContext = "larder";
constexpr std::size_t kTicketKeyBytes = 80;  // of OpenSSL's: a name, and two keys

// OpenSSL's first words about it; the others are about itself.
base::Failure tls_failure(std::string what) {
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  ERR_clear_error();
  return {std::move(what) + ": " + reason.data()};
}

// A daemon changes its folder: what is relative now would name another file at a reload.
TlsOptions with_absolute_files(TlsOptions options) {
  std::error_code ignored;
  for (std::string* file : {&options.chain_file, &options.key_file, &options.ca_file}) {
    if (!file->empty()) *file = std::filesystem::absolute(*file, ignored).string();
  }
  return options;
}

int version_of(TlsVersion version) {
  switch (version) {
    case TlsVersion::kTls10: return TLS1_VERSION;
    case TlsVersion::kTls11: return TLS1_1_VERSION;
    case TlsVersion::kTls12: return TLS1_2_VERSION;
    case TlsVersion::kTls13: return TLS1_3_VERSION;
  }
  return TLS1_2_VERSION;
}

int verify_mode(TlsClients clients) {
  switch (clients) {
    case TlsClients::kNotAsked: return SSL_VERIFY_NONE;
    case TlsClients::kAsked: return SSL_VERIFY_PEER;
    case TlsClients::kRequired: return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_NONE;
}

base::Status load_files(SSL_CTX* context, const TlsOptions& options) {
  const std::string& key = options.key_file.empty() ? options.chain_file : options.key_file;
  const int format =
      options.key_format == TlsOptions::KeyFormat::kDer ? SSL_FILETYPE_ASN1 : SSL_FILETYPE_PEM;
  if (SSL_CTX_use_certificate_chain_file(context, options.chain_file.c_str()) != 1) {
    return tls_failure("Error loading the certificate chain: " + options.chain_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), format) != 1) {
    return tls_failure("Error loading the key: " + key);
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return tls_failure("Error validating the certificate");
  }
  if (options.ca_file.empty()) return base::Done{};
  auto* const names = SSL_load_client_CA_file(options.ca_file.c_str());
  if (names == nullptr ||
      SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return tls_failure("Error loading the CA certificate: " + options.ca_file);
  }
  SSL_CTX_set_client_CA_list(context, names);
  return base::Done{};
}

}  // namespace

void SslRelease::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }
void SslRelease::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

base::Result<std::unique_ptr<Tls>> Tls::open(const TlsOptions& options) {
  account_tls_memory();
  std::unique_ptr<Tls> tls(new Tls(with_absolute_files(options)));
  auto context = tls->load();
  if (!context) return context.failure();
  tls->context_ = *std::move(context);
  return tls;
}

base::Result<SslContext> Tls::load() const {
  ERR_clear_error();
  SslContext context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* const raw = context.get();
  LARDER_CHECK(raw != nullptr);
  SSL_CTX_set_min_proto_version(raw, version_of(options_.min_version));
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);  // idle connections own none
  SSL_CTX_set_session_cache_mode(
      raw, options_.session_cache ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_OFF);
  SSL_CTX_sess_set_cache_size(raw, limits::kTlsSessions);
  SSL_CTX_set_session_id_context(raw,
                                 reinterpret_cast<const unsigned char*>(kSessionContext.data()),
                                 static_cast<unsigned>(kSessionContext.size()));
  if (auto loaded = load_files(raw, options_); !loaded) return loaded.failure();
  if (!options_.ciphers.empty() && SSL_CTX_set_cipher_list(raw, options_.ciphers.c_str()) != 1) {
    return tls_failure("Error setting the provided cipher(s): " + options_.ciphers);
  }
  return context;
}

base::Status Tls::reload() {
  auto fresh = load();
  if (!fresh) return fresh.failure();
  const std::scoped_lock lock(mutex_);
  // Or every client would have to shake hands in full at the same time.
  std::array<unsigned char, kTicketKeyBytes> keys;
  LARDER_CHECK(SSL_CTX_get_tlsext_ticket_keys(context_.get(), keys.data(), keys.size()) == 1);
  LARDER_CHECK(SSL_CTX_set_tlsext_ticket_keys(fresh->get(), keys.data(), keys.size()) == 1);
  OPENSSL_cleanse(keys.data(), keys.size());
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
