// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import/importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "base/decimal.h"
#include "cli/import/listeners.h"
#include "cli/import/translation.h"
#include "cli/import/upstreams.h"
#include "cli/import/vocabulary.h"

namespace larder::cli::import {
namespace {

// One of nginx' servers on its way to a site.
struct Server {
  const Directive* directive = nullptr;
  std::vector<std::string> names = {};  // the first is the site's
  bool leads_to_https = false;          // plain, and does nothing else
  bool has_only_tls = false;
  std::vector<Listeners::Listen> listens = {};
};

// Whom nginx serves at an address to clients that name nobody: who says so, or the first one.
struct Default {
  std::string name;  // of a site
  bool is_said = false;
};

class Importer {
 public:
  Imported run(std::string_view text) {
    const std::vector<Directive> root = parse_nginx_conf(text, all_.remarks);
    for (const Directive& one : root) take_main(one);
    if (connections_ > 0) put_connections();
    return {finish(), std::move(all_.remarks)};
  }

 private:
  void take_main(const Directive& one);
  void take_workers(const Directive& one);
  void take_events(const Directive& events);
  void put_connections();

  void take_http(const Directive& http);
  void take_shared(const Directive& one);
  void take_zone(const Directive& one);
  void take_log_format(const Directive& one);

  Server open_server(const Directive& directive, const Level& level);
  std::vector<std::string> names_of(const Directive& directive, const Level& level);
  bool take_name(const Directive& directive, const std::string& word,
                 std::vector<std::string>& names);
  void take_server(const Server& server, const Level& http);
  void take_default(const Server& server);
  std::string default_site() const;
  Listeners::Defaults other_defaults() const;
  std::string finish();

