// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/tls_extras.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/check.h"

namespace larder::io {
namespace {

std::string lower(std::string_view text) {
  std::string name(text);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

std::string text_of(const ASN1_STRING* string) {
  const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(string));
  return lower({data, static_cast<std::size_t>(ASN1_STRING_length(string))});
}

// Of an old certificate, that lists none.
std::vector<std::string> common_names(const X509* certificate) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  return {text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)))};
}

std::vector<std::string> names_of(const X509* certificate) {
  auto* const listed = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  if (listed == nullptr) return common_names(certificate);
  std::vector<std::string> names;
  for (int i = 0; i < sk_GENERAL_NAME_num(listed); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(listed, i);
    if (name->type == GEN_DNS) names.push_back(text_of(name->d.dNSName));
  }
  GENERAL_NAMES_free(listed);
  return names;
}

int extras_index() {
  static const int kIndex = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* extras, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<TlsExtras*>(extras);
      });
  return kIndex;
}

}  // namespace

// What OpenSSL asks during a handshake. The context is the one that answers for the name by then.
struct TlsCallbacks {
  static TlsExtras& extras_of(const SSL* ssl) { return TlsExtras::of(SSL_get_SSL_CTX(ssl)); }

  static int choose_context(SSL* ssl, int*, void*) {
    const TlsExtras& firsts = extras_of(ssl);
    const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    SSL_CTX* const other = name == nullptr ? nullptr : firsts.find(name);
    if (other != nullptr) {
      SSL_set_SSL_CTX(ssl, other);
      SSL_set_verify(ssl, TlsExtras::of(other).verify_mode_, nullptr);
    }
    if (!may_resume(ssl, firsts, other)) return SSL_TLSEXT_ERR_ALERT_FATAL;
    return name == nullptr ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_OK;
  }

  // The keys of tickets are the same for all certificates. Who has one for a name whose clients
  // need not say who they are must not get in with it where they have to.
  static bool may_resume(SSL* ssl, const TlsExtras& firsts, const SSL_CTX* chosen) {
    const bool resumes = SSL_session_reused(ssl) == 1;
    if (!resumes || SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE) return true;
    const char* const before = SSL_SESSION_get0_hostname(SSL_get_session(ssl));
    return firsts.find(before == nullptr ? "" : before) == chosen;
  }

  // A client that speaks none of ours would not understand us (RFC 7301, 3.2).
  static int choose_protocol(SSL* ssl, const unsigned char** chosen, unsigned char* bytes,
                             const unsigned char* theirs, unsigned their_bytes, void*) {
    const std::string& ours = extras_of(ssl).alpn_;
    unsigned char* best = nullptr;
    const int found =
        SSL_select_next_proto(&best, bytes, reinterpret_cast<const unsigned char*>(ours.data()),
                              static_cast<unsigned>(ours.size()), theirs, their_bytes);
    *chosen = best;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
  }

  static int staple(SSL* ssl, void*) {
    const std::string& ocsp = extras_of(ssl).ocsp_;
    if (ocsp.empty()) return SSL_TLSEXT_ERR_NOACK;
    void* const copy = OPENSSL_memdup(ocsp.data(), ocsp.size());
    LARDER_CHECK(copy != nullptr);
    SSL_set_tlsext_status_ocsp_resp(ssl, static_cast<unsigned char*>(copy),
                                    static_cast<long>(ocsp.size()));
    return SSL_TLSEXT_ERR_OK;
  }
};

void TlsExtras::give(ssl_ctx_st* context, std::unique_ptr<TlsExtras> extras) {
  const bool has_alpn = !extras->alpn_.empty();
  LARDER_CHECK(SSL_CTX_set_ex_data(context, extras_index(), extras.release()) == 1);
  // As OpenSSL's macros for it, without their casts.
  using Any = void (*)();
  SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                        reinterpret_cast<Any>(TlsCallbacks::choose_context));
  SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB,
                        reinterpret_cast<Any>(TlsCallbacks::staple));
  if (has_alpn) SSL_CTX_set_alpn_select_cb(context, TlsCallbacks::choose_protocol, nullptr);
}

TlsExtras& TlsExtras::of(const ssl_ctx_st* context) {
  auto* const extras = static_cast<TlsExtras*>(SSL_CTX_get_ex_data(context, extras_index()));
  LARDER_CHECK(extras != nullptr);
  return *extras;
}

void TlsExtras::answer_for(ssl_ctx_st* context, SslContext owned) {
  for (std::string& name : names_of(SSL_CTX_get0_certificate(context))) {
    names_.try_emplace(std::move(name), owned ? context : nullptr);
  }
  if (owned) others_.push_back(std::move(owned));
}

ssl_ctx_st* TlsExtras::find(std::string_view name) const {
  const std::string exact = lower(name);
  auto found = names_.find(exact);
  if (found == names_.end()) {
    const std::size_t dot = exact.find('.');
    if (dot == std::string::npos) return nullptr;
    found = names_.find("*" + exact.substr(dot));
  }
  return found == names_.end() ? nullptr : found->second;
}

}  // namespace larder::io
