// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/decimal.h"
#include "cli/import/location.h"
#include "cli/import/translation.h"
#include "cli/import/vocabulary.h"

// Locations and ifs: rules of a site.
namespace larder::cli::import {
namespace {

// ---- conditions

struct Choice {
  JsonValue when = {};
  bool is_of_method = false;  // that memcached is not asked for anyway
};

// What is between the parentheses.
std::vector<std::string> condition_words(const Directive& one) {
  std::vector<std::string> words = one.words;
  if (!words.empty() && words.front().starts_with('(')) words.front().erase(0, 1);
  if (!words.empty() && words.back().ends_with(')')) words.back().pop_back();
  std::erase(words, std::string());
  return words;
}

// Where Larder has what the variable holds; empty: nowhere.
std::string part_of(std::string_view variable) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kFamilies = {
      {{"$http_", "header"}, {"$cookie_", "cookie"}, {"$arg_", "query"}}};
  if (variable == "$request_method") return "method";
  if (variable == "$uri" || variable == "$document_uri") return "path";
  if (variable == "$remote_addr") return "client";
  if (variable == "$host") return "header.Host";
  if (variable == "$args" || variable == "$query_string") return "query.";
  for (const auto& [family, part] : kFamilies) {
    if (!variable.starts_with(family) || !is_name(variable.substr(family.size()))) continue;
    std::string name(variable.substr(family.size()));
    if (part == "header") std::replace(name.begin(), name.end(), '_', '-');
    return fmt::format("{}.{}", part, name);
  }
  return {};
}

std::optional<Choice> parse_if(const Directive& one) {
  const std::vector<std::string> words = condition_words(one);
  const std::string part = words.empty() ? "" : part_of(words[0]);
  if (part.empty() || part.ends_with('.') || words.size() == 2 || words.size() > 3) {
    return std::nullopt;
  }
  Choice choice;
  if (words.size() == 1) {
    if (part.find('.') == std::string::npos) return std::nullopt;
    choice.when.at(part) = JsonValue::List{};
    return choice;
  }
  std::string sign = words[1];
  const bool negated = sign.starts_with('!');
  if (negated) sign.erase(0, 1);
  if (sign != "=" && sign != "~" && sign != "~*") return std::nullopt;
  if (part == "client" && sign != "=") return std::nullopt;
  const bool plain = sign == "=" && words[2].find_first_of("*~=") == std::string::npos;
  choice.when.at(negated ? "not." + part : part) = (plain ? "" : sign) + words[2];
  choice.is_of_method =
      part == "method" && plain && !negated && words[2] != "GET" && words[2] != "HEAD";
  return choice;
}

bool is_of_referer(const Directive& one) {
  const auto words = condition_words(one);
  return words.size() == 1 && words[0] == "$invalid_referer";
}

// `if ($scheme = http) { return 301 https://…; }`
bool is_to_https(const Directive& one) {
  const auto words = condition_words(one);
  const bool is_plain = words.size() >= 2 && words[1] == "=" &&
                        ((words[0] == "$scheme" && words.size() == 3 && words[2] == "http") ||
                         (words[0] == "$ssl_protocol" && words.size() == 2));
  return is_plain && std::any_of(one.block.begin(), one.block.end(), [](const Directive& inner) {
           return inner.name == "return" && inner.word(1).starts_with("https://");
         });
}

// ---- referers

void put_referer(Translation& all, const Directive& valid, std::int64_t status,
                 JsonValue& functions) {
  JsonValue::List allowed;
  bool none = false;
  bool blocked = false;
  for (const std::string& word : valid.words) {
    if (word == "none") none = true;
    if (word == "blocked") blocked = true;
    if (word != "none" && word != "blocked") allowed.emplace_back(word);
  }
  if (allowed.empty()) {
    return all.lose(valid, "\"valid_referers\": without a host it would allow everybody");
  }
  JsonValue& referer = functions.at("network.access.referer");
  referer.at("allowed") = allowed;
  referer.at("allowNone") = none;
  referer.at("allowBlocked") = blocked;
  referer.at("status") = status;
}

void put_referer_if(Translation& all, const Level& level, const Directive& one,
                    JsonValue& functions) {
  const Directive* valid = level.find("valid_referers");
  if (valid == nullptr) return all.lose(one, "$invalid_referer: there is no valid_referers");
  const Level inner{.above = &level, .block = &one.block};
  const Directive* answer = inner.own("return");
  const auto status =
      answer == nullptr ? std::nullopt : base::parse_decimal<std::int64_t>(answer->word(0));
  if (!status || *status < 400 || *status > 599) return all.refuse(one);
  put_referer(all, *valid, *status, functions);
}

// ---- memcached

constexpr std::string_view kMemcached = "network.memcached";

std::string node_address(Translation& all, const Directive& pass) {
  const std::string& address = pass.word(0);
  if (const auto named = all.upstreams.find(address); named != all.upstreams.end()) {
    const JsonValue* servers = named->second.find("servers");
    const auto* list =
        servers == nullptr ? nullptr : std::get_if<JsonValue::List>(&servers->value());
    if (list == nullptr || list->empty()) return {};
    if (list->size() > 1) all.lose(pass, "only the first server of the upstream is asked");
    return std::get<std::string>(list->front().find("address")->value());
  }
  if (address.starts_with("unix:") || has_variable(address) || address.empty()) return {};
  return address.find(':') == std::string::npos ? address + ":11211" : address;
}

void put_memcached_key(Translation& all, const Level& level, JsonValue& memcached) {
  for (const Directive* set : level.all("set")) {
    if (set->word(0) == "$memcached_key") {
      memcached.at("key") = all.checked(*set, set->word(1));
    } else {
      all.refuse(*set);
    }
  }
}

const Directive* fallback_of(const Level& level) {
  for (const Directive* page : level.all("error_page")) {
    if (std::find(page->words.begin(), page->words.end(), "404") != page->words.end()) return page;
  }
  return nullptr;
}

void put_fallback(Translation& all, const Level& level, const std::vector<Location>& locations,
                  const Directive& pass, JsonValue& functions) {
  const Directive* page = fallback_of(level);
  const std::string target = page == nullptr || page->words.empty() ? "" : page->words.back();
  const Location* fallback = find_fallback(locations, target);
  if (page == nullptr || fallback == nullptr) {
    return all.lose(pass,
                    "\"memcached_pass\" without \"error_page 404 502 = …\" to a location: "
                    "there is no origin for what the node does not have");
  }
  const Level there{.above = level.above, .block = &fallback->directive->block};
  const Directive* origin = there.own("proxy_pass");
  if (origin == nullptr) return all.refuse(*page);
  put_origin(all, there, *origin, "/", functions);
  if (!target.starts_with('@')) {
    all.note(*page, fmt::format("the origin is asked for the client's own path, without \"{}\" in "
                                "front of it",
                                target.substr(0, target.find('$'))));
  }
}

void put_memcached(Translation& all, const Level& level, const std::vector<Location>& locations,
                   const Directive& pass, JsonValue& functions) {
  const std::string address = node_address(all, pass);
  if (address.empty()) return all.refuse(pass);
  JsonValue& memcached = functions.at(kMemcached);
  memcached.at("address") = address;
  put_memcached_key(all, level, memcached);
  if (const Directive* type = level.find("default_type")) {
    memcached.at("contentType") = type->word(0);
  }
  if (const Directive* time = level.find("memcached_read_timeout")) {
    if (const auto seconds = parse_time(time->word(0))) {
      memcached.at("timeoutSec") = number(*seconds);
    }
  }
  if (const Directive* flag = level.find("memcached_gzip_flag")) {
    const auto value = base::parse_decimal<std::uint32_t>(flag->word(0));
    if (value) memcached.at("gzipFlag") = std::int64_t{*value};
  }
  put_fallback(all, level, locations, pass, functions);
}

// ---- content

// Files come before the origin in Larder; in nginx a location has one of them.
void drop_files(const Level& level, JsonValue& functions) {
  if (level.find("root") == nullptr) return;
  if (functions.find("network.http.files") == nullptr) {
    functions.at("network.http.files.root") = "";
    return;
  }
  functions.at("network.http").remove("files");
  if (functions.at("network.http").is_empty()) functions.at("network").remove("http");
}

void put_content(Translation& all, const Level& level, const Location& location,
                 const std::vector<Location>& locations, JsonValue& functions) {
  const Directive* memcached = level.own("memcached_pass");
  const Directive* proxy = level.own("proxy_pass");
  if (memcached != nullptr) {
    put_memcached(all, level, locations, *memcached, functions);
  } else {
    for (const Directive* page : level.all("error_page")) all.refuse(*page);
    for (const Directive& one : *level.block) {
      if (one.name == "set") all.refuse(one);
    }
  }
  if (proxy != nullptr && memcached == nullptr) {
    put_origin(all, level, *proxy, location.is_prefix() ? location.text : "", functions);
  }
  if (memcached != nullptr || proxy != nullptr || level.own("return") != nullptr) {
    drop_files(level, functions);
  }
}

// ---- rules

void push_rule(JsonValue::List& rules, std::string name, JsonValue when, JsonValue functions) {
  JsonValue rule;
  rule.at("name") = std::move(name);
  if (!when.is_empty()) rule.at("when") = std::move(when);
  if (!functions.is_empty()) rule.at("functions") = std::move(functions);
  rules.push_back(std::move(rule));
}

// Adds conditions to others. False: both say something of the same part, which one object cannot.
bool add_conditions(const JsonValue& more, JsonValue& into) {
  for (const auto& [name, value] : std::get<JsonValue::Members>(more.value())) {
    const bool is_new = into.find(name) == nullptr;
    if (is_new) {
      into.at(name) = value;
    } else if (name != "not" || !add_conditions(value, into.at(name))) {
      return false;
    }
  }
  return true;
}

// Whether two functions have their origin in the same place.
bool have_same_origin(const JsonValue& a, const JsonValue& b) {
  for (const char* key : {"network.origin.upstream", "network.origin.servers"}) {
    const JsonValue* of_a = a.find(key);
    const JsonValue* of_b = b.find(key);
    if ((of_a == nullptr) != (of_b == nullptr)) return false;
    if (of_a != nullptr && of_a->text() != of_b->text()) return false;
  }
  return true;
}

// An `if` that chooses among requests. `around`: the functions of its location; `begun`: what of
// them a rule has to say again.
void put_choice(Translation& all, const Level& level, const Directive& one, const JsonValue& when,
                const JsonValue& around, JsonValue begun, JsonValue::List& rules) {
  const auto choice = parse_if(one);
  JsonValue both = when;
  if (!choice || !add_conditions(choice->when, both)) return all.refuse(one);
  const Level inner{.above = &level, .block = &one.block};
  const bool has_node = around.find("network.memcached.address") != nullptr;
  put_functions(all, inner, begun);
  if (const Directive* proxy = inner.own("proxy_pass")) {
    put_origin(all, inner, *proxy, "", begun);
    if (has_node && choice->is_of_method && have_same_origin(around, begun)) {
      return all.note(one, "only GET and HEAD are asked of memcached: this needs no rule");
    }
    if (has_node) begun.at("network.memcached.address") = "";
  }
  push_rule(rules, "if " + one.text(), std::move(both), std::move(begun));
}

void put_ifs(Translation& all, const Level& level, const JsonValue& when, JsonValue& functions,
             bool is_merged, JsonValue::List& rules) {
  // Those that change the functions come first, for rules are made from them.
  for (const Directive& one : *level.block) {
    if (one.name != "if") continue;
    if (is_of_referer(one)) put_referer_if(all, level, one, functions);
    if (is_to_https(one)) functions.at("network.http.toHttps") = true;
  }
  for (const Directive& one : *level.block) {
    if (one.name != "if" || is_of_referer(one) || is_to_https(one)) continue;
    put_choice(all, level, one, when, functions, is_merged ? JsonValue() : functions, rules);
  }
}

// A server with one location for all paths is a site without rules.
bool is_only_one(const Location& location, const std::vector<Location>& all) {
  const auto visible = std::count_if(all.begin(), all.end(), [](const Location& one) {
    return one.kind != Location::Kind::kNamed && !one.is_internal();
  });
  return visible == 1 && location.is_prefix() && location.text == "/";
}

void put_location(Translation& all, const Level& server, const Location& location,
                  const std::vector<Location>& locations, JsonValue& site_functions,
                  JsonValue::List& rules) {
  const Level level{.above = &server, .block = &location.directive->block};
  const JsonValue when = condition_of(location, locations);
  if (location.is_internal()) {
    JsonValue hidden;
    hidden.at("network.http.answer.status") = std::int64_t{404};
    return push_rule(rules, location.name(), when, std::move(hidden));
  }
  for (const Directive& one : *level.block) {
    if (one.name == "location") all.lose(one, "a location inside of another is not translated");
  }
  const bool is_merged = is_only_one(location, locations);
  JsonValue own;
  JsonValue& functions = is_merged ? site_functions : own;
  put_functions(all, level, functions);
  put_content(all, level, location, locations, functions);
  put_headers(all, level, functions);
  put_ifs(all, level, when, functions, is_merged, rules);
  if (!is_merged) push_rule(rules, location.name(), when, std::move(own));
}

}  // namespace

void put_locations(Translation& all, const Level& server, JsonValue& functions,
                   JsonValue::List& rules) {
  put_ifs(all, server, JsonValue(), functions, true, rules);
  const std::vector<Location> locations = locations_of(all, server);
  for (const Location& one : locations) {
    if (one.kind == Location::Kind::kNamed) continue;
    put_location(all, server, one, locations, functions, rules);
  }
}

}  // namespace larder::cli::import
