// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/server.h"
#include "io/tls.h"
#include "origin/upstream.h"
#include "serve/edge/access_log.h"
#include "serve/edge/site.h"

namespace larder::serve::edge {

// One address that is listened on.
struct ListenOptions {
  std::string address;            // `127.0.0.1:8080`, `[::]:443`, `:80`
  bool encrypted = false;         // with the certificates of env.network.tls
  std::string default_site = {};  // of who names no site here; empty: Config's
  http::ServerTerms terms = {};
};

// A whole configuration file, read and checked (M2's shape):
//
//   { "env":       { … },       what the process is: needs a restart
//     "functions": { … },       every function, as all sites have it
//     "hosting":   [ { "name": …, "functions": { … }, "rules": [ … ] } … ] }
struct Config {
  std::size_t memory_bytes = 64 * 1024 * 1024;  // of the cache
  std::size_t threads = 4;
  std::size_t connections = 10'000;
  std::vector<ListenOptions> listen;
  std::vector<io::TlsOptions> certificates;  // the first is shown to whoever names none of them
  std::vector<AccessLogOptions> logs;
  std::string error_log = {};  // empty: standard error
  std::vector<origin::UpstreamOptions> upstreams;
  std::vector<Site> sites;
  std::string default_site = {};
};

// Something wrong with a configuration, for the operator:
//   edge.json:12: hosting[0].functions.network.cahce: unknown key; did you mean "cache"?
struct Complaint {
  std::string file;
  std::size_t line = 0;
  std::string path;
  std::string what;
};
std::string text_of(const Complaint& complaint);

// All complaints at once; none: `into` is the configuration.
std::vector<Complaint> read_config(std::string_view text, const std::string& file, Config& into);

// Gives each policy the upstream that it names.
base::Status bind_upstreams(Config& config, origin::Upstreams& upstreams);

// As text, of what read_config reads: for docs and the importer.
std::string schema_text();      // JSON Schema, draft 2020-12
std::string key_tables_text();  // Markdown, for docs/edge.md

}  // namespace larder::serve::edge
