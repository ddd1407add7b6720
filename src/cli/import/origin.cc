// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/decimal.h"
#include "cli/import/translation.h"
#include "cli/import/vocabulary.h"

// proxy_pass, and what is said about the requests that it sends.
namespace larder::cli::import {
namespace {

constexpr std::string_view kOrigin = "network.origin";

// `http://web/path`: what proxy_pass goes to.
struct Target {
  bool encrypted = false;
  std::string authority = {};
  std::string path = {};  // empty: the request's own
};

std::optional<Target> parse_target(std::string_view text) {
  Target target;
  target.encrypted = text.starts_with("https://");
  if (!target.encrypted && !text.starts_with("http://")) return std::nullopt;
  text.remove_prefix(target.encrypted ? 8 : 7);
  if (text.starts_with("unix:") || has_variable(text)) return std::nullopt;
  const std::size_t slash = std::min(text.find('/'), text.size());
  target.authority = text.substr(0, slash);
  target.path = text.substr(slash);
  if (target.authority.empty()) return std::nullopt;
  return target;
}

std::string with_port(const Target& target) {
  const std::size_t colon = target.authority.rfind(':');
  const bool has_port = colon != std::string::npos && !target.authority.ends_with(']');
  return has_port ? target.authority
                  : fmt::format("{}:{}", target.authority, target.encrypted ? 443 : 80);
}

// ---- the upstream

// What is said where requests are sent, and is the upstream's in Larder.
void put_upstream_value(Translation& all, const Directive& one, JsonValue& upstream,
                        std::string_view key, JsonValue value) {
  const JsonValue* known = upstream.find(key);
  if (known != nullptr && known->text() != value.text()) {
    return all.lose(one, fmt::format("\"{}\": the upstream has another {} already, from another "
                                     "place",
                                     one.name, key));
  }
  upstream.at(key) = std::move(value);
}

void put_times(Translation& all, const Level& level, JsonValue& upstream) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTimes = {
      {{"proxy_connect_timeout", "connectTimeoutSec"},
       {"proxy_send_timeout", "sendTimeoutSec"},
       {"proxy_read_timeout", "responseTimeoutSec"},
       {"proxy_next_upstream_timeout", "triesTimeoutSec"}}};
  for (const auto& [name, key] : kTimes) {
    const Directive* one = level.find(name);
    if (one == nullptr) continue;
    const auto seconds = parse_time(one->word(0));
    constexpr double kDayS = 86'400;
    if (!seconds || *seconds > kDayS) {
      all.refuse(*one);
    } else {
      put_upstream_value(all, *one, upstream, key, number(*seconds));
    }
  }
}

void put_tries(Translation& all, const Level& level, JsonValue& upstream) {
  if (const Directive* tries = level.find("proxy_next_upstream_tries")) {
    const auto value = base::parse_decimal<std::int64_t>(tries->word(0));
    if (!value || *value < 0 || *value > 1'000'000) return all.refuse(*tries);
    put_upstream_value(all, *tries, upstream, "tries", *value);
  }
  const Directive* next = level.find("proxy_next_upstream");
  if (next == nullptr) return;
  if (next->word(0) == "off") {
    put_upstream_value(all, *next, upstream, "tries", std::int64_t{1});
  } else if (next->text() != "error timeout" && next->text() != "error") {
    all.lose(*next, fmt::format("\"proxy_next_upstream {}\": Larder goes on to the next server "
                                "when one cannot be reached or says nothing",
                                next->text()));
  }
}

void put_tls(Translation& all, const Level& level, const Directive& pass, JsonValue& upstream) {
  put_upstream_value(all, pass, upstream, "tls.enabled", true);
  const Directive* verify = level.find("proxy_ssl_verify");
  // nginx does not look at certificates unless it is told to.
  const bool verifies = verify != nullptr && verify->word(0) == "on";
  put_upstream_value(all, pass, upstream, "tls.verify", verifies);
  if (!verifies) {
    all.note(pass, "the origin's certificate is not verified, as nginx had it: tls.verify");
  }
  if (const Directive* name = level.find("proxy_ssl_name"); name != nullptr) {
    if (has_variable(name->word(0))) return all.refuse(*name);
    put_upstream_value(all, *name, upstream, "tls.name", name->word(0));
  }
  if (const Directive* file = level.find("proxy_ssl_trusted_certificate"); file != nullptr) {
    put_upstream_value(all, *file, upstream, "tls.caFile", file->word(0));
  }
}

void put_upstream(Translation& all, const Level& level, const Directive& pass, const Target& target,
                  JsonValue& functions) {
  const auto named = all.upstreams.find(target.authority);
  JsonValue* upstream = &functions.at(kOrigin);
  if (named != all.upstreams.end()) {
    upstream->remove("servers");
    upstream->at("upstream") = target.authority;
    upstream = &named->second;
  } else {
    JsonValue server;
    server.at("address") = with_port(target);
    upstream->remove("upstream");
    upstream->at("servers") = JsonValue::List{server};
  }
  put_times(all, level, *upstream);
  put_tries(all, level, *upstream);
  if (target.encrypted) put_tls(all, level, pass, *upstream);
}

// ---- paths and redirects

void put_path(const Target& target, std::string_view prefix, JsonValue& functions) {
  if (target.path.empty() || target.path == prefix) return;
  if (prefix == "/") {
    std::string path = target.path;
    if (path.ends_with('/')) path.pop_back();
    functions.at(kOrigin).at("pathPrefix") = path;
    return;
  }
  JsonValue rewrite;
  rewrite.at("pattern") = fmt::format("~^{}(.*)$", escaped(prefix));
  rewrite.at("replacement") = target.path + "$1";
  rewrite.at("last") = true;
  functions.at("network.http.rewrites").push(std::move(rewrite));
}

void put_redirects(Translation& all, const Level& level, const Target& target,
                   std::string_view prefix, JsonValue& functions) {
  JsonValue::List redirects;
  const auto add = [&redirects](std::string from, std::string to) {
    JsonValue one;
    one.at("from") = std::move(from);
    one.at("to") = std::move(to);
    redirects.push_back(std::move(one));
  };
  const auto said = level.all("proxy_redirect");
  for (const Directive* one : said) {
    if (one->word(0) == "off" || one->word(0) == "default") continue;
    const bool plain =
        one->words.size() == 2 && !one->word(0).starts_with('~') && !has_variable(one->text());
    plain ? add(one->word(0), one->word(1)) : all.refuse(*one);
  }
  const bool by_default = said.empty() || said.front()->word(0) == "default";
  if (by_default) {
    add(fmt::format("{}://{}{}", target.encrypted ? "https" : "http", target.authority,
                    target.path.empty() ? "/" : target.path),
        target.path.empty() || prefix.empty() ? "/" : std::string(prefix));
  }
  if (!redirects.empty()) functions.at(kOrigin).at("redirects") = redirects;
}

// ---- headers

std::string in_lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// What Larder sends by itself (forwardClient), if it is what everybody says there.
bool is_of_client(const Directive& header) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kUsual = {
      {{"x-real-ip", "$remote_addr"},
       {"x-forwarded-for", "$proxy_add_x_forwarded_for"},
       {"x-forwarded-for", "$remote_addr"},
       {"x-forwarded-proto", "$scheme"},
       {"x-forwarded-host", "$host"},
       {"x-forwarded-host", "$http_host"}}};
  const std::string name = in_lower_case(header.word(0));
  return std::any_of(kUsual.begin(), kUsual.end(), [&](const auto& one) {
    return one.first == name && one.second == header.word(1);
  });
}

