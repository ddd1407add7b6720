// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/tls_context.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "io/tls_extras.h"

namespace larder::io {
namespace {

constexpr std::string_view kSessionContext = "larder";

base::Status load_authorities(SSL_CTX* context, const std::string& file) {
  if (file.empty()) return base::Done{};
  auto* const names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr || SSL_CTX_load_verify_locations(context, file.c_str(), nullptr) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return tls_failure("Error loading the CA certificate: " + file);
  }
  SSL_CTX_set_client_CA_list(context, names);
  return base::Done{};
}

base::Result<std::string> load_ocsp(const std::string& file) {
  if (file.empty()) return std::string();
  std::ifstream stream(file, std::ios::binary);
  std::string der((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  OCSP_RESPONSE* const parsed = d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(der.size()));
  if (parsed == nullptr) return tls_failure("Error loading the OCSP response: " + file);
  OCSP_RESPONSE_free(parsed);
  return der;
}

// Each with its length before it.
std::string alpn_list(const std::vector<std::string>& protocols) {
  std::string list;
  for (const std::string& protocol : protocols) {
    list.append(1, static_cast<char>(protocol.size())).append(protocol);
  }
  return list;
}

void set_options(SSL_CTX* context, const TlsOptions& options) {
  SSL_CTX_set_min_proto_version(context, version_of(options.min_version));
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // idle connections own none
  SSL_CTX_set_session_cache_mode(
      context, options.session_cache ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_OFF);
  SSL_CTX_sess_set_cache_size(context, limits::kTlsSessions);
  SSL_CTX_set_session_id_context(context,
                                 reinterpret_cast<const unsigned char*>(kSessionContext.data()),
                                 static_cast<unsigned>(kSessionContext.size()));
}

}  // namespace

base::Failure tls_failure(std::string what) {
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  ERR_clear_error();
  return {std::move(what) + ": " + reason.data()};
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

void make_absolute(std::string& file) {
  std::error_code ignored;
  if (!file.empty()) file = std::filesystem::absolute(file, ignored).string();
}

base::Status load_certificate(ssl_ctx_st* context, const TlsOptions& options) {
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
  return base::Done{};
}

base::Result<SslContext> load_server_context(const TlsOptions& options) {
  ERR_clear_error();
  SslContext context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* const raw = context.get();
  LARDER_CHECK(raw != nullptr);
  set_options(raw, options);
  if (auto loaded = load_certificate(raw, options); !loaded) return loaded.failure();
  if (auto loaded = load_authorities(raw, options.ca_file); !loaded) return loaded.failure();
  if (!options.ciphers.empty() && SSL_CTX_set_cipher_list(raw, options.ciphers.c_str()) != 1) {
    return tls_failure("Error setting the provided cipher(s): " + options.ciphers);
  }
  auto ocsp = load_ocsp(options.ocsp_file);
  if (!ocsp) return ocsp.failure();
  TlsExtras::give(raw, std::make_unique<TlsExtras>(*std::move(ocsp), alpn_list(options.alpn),
                                                   verify_mode(options.clients)));
  return context;
}

SslContext choose_by_name(std::vector<SslContext> contexts) {
  SslContext first = std::move(contexts.front());
  TlsExtras& extras = TlsExtras::of(first.get());
  extras.answer_for(first.get(), nullptr);
  for (std::size_t i = 1; i < contexts.size(); ++i) {
    SSL_CTX* const other = contexts[i].get();
    extras.answer_for(other, std::move(contexts[i]));
  }
  return first;
}

void share_ticket_keys(const SslContext& from, const SslContext& to) {
  constexpr std::size_t kKeyBytes = 80;  // of OpenSSL's: a name, and two keys
  std::array<unsigned char, kKeyBytes> keys;
  LARDER_CHECK(SSL_CTX_get_tlsext_ticket_keys(from.get(), keys.data(), keys.size()) == 1);
  LARDER_CHECK(SSL_CTX_set_tlsext_ticket_keys(to.get(), keys.data(), keys.size()) == 1);
  OPENSSL_cleanse(keys.data(), keys.size());
}

}  // namespace larder::io
