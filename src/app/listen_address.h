// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/host_port.h"
#include "app/tls_config.h"
#include "base/result.h"
#include "io/tls.h"
#include "serve/memcache/settings.h"

namespace larder::app {

// An address of -l, with what is said in front of it, in any order:
//
//   proto[ascii]:tag[web]:notls:127.0.0.1:11211
//
//   proto[ascii|binary|auto]   what is spoken there; without it, what -B says
//   tag[name]                  1 to 8 characters, by which the operator knows it
//   notls                      plain bytes
//   btls, mtls                 TLS, without the client's certificate or with it; only with -Z
//
// Without a word about it, TLS is spoken if -Z is given, as ssl_verify_mode wants it.
struct ListenAddress {
  HostPort where;
  std::optional<serve::memcache::Protocol> protocol;
  std::string tag;
  bool encrypted = false;
  io::TlsClients clients = io::TlsClients::kNotAsked;
};

base::Result<ListenAddress> parse_listen_address(const std::string& text,
                                                 std::uint16_t default_port, const TlsConfig& tls);

// `ascii`, `binary` or `auto`.
std::optional<serve::memcache::Protocol> protocol_of(std::string_view word);

}  // namespace larder::app
