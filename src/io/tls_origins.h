// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "io/tls.h"

namespace larder::io {

// Our side of TLS where we are the client: whom we trust, and what we show.
struct TlsOriginOptions {
  std::string ca_file = {};     // PEM; empty: whom the system trusts
  bool verify = true;           // the chain, and the name
  std::string chain_file = {};  // ours, where the origin asks; empty: none
  std::string key_file = {};
  TlsVersion min_version = TlsVersion::kTls12;
  std::string alpn = "http/1.1";
};

// Any thread, once it is open. Sessions are resumed where the origin gives tickets. Connections may
// live longer.
class TlsOrigins {
 public:
  static base::Result<std::unique_ptr<TlsOrigins>> open(const TlsOriginOptions& options);

  // For a connection that we begin: `name`, of a host or a number, is asked for by SNI and must be
  // the certificate's.
  Ssl connect(const std::string& name) const;

 private:
  TlsOrigins(bool verify, SslContext context) : verify_(verify), context_(std::move(context)) {}
  const bool verify_;
  const SslContext context_;
};

}  // namespace larder::io
