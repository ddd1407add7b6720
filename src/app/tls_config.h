// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/options.h"
#include "base/result.h"
#include "io/tls.h"

namespace larder::app {

// What an operator decides about TLS.
struct TlsConfig {
  bool enabled = false;  // -Z
  io::TlsOptions options;
};

void add_tls_options(base::OptionTable& table, TlsConfig& config);

// One word of -o: `ssl_key=path`. Nothing: it is none of TLS's.
std::optional<base::Status> set_tls_word(std::string_view word, TlsConfig& config);

base::Status check(const TlsConfig& config);

// What is spoken at one address of -l.
//
//   notls:host:port   plain bytes            mtls:host:port   TLS, with a client's certificate
//   btls:host:port    TLS, without           host:port        TLS by -Z, as ssl_verify_mode wants
struct TlsAddress {
  std::string address;  // without the prefix
  bool encrypted = false;
  io::TlsClients clients = io::TlsClients::kNotAsked;
};
base::Result<TlsAddress> split_tls_prefix(const std::string& text, const TlsConfig& config);

}  // namespace larder::app