  Translation all_;
  Listeners listeners_{all_};
  std::set<std::string> hosts_;              // names and aliases of the sites
  std::set<std::string> secure_names_;       // of servers with TLS
  std::set<std::string> to_https_;           // names for which a plain server only leads to https
  std::map<std::string, Default> defaults_;  // by address
  std::vector<std::string> addresses_;       // in the order of the file
  std::int64_t workers_ = 1;
  std::int64_t connections_ = 0;  // of a worker
  JsonValue env_;
  JsonValue functions_;
  JsonValue::List sites_;
};

// ---- main

void Importer::take_main(const Directive& one) {
  if (one.name == "http") return take_http(one);
  if (one.name == "events") return take_events(one);
  if (one.name == "worker_processes") return take_workers(one);
  if (one.name == "error_log" && !one.words.empty() && one.word(0).find(':') == std::string::npos) {
    env_.at("log.error") = one.word(0) == "stderr" ? "" : one.word(0);
    return;
  }
  if (one.name == "include") {
    return all_.lose(
        one, fmt::format("\"include {}\": give that file to larder import as well", one.text()));
  }
  const char* why = why_needless(one.name);
  why == nullptr ? all_.refuse(one)
                 : all_.note(one, fmt::format("\"{}\" is not needed: {}", one.name, why));
}

void Importer::take_workers(const Directive& one) {
  if (one.word(0) == "auto") return;
  const auto count = base::parse_decimal<std::int64_t>(one.word(0));
  constexpr std::int64_t kMost = 1024;
  if (!count || *count < 1 || *count > kMost) return all_.refuse(one);
  workers_ = *count;
  env_.at("properties.coreWorkers") = *count;
}

void Importer::take_events(const Directive& events) {
  for (const Directive& one : events.block) {
    const auto count = base::parse_decimal<std::int64_t>(one.word(0));
    constexpr std::int64_t kMost = 1'000'000;
    if (one.name == "worker_connections" && count && *count > 0 && *count <= kMost) {
      connections_ = *count;
    } else {
      take_main(one);
    }
  }
}

void Importer::put_connections() {
  constexpr std::int64_t kMost = 10'000'000;
  env_.at("network.passiveSockets.maxCount") = std::min(kMost, workers_ * connections_);
}

// ---- http

void Importer::take_http(const Directive& http) {
  for (const Directive& one : http.block) take_shared(one);
  const Level level{.block = &http.block};
  put_functions(all_, level, functions_);
  constexpr std::string_view kCookies = "network.cache.storeSetCookie";  // nginx stores none
  if (functions_.find(kCookies) == nullptr) functions_.at(kCookies) = false;
  const JsonValue* caches = functions_.find("network.cache.enabled");
  if (caches == nullptr) {
    functions_.at("network.cache.enabled") = false;
    all_.note(http, "nothing is stored, as nginx had it: functions.network.cache.enabled");
  }
  std::vector<Server> servers;
  for (const Directive& one : http.block) {
    if (one.name == "server") servers.push_back(open_server(one, level));
  }
  for (const Server& server : servers) take_server(server, level);
}

// What servers refer to, wherever it stands.
void Importer::take_shared(const Directive& one) {
  if (one.name == "upstream") take_upstream(all_, one);
  if (one.name == "limit_req_zone" || one.name == "limit_conn_zone") take_zone(one);
  if (one.name == "log_format") take_log_format(one);
  if (one.name == "error_log" && !one.words.empty()) env_.at("log.error") = one.word(0);
  if (one.name == "include" && !one.word(0).ends_with("mime.types")) {
    all_.lose(one,
              fmt::format("\"include {}\": give that file to larder import as well", one.text()));
  }
}

void Importer::take_zone(const Directive& one) {
  Zone zone{.key = all_.checked(one, one.word(0))};
  std::string name;
  for (const std::string& word : one.words) {
    if (word.starts_with("zone=")) name = word.substr(5, word.find(':') - 5);
    if (word.starts_with("rate=")) zone.per_second = parse_rate(word.substr(5)).value_or(0);
  }
  const bool good = !name.empty() && zone.per_second <= 1'000'000 &&
                    (one.name == "limit_conn_zone" || zone.per_second > 0);
  good ? void(all_.zones.emplace(name, zone)) : all_.refuse(one);
}

void Importer::take_log_format(const Directive& one) {
  constexpr std::string_view kEscape = "escape=";
  LogFormat format;
  for (std::size_t i = 1; i < one.words.size(); ++i) {
    if (one.words[i].starts_with(kEscape)) {
      format.escape = one.words[i].substr(kEscape.size());
    } else {
      format.text += all_.checked(one, one.words[i]);
    }
  }
  if (one.word(0) != "combined") all_.log_formats[one.word(0)] = format;
}

// ---- servers

// A return of https:// that nothing else can come before.
bool leads_to_https(const Directive& server) {
  const auto leads = [](const Directive& one) {
    return one.name == "return" && one.word(0).starts_with("30") &&
           one.word(1).starts_with("https://$");
  };
  std::size_t others = 0;
  bool found = false;
  for (const Directive& one : server.block) {
    const bool is_root = one.name == "location" && one.text() == "/" && one.block.size() == 1;
    if (leads(one) || (is_root && leads(one.block.front()))) found = true;
    if (one.name == "location" && !is_root) ++others;
  }
  return found && others == 0;
}

Server Importer::open_server(const Directive& directive, const Level& http) {
  const Level level{.above = &http, .block = &directive.block};
  Server server{.directive = &directive};
  const bool encrypted = listeners_.take(level);
  server.listens = listeners_.last();
  server.has_only_tls = encrypted && !listeners_.was_plain();
  server.leads_to_https = !encrypted && leads_to_https(directive);
  server.names = names_of(directive, level);
  for (const std::string& name : server.names) {
    if (encrypted) secure_names_.insert(name);
    if (server.leads_to_https) to_https_.insert(name);
  }
  return server;
}

std::vector<std::string> Importer::names_of(const Directive& directive, const Level& level) {
  std::vector<std::string> names;
  for (const Directive* one : level.all("server_name")) {
    for (const std::string& word : one->words) take_name(*one, word, names);
  }
  const auto exact = std::find_if(names.begin(), names.end(),
                                  [](const std::string& name) { return !name.starts_with('*'); });
  if (exact != names.end()) {
    std::rotate(names.begin(), exact, exact + 1);
  } else if (!names.empty()) {
    // A site needs a name without a star: one that this one's stars stand for anyway.
    names.insert(names.begin(), "any" + names.front().substr(1));
  } else {
    names.push_back(fmt::format("server-{}", directive.line));
  }
  return names;
}

bool Importer::take_name(const Directive& directive, const std::string& word,
                         std::vector<std::string>& names) {
  if (word.empty() || word == "_") return true;
  const bool is_other =
      word.starts_with('~') || has_variable(word) || word.find('*', 1) != std::string_view::npos;
  if (is_other) {
    all_.lose(directive, fmt::format("\"server_name {}\" is not translated: a name may begin with "
                                     "a star, and that is all",
                                     word));
    return false;
  }
  std::string name = word;
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (name.starts_with('.')) {
    names.push_back(name.substr(1));
    name = "*" + name;
  }
  if (name.starts_with('*') && !name.starts_with("*.")) {
    all_.lose(directive, fmt::format("\"server_name {}\" is not translated", word));
    return false;
  }
  names.push_back(name);
  return true;
}

void Importer::take_server(const Server& server, const Level& http) {
  const Level level{.above = &http, .block = &server.directive->block};
  if (server.leads_to_https && secure_names_.contains(server.names.front())) {
    take_default(server);
    return all_.note(*server.directive, "becomes toHttps of the site with TLS, and 307");
  }
  JsonValue::List aliases;
  if (!hosts_.insert(server.names.front()).second) {
    take_default(server);
    return all_.lose(*server.directive, fmt::format("a second server \"{}\": Larder has one site "
                                                    "for a name",
                                                    server.names.front()));
  }
  for (std::size_t i = 1; i < server.names.size(); ++i) {
    if (hosts_.insert(server.names[i]).second) aliases.emplace_back(server.names[i]);
  }
  JsonValue site;
  site.at("name") = server.names.front();
  if (!aliases.empty()) site.at("aliases") = aliases;
  JsonValue functions;
  JsonValue::List rules;
  put_functions(all_, level, functions);
  put_headers(all_, level, functions);
  if (to_https_.contains(server.names.front()) && !server.leads_to_https) {
    functions.at("network.http.toHttps") = true;
  } else if (server.has_only_tls && listeners_.has_plain()) {
    functions.at("network.http.toHttps") = true;
    all_.note(*server.directive,
              "every address serves every site: what comes for this one in plain is led to https");
  }
  const Directive* verify = level.find("ssl_verify_client");
  if (verify != nullptr && verify->word(0) == "on") {
    functions.at("network.access.clientCertificate") = true;
  }
  put_locations(all_, level, functions, rules);
  if (!functions.is_empty()) site.at("functions") = functions;
  if (!rules.empty()) site.at("rules") = rules;
  sites_.push_back(std::move(site));
  take_default(server);
}

void Importer::take_default(const Server& server) {
  for (const auto& [address, is_default] : server.listens) {
    const auto [known, is_first] =
        defaults_.try_emplace(address, Default{server.names.front(), is_default});
    if (is_first) addresses_.push_back(address);
    if (is_default && !known->second.is_said) known->second = {server.names.front(), true};
  }
}

// The first address' whose default is said, or the first one's.
std::string Importer::default_site() const {
  if (addresses_.empty()) return {};
  const auto said = std::ranges::find_if(
      addresses_, [&](const std::string& address) { return defaults_.at(address).is_said; });
  return defaults_.at(said == addresses_.end() ? addresses_.front() : *said).name;
}

Listeners::Defaults Importer::other_defaults() const {
  const std::string usual = default_site();
  Listeners::Defaults others;
  for (const auto& [address, by_default] : defaults_) {
    if (by_default.name != usual) others.emplace(address, by_default.name);
  }
  return others;
}

// By line; what was found out for several locations is told once.
void sort_remarks(std::vector<Remark>& remarks) {
  const auto key = [](const Remark& one) { return std::tie(one.line, one.weight, one.what); };
  std::ranges::sort(remarks, [&](const Remark& a, const Remark& b) { return key(a) < key(b); });
  const auto end = std::unique(remarks.begin(), remarks.end(),
                               [&](const auto& a, const auto& b) { return key(a) == key(b); });
  remarks.erase(end, remarks.end());
}

std::string Importer::finish() {
  JsonValue root;
  if (const std::string usual = default_site(); !usual.empty()) {
    root.at("meta.defaultHosting") = usual;
  }
  JsonValue network = env_.at("network");
  listeners_.put(network, other_defaults());
  if (network.is_empty()) {
    env_.remove("network");
  } else {
    env_.at("network") = network;
  }
  if (!all_.logs.empty()) env_.at("log.access") = all_.logs;
  JsonValue::List upstreams;
  for (auto& [name, upstream] : all_.upstreams) upstreams.push_back(upstream);
  if (!upstreams.empty()) env_.at("upstreams") = upstreams;
  root.at("env") = env_;
  root.at("functions") = functions_;
  root.at("hosting") = sites_;
  sort_remarks(all_.remarks);
  return root.text();
}

}  // namespace

Imported import_nginx(std::string_view text) { return Importer().run(text); }

}  // namespace larder::cli::import
