// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "cli/import/translation.h"
#include "cli/import/vocabulary.h"

// Directives that mean the same in http, server and location.
namespace larder::cli::import {
namespace {

struct Scope {
  Translation& all;
  const Level& level;
  JsonValue& functions;
};

// ---- single values

void put_size(Scope& scope, const Directive& one, std::string_view key) {
  // nginx' buffers and limits of plain digits are bytes, too.
  if (is_size(one.word(0))) {
    scope.functions.at(key) = one.word(0);
  } else {
    scope.all.refuse(one);
  }
}

void put_number(Scope& scope, const Directive& one, std::string_view key) {
  const auto value = base::parse_decimal<std::int64_t>(one.word(0));
  if (value && *value >= 0 && *value < INT32_MAX) {
    scope.functions.at(key) = *value;
  } else {
    scope.all.refuse(one);
  }
}

void put_flag(Scope& scope, const Directive& one, std::string_view key) {
  scope.functions.at(key) = one.word(0) == "on";
}

void put_body_size(Scope& scope, const Directive& one) {
  put_size(scope, one, "network.http.maxBodySize");
}
void put_body_buffer(Scope& scope, const Directive& one) {
  put_size(scope, one, "network.origin.requestBufferSize");
}
void put_request_buffering(Scope& scope, const Directive& one) {
  put_flag(scope, one, "network.origin.bufferRequests");
}
void put_min_uses(Scope& scope, const Directive& one) {
  put_number(scope, one, "network.cache.minUses");
}
void put_root(Scope& scope, const Directive& one) {
  if (has_variable(one.word(0))) return scope.all.refuse(one);
  scope.functions.at("network.http.files.root") = one.word(0);
}
void put_index(Scope& scope, const Directive& one) {
  scope.functions.at("network.http.files.index") = one.word(0);
  if (one.words.size() > 1) {
    scope.all.lose(one, fmt::format("\"index\": only \"{}\" is looked for", one.word(0)));
  }
}

// ---- compression

void put_gzip(Scope& scope, const Directive& one) {
  JsonValue::List codings;
  if (one.word(0) == "on") codings.emplace_back("gzip");
  scope.functions.at("network.cache.compress.codings") = codings;
  if (one.word(0) != "on" || scope.level.find("gzip_types") != nullptr) return;
  scope.functions.at("network.cache.compress.types") = JsonValue::List{"text/html"};
}
void put_gzip_types(Scope& scope, const Directive& one) {
  JsonValue::List types = {"text/html"};
  for (const std::string& type : one.words) {
    if (type == "text/html") continue;
    types.emplace_back(type == "*" ? "*/*" : type);
  }
  scope.functions.at("network.cache.compress.types") = types;
}
void put_gzip_length(Scope& scope, const Directive& one) {
  put_size(scope, one, "network.cache.compress.leastSize");
}
void put_gzip_level(Scope& scope, const Directive& one) {
  put_number(scope, one, "network.cache.compress.gzipLevel");
}

// ---- the cache

void put_cache(Scope& scope, const Directive& one) {
  scope.functions.at("network.cache.enabled") = one.word(0) != "off";
}

// `$cookie_a`, `$arg_a`, `$http_a`: a condition, that it is there and not 0.
void put_presence(Scope& scope, const Directive& one, std::string_view key) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kKinds = {
      {{"$cookie_", "cookie"}, {"$arg_", "query"}, {"$http_", "header"}}};
  JsonValue::List conditions;
  for (const std::string& word : one.words) {
    const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& known) {
      return word.starts_with(known.first) && is_name(word.substr(known.first.size()));
    });
    if (kind == kKinds.end()) {
      scope.all.lose(one, fmt::format("\"{} {}\" is not translated", one.name, word));
      continue;
    }
    std::string name = word.substr(kind->first.size());
    if (kind->second == "header") std::replace(name.begin(), name.end(), '_', '-');
    JsonValue condition;
    JsonValue names;
    names.at(name) = JsonValue::List{};
    condition.at(kind->second) = names;
    conditions.push_back(std::move(condition));
  }
  scope.functions.at(key) = conditions;
}
void put_bypass(Scope& scope, const Directive& one) {
  put_presence(scope, one, "network.cache.bypass");
}
void put_no_store(Scope& scope, const Directive& one) {
  put_presence(scope, one, "network.cache.noStore");
}
void put_ignored_headers(Scope& scope, const Directive& one) {
  for (const std::string& name : one.words) {
    if (name == "Set-Cookie") {
      scope.functions.at("network.cache.storeSetCookie") = true;
    } else {
      scope.all.lose(one, fmt::format("\"{} {}\" is not translated", one.name, name));
    }
  }
}

