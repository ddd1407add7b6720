// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/tls_origins.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <string_view>

#include "base/check.h"
#include "io/tls_context.h"
#include "io/tls_memory.h"
#include "io/tls_sessions.h"

namespace larder::io {
namespace {

bool is_number(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> ignored;
  return ::inet_pton(AF_INET, name.c_str(), ignored.data()) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), ignored.data()) == 1;
}

base::Status load_trust(SSL_CTX* context, const std::string& file) {
  const int loaded = file.empty() ? SSL_CTX_set_default_verify_paths(context)
                                  : SSL_CTX_load_verify_locations(context, file.c_str(), nullptr);
  if (loaded == 1) return base::Done{};
  return tls_failure("Error loading the CA certificate: " + file);
}

void offer(SSL_CTX* context, const std::string& protocol) {
  if (protocol.empty()) return;
  std::string list(1, static_cast<char>(protocol.size()));
  list += protocol;
  SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(list.data()),
                          static_cast<unsigned>(list.size()));
}

// Without a name OpenSSL would be content with any: there is nobody of that one (RFC 2606).
constexpr std::string_view kNobody = "nobody.invalid";

void expect(SSL* ssl, const std::string& name) {
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(ssl);
  if (is_number(name)) {
    LARDER_CHECK(X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str()) == 1);
    return;
  }
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const std::string_view host = name.empty() ? kNobody : std::string_view(name);
  LARDER_CHECK(X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size()) == 1);
}

void ask_for(SSL* ssl, const std::string& name) {
  if (name.empty() || is_number(name)) return;  // which SNI does not know (RFC 6066, 3)
  SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(name.c_str()));
}

}  // namespace

base::Result<std::unique_ptr<TlsOrigins>> TlsOrigins::open(const TlsOriginOptions& options) {
  account_tls_memory();
  ERR_clear_error();
  SslContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const raw = context.get();
  LARDER_CHECK(raw != nullptr);
  SSL_CTX_set_min_proto_version(raw, version_of(options.min_version));
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  if (auto loaded = load_trust(raw, options.ca_file); !loaded) return loaded.failure();
  if (!options.chain_file.empty()) {
    const TlsOptions ours{.chain_file = options.chain_file, .key_file = options.key_file};
    if (auto loaded = load_certificate(raw, ours); !loaded) return loaded.failure();
  }
  offer(raw, options.alpn);
  TlsSessions::keep_for(raw);
  return std::unique_ptr<TlsOrigins>(new TlsOrigins(options.verify, std::move(context)));
}

Ssl TlsOrigins::connect(const std::string& name) const {
  Ssl ssl(SSL_new(context_.get()));
  LARDER_CHECK(ssl != nullptr);
  ask_for(ssl.get(), name);
  if (verify_) {
    SSL_set_verify(ssl.get(), SSL_VERIFY_PEER, nullptr);
    expect(ssl.get(), name);
  }
  TlsSessions::resume(ssl.get(), name);
  SSL_set_connect_state(ssl.get());
  return ssl;
}

}  // namespace larder::io
