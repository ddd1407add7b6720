// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/told_settings.h"

#include <fmt/format.h>

namespace larder::app {
namespace {

constexpr const char* kNothing = "NULL";  // as memcached's printf has it

std::string joined(const std::vector<std::string>& hosts) {
  std::string text;
  for (const std::string& host : hosts) text += (text.empty() ? "" : ",") + host;
  return text.empty() ? kNothing : text;
}

}  // namespace

std::vector<serve::memcache::ToldSetting> told_settings(const CacheConfig& config) {
  const bool is_unix = !config.unix_path.empty();
  return {
      {"maxconns", fmt::format("{}", config.connections)},
      {"tcpport", fmt::format("{}", is_unix ? 0 : config.port)},
      {"udpport", fmt::format("{}", is_unix ? 0 : config.udp_port)},
      {"num_threads_per_udp", "1"},
      {"inter", joined(config.listen)},
      {"domain_socket", is_unix ? config.unix_path : kNothing},
      {"umask", fmt::format("{:o}", config.unix_mask)},
      {"evictions", config.evict ? "on" : "off"},
      {"num_threads", fmt::format("{}", config.threads)},
      {"item_size_max", fmt::format("{}", config.item_bytes)},
      {"tcp_backlog", fmt::format("{}", config.backlog)},
      {"maxconns_fast", config.refuse_connections ? "yes" : "no"},
      {"idle_timeout", fmt::format("{}", config.idle_s)},
  };
}

}  // namespace larder::app