// ---- logs

std::string log_name(Scope& scope, const Directive& one) {
  const std::string format = one.word(1).empty() ? "combined" : one.word(1);
  const auto& logs = scope.all.logs;
  for (const JsonValue& log : logs) {
    const auto& path = std::get<std::string>(log.find("path")->value());
    if (path == one.word(0)) return std::get<std::string>(log.find("name")->value());
  }
  JsonValue log;
  log.at("name") = logs.empty() ? "access" : fmt::format("access{}", logs.size() + 1);
  log.at("path") = one.word(0);
  if (const auto custom = scope.all.log_formats.find(format);
      custom != scope.all.log_formats.end()) {
    log.at("format") = "custom";
    log.at("template") = custom->second.text;
    const std::string& escape = custom->second.escape;
    if (escape == "json" || escape == "none") log.at("escape") = escape;
  } else if (format != "combined") {
    scope.all.lose(one, fmt::format("there is no log_format \"{}\"", format));
  }
  scope.all.logs.push_back(log);
  return std::get<std::string>(log.find("name")->value());
}

void put_access_log(Scope& scope, const Directive& one) {
  const std::string& path = one.word(0);
  const bool is_file = !path.empty() && !path.starts_with("syslog:") && !has_variable(path);
  if (!is_file) return scope.all.refuse(one);
  scope.functions.at("operations.log.access") = path == "off" ? "" : log_name(scope, one);
}

// ---- who may ask

void push(Scope& scope, std::string_view key, JsonValue value) {
  scope.functions.at(key).push(std::move(value));
}

void put_access(Scope& scope, const Directive& one) {
  JsonValue rule;
  rule.at("allow") = one.name == "allow";
  if (one.word(0) == "unix:") return scope.all.refuse(one);
  if (one.word(0) != "all") rule.at("when.client") = one.word(0);
  push(scope, "network.access.rules", std::move(rule));
}

std::string value_of(const Directive& one, std::string_view name) {
  for (const std::string& word : one.words) {
    if (word.starts_with(name)) return word.substr(name.size());
  }
  return {};
}

bool has_word(const Directive& one, std::string_view word) {
  return std::find(one.words.begin(), one.words.end(), word) != one.words.end();
}

void put_status(Scope& scope, const char* directive, JsonValue& limit) {
  const Directive* status = scope.level.find(directive);
  const auto number =
      status == nullptr ? std::nullopt : base::parse_decimal<std::int64_t>(status->word(0));
  limit.at("status") = number.value_or(503);  // nginx' own
}

void put_rate_limit(Scope& scope, const Directive& one) {
  const auto zone = scope.all.zones.find(value_of(one, "zone="));
  if (zone == scope.all.zones.end() || zone->second.per_second == 0) return scope.all.refuse(one);
  JsonValue limit;
  limit.at("name") = zone->first;
  limit.at("perSecond") = number(zone->second.per_second);
  const auto burst = base::parse_decimal<std::int64_t>(value_of(one, "burst="));
  if (burst && *burst >= 0) limit.at("burst") = *burst;
  if (burst && !has_word(one, "nodelay")) limit.at("delay") = true;
  put_status(scope, "limit_req_status", limit);
  limit.at("key") = zone->second.key;
  push(scope, "network.access.limits", std::move(limit));
}

void put_connection_limit(Scope& scope, const Directive& one) {
  const auto zone = scope.all.zones.find(one.word(0));
  const auto most = base::parse_decimal<std::int64_t>(one.word(1));
  if (zone == scope.all.zones.end() || !most || *most < 1) return scope.all.refuse(one);
  JsonValue limit;
  limit.at("name") = zone->first;
  limit.at("connections") = *most;
  put_status(scope, "limit_conn_status", limit);
  limit.at("key") = zone->second.key;
  push(scope, "network.access.limits", std::move(limit));
}

// ---- paths

void put_rewrite(Scope& scope, const Directive& one) {
  if (one.words.size() < 2) return scope.all.refuse(one);
  JsonValue rewrite;
  rewrite.at("pattern") = "~" + one.word(0);
  rewrite.at("replacement") = scope.all.checked(one, one.word(1));
  const std::string& flag = one.word(2);
  if (flag == "permanent") rewrite.at("redirect") = "301";
  const bool is_elsewhere = one.word(1).starts_with("http://") ||
                            one.word(1).starts_with("https://") ||
                            one.word(1).starts_with("$scheme");
  if (flag == "redirect" || (is_elsewhere && flag != "permanent")) rewrite.at("redirect") = "302";
  if (flag == "last" || flag == "break") rewrite.at("last") = true;
  push(scope, "network.http.rewrites", std::move(rewrite));
}

