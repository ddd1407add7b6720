// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "io/tls.h"

namespace larder::io {

// What a server's context says beyond its certificate, and who answers for other names. It belongs
// to the context and lives as long as that, which every connection has a share in.
//
//   first context ─► extras ─┬─ names ─► null: itself, or another context
//                            └─ others (contexts with extras of their own)
class TlsExtras {
 public:
  TlsExtras(std::string ocsp, std::string alpn, int verify_mode)
      : ocsp_(std::move(ocsp)), alpn_(std::move(alpn)), verify_mode_(verify_mode) {}
  static void give(ssl_ctx_st* context, std::unique_ptr<TlsExtras> extras);
  static TlsExtras& of(const ssl_ctx_st* context);

  // For the names of `context`'s certificate that nobody answers for yet. `owned` is null for the
  // context whose extras these are.
  void answer_for(ssl_ctx_st* context, SslContext owned);
  // Null: the first.
  ssl_ctx_st* find(std::string_view name) const;

 private:
  friend struct TlsCallbacks;

  const std::string ocsp_;  // the response that is stapled, in DER; empty: none
  const std::string alpn_;  // protocols, the best first, each behind its length; empty: not said
  const int verify_mode_;   // OpenSSL's, for clients that are sent to this by their name
  std::unordered_map<std::string, ssl_ctx_st*> names_;
  std::vector<SslContext> others_;
};

}  // namespace larder::io