// Of the connection to the origin: Larder's own.
bool is_of_connection(const Directive& header) {
  const std::string name = in_lower_case(header.word(0));
  return name == "connection" || name == "upgrade";
}

JsonValue header_rule(Translation& all, const Directive& header, const char* side,
                      const char* action) {
  JsonValue rule;
  rule.at("side") = side;
  rule.at("action") = action;
  rule.at("name") = header.word(0);
  const std::string value = all.checked(header, header.word(1));
  if (std::string_view(action) != "remove") rule.at("value") = value;
  if (header.word(2) == "always") rule.at("always") = true;
  return rule;
}

void put_host(Translation& all, const Level& level, const Target& target, JsonValue& functions) {
  bool forwards = false;
  std::string host = target.authority;
  for (const Directive* header : level.all("proxy_set_header")) {
    if (is_of_client(*header)) forwards = true;
    if (in_lower_case(header->word(0)) == "host") host = all.checked(*header, header->word(1));
  }
  functions.at(kOrigin).at("host") = host;
  functions.at(kOrigin).at("forwardClient") = forwards;
}

}  // namespace

void put_headers(Translation& all, const Level& level, JsonValue& functions) {
  JsonValue::List headers;
  for (const Directive* header : level.all("proxy_set_header")) {
    const bool is_elsewhere = in_lower_case(header->word(0)) == "host" || is_of_client(*header) ||
                              is_of_connection(*header);
    if (is_elsewhere) continue;
    headers.push_back(
        header_rule(all, *header, "toOrigin", header->word(1).empty() ? "remove" : "set"));
  }
  for (const Directive* header : level.all("proxy_hide_header")) {
    headers.push_back(header_rule(all, *header, "toClient", "remove"));
  }
  for (const Directive* header : level.all("add_header")) {
    headers.push_back(header_rule(all, *header, "toClient", "add"));
  }
  if (!headers.empty()) functions.at("network.http.headers") = headers;
}

void put_origin(Translation& all, const Level& level, const Directive& pass,
                std::string_view prefix, JsonValue& functions) {
  const auto target = parse_target(pass.word(0));
  if (!target) return all.refuse(pass);
  put_upstream(all, level, pass, *target, functions);
  put_host(all, level, *target, functions);
  put_path(*target, prefix, functions);
  put_redirects(all, level, *target, prefix, functions);
}

}  // namespace larder::cli::import