struct Row {
  std::string_view name;
  void (*put)(Scope& scope, const Directive& one);
};

constexpr std::array<Row, 23> kRows = {{
    {"client_max_body_size", put_body_size},
    {"client_body_buffer_size", put_body_buffer},
    {"proxy_request_buffering", put_request_buffering},
    {"proxy_cache_min_uses", put_min_uses},
    {"root", put_root},
    {"index", put_index},
    {"gzip", put_gzip},
    {"gzip_types", put_gzip_types},
    {"gzip_min_length", put_gzip_length},
    {"gzip_comp_level", put_gzip_level},
    {"proxy_cache", put_cache},
    {"proxy_cache_bypass", put_bypass},
    {"proxy_no_cache", put_no_store},
    {"proxy_ignore_headers", put_ignored_headers},
    {"access_log", put_access_log},
    {"allow", put_access},
    {"deny", put_access},
    {"limit_req", put_rate_limit},
    {"limit_conn", put_connection_limit},
    {"rewrite", put_rewrite},
    {"return",
     [](Scope& scope, const Directive& one) { put_return(scope.all, one, scope.functions); }},
    {"limit_req_status", [](Scope&, const Directive&) {}},
    {"limit_conn_status", [](Scope&, const Directive&) {}},
}};

// Read with others: where those stand.
constexpr std::array<std::string_view, 36> kReadElsewhere = {"add_header",
                                                             "default_type",
                                                             "error_page",
                                                             "if",
                                                             "keepalive_timeout",
                                                             "listen",
                                                             "location",
                                                             "client_header_timeout",
                                                             "client_body_timeout",
                                                             "send_timeout",
                                                             "memcached_pass",
                                                             "memcached_read_timeout",
                                                             "memcached_gzip_flag",
                                                             "proxy_connect_timeout",
                                                             "proxy_hide_header",
                                                             "proxy_intercept_errors",
                                                             "proxy_next_upstream",
                                                             "proxy_next_upstream_timeout",
                                                             "proxy_next_upstream_tries",
                                                             "proxy_pass",
                                                             "proxy_read_timeout",
                                                             "proxy_redirect",
                                                             "proxy_send_timeout",
                                                             "proxy_set_header",
                                                             "proxy_ssl_name",
                                                             "proxy_ssl_trusted_certificate",
                                                             "proxy_ssl_verify",
                                                             "server",
                                                             "server_name",
                                                             "set",
                                                             "set_real_ip_from",
                                                             "ssl",
                                                             "ssl_certificate",
                                                             "ssl_certificate_key",
                                                             "upstream",
                                                             "valid_referers"};
constexpr std::array<std::string_view, 13> kReadByServers = {"http2",
                                                             "ssl_ciphers",
                                                             "ssl_client_certificate",
                                                             "ssl_protocols",
                                                             "ssl_session_cache",
                                                             "ssl_stapling_file",
                                                             "ssl_verify_client",
                                                             "log_format",
                                                             "limit_req_zone",
                                                             "limit_conn_zone",
                                                             "ssl_verify_depth",
                                                             "error_log",
                                                             "include"};

template <class Names>
bool is_among(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void put_one(Scope& scope, const Directive& one) {
  const auto row = std::find_if(kRows.begin(), kRows.end(),
                                [&](const Row& known) { return known.name == one.name; });
  if (row != kRows.end()) return row->put(scope, one);
  if (is_among(kReadElsewhere, one.name) || is_among(kReadByServers, one.name)) return;
  if (const char* why = why_needless(one.name)) {
    return scope.all.note(one, fmt::format("\"{}\" is not needed: {}", one.name, why));
  }
  scope.all.refuse(one);
}

}  // namespace

void put_functions(Translation& all, const Level& level, JsonValue& functions) {
  Scope scope{all, level, functions};
  // Lists of this level replace those of the ones above, as in nginx.
  for (const Directive& one : *level.block) put_one(scope, one);
}

void put_return(Translation& all, const Directive& directive, JsonValue& functions) {
  const bool has_status = base::parse_decimal<unsigned>(directive.word(0)).has_value();
  const auto status = has_status ? base::parse_decimal<std::int64_t>(directive.word(0)) : 302;
  const std::string text = all.checked(directive, directive.text(has_status ? 1 : 0));
  if (status == 444)
    return all.lose(directive,
                    "\"return 444\" is not translated: there is no way "
                    "to close without an answer");
  if (!status || *status < 200 || *status > 599) return all.refuse(directive);
  functions.at("network.http.answer.status") = *status;
  if (!text.empty()) functions.at("network.http.answer.text") = text;
}

}  // namespace larder::cli::import
