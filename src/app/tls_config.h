// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "io/tls.h"

namespace larder::app {

// What an operator decides about TLS.
struct TlsConfig {
  bool enabled = false;  // -Z
  io::TlsOptions options;
};

// -Z, and the items of -o that begin with ssl_. They set `config`, which must outlive them.
base::Option tls_option(TlsConfig& config);
std::vector<base::Option> tls_items(TlsConfig& config);

base::Status check(const TlsConfig& config);

// As -o ssl_min_version has it: tlsv1.2.
std::string_view name_of(io::TlsVersion version);

}  // namespace larder::app
