// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import/upstreams.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/decimal.h"
#include "cli/import/vocabulary.h"

namespace larder::cli::import {
namespace {

constexpr std::int64_t kMostCount = 65'535;  // that Larder takes as a weight, and enough elsewhere

std::string with_port(const std::string& address) {
  const bool has_port = address.find(':') != std::string::npos && !address.ends_with(']');
  return has_port ? address : address + ":80";
}

// `weight=3`: a count by a name of ours.
bool put_count(const std::string& word, JsonValue& server) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kCounts = {
      {{"weight=", "weight"}, {"max_fails=", "maxFails"}, {"max_conns=", "maxConnections"}}};
  for (const auto& [name, key] : kCounts) {
    if (!word.starts_with(name)) continue;
    const auto value = base::parse_decimal<std::int64_t>(word.substr(name.size()));
    if (!value || *value < 0 || *value > kMostCount || (key == "weight" && *value == 0)) break;
    server.at(key) = *value;
    return true;
  }
  return false;
}

bool put_parameter(const std::string& word, JsonValue& server) {
  constexpr std::string_view kFailTimeout = "fail_timeout=";
  if (word == "backup" || word == "down") {
    server.at(word) = true;
    return true;
  }
  if (!word.starts_with(kFailTimeout)) return word == "resolve" || put_count(word, server);
  const auto seconds = parse_time(word.substr(kFailTimeout.size()));
  if (!seconds || *seconds <= 0 || *seconds > 86'400) return false;
  server.at("failTimeoutSec") = number(*seconds);
  return true;
}

void put_server(Translation& all, const Directive& one, JsonValue::List& servers) {
  if (one.words.empty() || one.word(0).starts_with("unix:")) return all.refuse(one);
  JsonValue server;
  server.at("address") = with_port(one.word(0));
  for (std::size_t i = 1; i < one.words.size(); ++i) {
    if (!put_parameter(one.words[i], server)) {
      all.lose(one, "\"server … " + one.words[i] + "\" is not translated");
    }
  }
  servers.push_back(std::move(server));
}

void put_hash(Translation& all, const Directive& one, JsonValue& upstream) {
  upstream.at("balance") = "hash";
  if (one.word(0) != "$request_uri" && one.word(0) != "$uri") {
    all.lose(one, "\"hash " + one.word(0) + "\": Larder's hash is of the cache's key");
  }
}

void put_sticky(Translation& all, const Directive& one, JsonValue& upstream) {
  if (one.word(0) != "cookie" || one.words.size() < 2) return all.refuse(one);
  upstream.at("balance") = "sticky";
  upstream.at("stickyCookie") = one.word(1);
}

void put_keep_alive(Translation& all, const Directive& one, JsonValue& upstream) {
  const auto value = base::parse_decimal<std::int64_t>(one.word(0));
  if (!value || *value < 0 || *value > 1'000'000) return all.refuse(one);
  upstream.at("keepAlive") = *value;
}

void put_idle_time(Translation& all, const Directive& one, JsonValue& upstream) {
  const auto seconds = parse_time(one.word(0));
  if (!seconds || *seconds > 86'400) return all.refuse(one);
  upstream.at("idleTimeoutSec") = number(*seconds);
}

void put_directive(Translation& all, const Directive& one, JsonValue& upstream,
                   JsonValue::List& servers) {
  if (one.name == "server") return put_server(all, one, servers);
  if (one.name == "hash") return put_hash(all, one, upstream);
  if (one.name == "sticky") return put_sticky(all, one, upstream);
  if (one.name == "keepalive") return put_keep_alive(all, one, upstream);
  if (one.name == "keepalive_timeout") return put_idle_time(all, one, upstream);
  if (one.name == "ip_hash") {
    upstream.at("balance") = "ipHash";
  } else if (one.name == "least_conn") {
    upstream.at("balance") = "leastConnections";
  } else if (why_needless(one.name) == nullptr) {
    all.refuse(one);
  }
}

}  // namespace

void take_upstream(Translation& all, const Directive& directive) {
  JsonValue upstream;
  JsonValue::List servers;
  upstream.at("name") = directive.word(0);
  for (const Directive& one : directive.block) put_directive(all, one, upstream, servers);
  upstream.at("servers") = servers;
  const bool is_new = !directive.words.empty() &&
                      all.upstreams.emplace(directive.word(0), std::move(upstream)).second;
  if (!is_new) all.lose(directive, "an upstream needs a name of its own");
}

}  // namespace larder::cli::import
