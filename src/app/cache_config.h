// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/tls_config.h"
#include "base/limits.h"
#include "base/options.h"
#include "io/loop.h"

namespace larder::app {

// What an operator decides about a cache node. The defaults are memcached's.
struct CacheConfig {
  int port = 11211;                 // 0: no TCP; -1: any free port
  std::vector<std::string> listen;  // hosts, `host:port`, `[v6]:port`, with a prefix for TLS
  std::string unix_path;            // instead of TCP
  unsigned unix_mask = 0700;
  bool daemon = false;
  std::string user;  // to become, when started as root
  std::string pid_file;
  std::string auth_file;  // with the passwords of text clients; empty: everybody may in
  bool sasl = false;      // asks binary clients for a password
  std::size_t memory_bytes = 64 * limits::MiB;
  bool evict = true;
  std::size_t connections = 1024;
  std::size_t threads = 4;
  std::size_t item_bytes = 1 * limits::MiB;
  unsigned verbosity = 0;
  io::BackendKind io = io::BackendKind::kAuto;
  TlsConfig tls;
  bool wants_help = false;
  bool wants_version = false;
  bool wants_man_page = false;
};

// The one table of the options of `larder cache` and `larder serve`; sets `config`, which must
// outlive it.
base::OptionTable cache_options(std::string command, std::string summary, CacheConfig& config);

// What no single option can judge.
base::Status check(const CacheConfig& config);

}  // namespace larder::app
