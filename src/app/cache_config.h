// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/tls_config.h"
#include "base/limits.h"
#include "base/result.h"
#include "io/loop.h"
#include "io/network.h"
#include "serve/memcache/settings.h"

namespace larder::app {

// What an operator decides about a cache node. The defaults are memcached's.
struct CacheConfig {
  int port = 11211;                    // 0: no TCP; -1: any free port
  bool has_port = false;               // given, and not left as it is
  int udp_port = 0;                    // 0: no UDP; -1: any free port
  std::vector<io::Network> udp_peers;  // may ask by UDP, beside this machine
  std::vector<std::string> listen;     // as app/listen_address.h reads them; empty: every interface
  std::string unix_path;               // instead of TCP
  unsigned unix_mask = 0700;
  int backlog = 1024;
  bool daemon = false;
  std::string user;  // to become, when started as root
  std::string pid_file;
  std::string auth_file;     // with the passwords of text clients; empty: nobody is asked
  bool sasl = false;         // binary clients are asked
  bool core_dumps = false;   // as large as the process
  bool lock_memory = false;  // never swapped out
  std::size_t memory_bytes = 64 * limits::MiB;
  bool memory_is_raised = false;  // less was asked for
  bool evict = true;
  std::size_t sticky_bytes = 0;  // of memory_bytes, for sticky items
  std::string warm_path;  // of the file that the items lie in; empty: they end with the process
  std::size_t connections = 1024;
  bool refuse_connections = true;  // beyond those; else they wait
  std::int64_t idle_s = 0;         // then a connection is closed; 0: never
  std::size_t threads = 4;
  std::size_t item_bytes = 1 * limits::MiB;
  unsigned verbosity = 0;
  io::BackendKind io = io::BackendKind::kAuto;
  serve::memcache::Settings sessions;
  bool has_protocol = false;  // by -B
  TlsConfig tls;
  std::string memcached_conf;  // a file with options that the command line overrules
  bool wants_help = false;
  bool wants_license = false;
  bool wants_version = false;
  bool wants_man_page = false;
};

inline bool asks_for_passwords(const CacheConfig& config) {
  return config.sasl || !config.auth_file.empty();
}

// What no single option can judge.
base::Status check(const CacheConfig& config);

}  // namespace larder::app
