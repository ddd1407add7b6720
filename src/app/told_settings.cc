// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/told_settings.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

namespace larder::app {
namespace {

using serve::memcache::ToldSetting;

constexpr const char* kNothing = "NULL";  // as memcached's printf has it

std::string joined(const std::vector<std::string>& hosts) {
  std::string text;
  for (const std::string& host : hosts) text += (text.empty() ? "" : ",") + host;
  return text.empty() ? kNothing : text;
}

std::string or_nothing(const std::string& text) { return text.empty() ? kNothing : text; }
std::string yes_or_no(bool yes) { return yes ? "yes" : "no"; }

// By OpenSSL's numbers: SSL_VERIFY_*, SSL_FILETYPE_*.
int verify_mode(io::TlsClients clients) {
  switch (clients) {
    case io::TlsClients::kNotAsked: return 0;
    case io::TlsClients::kAsked: return 1;
    case io::TlsClients::kRequired: return 2;
  }
  return 0;
}

int key_format(io::TlsOptions::KeyFormat format) {
  return format == io::TlsOptions::KeyFormat::kPem ? 1 : 2;
}

// What Arcus tells and memcached does not.
std::vector<ToldSetting> told_by_arcus(const CacheConfig& config) {
  const bool asks_library = config.sasl && std::getenv("MEMCACHED_SASL_PWDB") == nullptr;
  return {
      {"auth_sasl_engine", asks_library ? "cyrus" : "none"},
      {"auth_required_sasl", yes_or_no(config.sasl)},
  };
}

std::vector<ToldSetting> told_tls(const TlsConfig& config) {
  const io::TlsOptions& options = config.options;
  return {
      {"ssl_enabled", yes_or_no(config.enabled)},
      {"ssl_chain_cert", or_nothing(options.chain_file)},
      {"ssl_key", or_nothing(options.key_file)},
      {"ssl_verify_mode", fmt::format("{}", verify_mode(options.clients))},
      {"ssl_keyformat", fmt::format("{}", key_format(options.key_format))},
      {"ssl_ciphers", or_nothing(options.ciphers)},
      {"ssl_ca_cert", or_nothing(options.ca_file)},
      {"ssl_session_cache", yes_or_no(options.session_cache)},
      {"ssl_min_version", std::string(name_of(options.min_version))},
  };
}

}  // namespace

std::vector<ToldSetting> told_settings(const CacheConfig& config) {
  const bool is_unix = !config.unix_path.empty();
  std::vector<ToldSetting> told = {
      {"tcpport", fmt::format("{}", is_unix ? 0 : config.port)},
      {"udpport", fmt::format("{}", is_unix ? 0 : config.udp_port)},
      {"num_threads_per_udp", "1"},
      {"inter", joined(config.listen)},
      {"domain_socket", or_nothing(config.unix_path)},
      {"umask", fmt::format("{:o}", config.unix_mask)},
      {"memory_file", or_nothing(config.warm_path)},
      {"auth_enabled_sasl", yes_or_no(config.sasl)},
      {"auth_enabled_ascii", config.auth_file.empty() ? "no" : config.auth_file},
      {"evictions", config.evict ? "on" : "off"},
      {"num_threads", fmt::format("{}", config.threads)},
      {"item_size_max", fmt::format("{}", config.item_bytes)},
      {"tcp_backlog", fmt::format("{}", config.backlog)},
      {"maxconns_fast", yes_or_no(config.refuse_connections)},
      {"idle_timeout", fmt::format("{}", config.idle_s)},
  };
  const bool is_arcus = config.sessions.dialect == serve::memcache::Dialect::kArcus;
  for (ToldSetting& setting : is_arcus ? told_by_arcus(config) : told_tls(config.tls)) {
    told.push_back(std::move(setting));
  }
  return told;
}

}  // namespace larder::app
