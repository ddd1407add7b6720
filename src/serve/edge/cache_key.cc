// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/cache_key.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "serve/edge/named_values.h"
#include "serve/edge/request_path.h"
#include "serve/edge/uri_reference.h"
#include "wire/http/field.h"

namespace larder::serve::edge {
namespace {

using wire::http::Name;

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

void append_lower(std::string& into, std::string_view text) {
  for (const char letter : text) into += lower(letter);
}

bool has(const std::vector<std::string>& names, std::string_view parameter) {
  return std::ranges::any_of(
      names, [parameter](std::string_view name) { return is_named(parameter, name); });
}

bool takes_all_parameters(const KeyRules& rules) {
  return rules.keep_parameters.empty() && rules.drop_parameters.empty() && !rules.sort_parameters;
}

struct Parameter {
  std::string_view text;  // as it is in the query
  std::string name;

  auto place() const { return std::pair(std::string_view(name), text.data()); }
};

std::vector<Parameter> taken_parameters(const KeyRules& rules, std::string_view query) {
  std::vector<Parameter> taken;
  for (NamedValues pairs(query, '&'); pairs.next();) {
    const bool kept = rules.keep_parameters.empty() || has(rules.keep_parameters, pairs.name());
    if (!kept || has(rules.drop_parameters, pairs.name())) continue;
    taken.push_back({pairs.pair(), plain_name(pairs.name())});
  }
  return taken;
}

void append_parameters(std::string& into, const KeyRules& rules, std::string_view query) {
  std::vector<Parameter> taken = taken_parameters(rules, query);
  // Of one name their order may matter: origins take the first, the last, or all as a list.
  if (rules.sort_parameters) std::ranges::sort(taken, {}, &Parameter::place);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    into += i == 0 ? '?' : '&';
    into += taken[i].text;
  }
}

void append_path(std::string& into, const KeyRules& rules, std::string_view path) {
  const std::size_t query = std::min(path.find('?'), path.size());
  if (rules.case_sensitive) {
    into += path.substr(0, query);
  } else {
    append_lower(into, path.substr(0, query));
  }
  if (!rules.query || query == path.size()) return;
  if (takes_all_parameters(rules)) {
    into += path.substr(query);
  } else {
    append_parameters(into, rules, path.substr(query + 1));
  }
}

// The site goes without saying where it is the host that is asked for.
void append_owner(std::string& into, const KeyRules& rules, const http::Request& request) {
  const std::string_view host = without_default_port(request.authority, request.scheme);
  if (rules.host) append_lower(into, host);
  const bool is_said = rules.host && wire::http::equal_names(host_part(host), rules.site);
  if (!is_said) into.append(" ").append(rules.site);
  if (!rules.origin.empty()) into.append(">").append(rules.origin).append(">");
  if (rules.scheme && wire::http::equal_names(request.scheme, "https")) into += '^';
}

// Each cookie of that name: which one an origin takes is its own affair.
void append_cookies(std::string& into, const http::Request& request, std::string_view name) {
  for (const wire::http::Field& field : *request.fields) {
    if (field.known != Name::kCookie) continue;
    for (NamedValues pairs(field.value, ';'); pairs.next();) {
      if (pairs.name() == name) into.append("\n").append(pairs.pair());
    }
  }
}

void append_fields(std::string& into, const KeyRules& rules, const http::Request& request) {
  for (const std::string& name : rules.headers) {
    into.append("\n").append(name).append(": ").append(request.fields->joined(name));
  }
  for (const std::string& name : rules.cookies) append_cookies(into, request, name);
}

}  // namespace

std::string_view cookie_of(const http::Request& request, std::string_view name) {
  for (const wire::http::Field& field : *request.fields) {
    if (field.known != Name::kCookie) continue;
    for (NamedValues pairs(field.value, ';'); pairs.next();) {
      if (pairs.name() == name) return pairs.value();
    }
  }
  return {};
}

void append_cache_key(std::string& into, const KeyRules& rules, const http::Request& request) {
  append_owner(into, rules, request);
  append_path(into, rules, request.path);
  append_fields(into, rules, request);
}

std::string related_key(const KeyRules& rules, const http::Request& request,
                        std::string_view reference) {
  const std::optional<std::string> path =
      path_of_same_origin(request.scheme, request.authority, request.path, reference);
  if (!path) return {};
  http::Request related = request;
  related.path = *path;
  std::string key;
  append_cache_key(key, rules, related);
  return key;
}

std::set<std::string> keys_at_site(const Site& site, const http::Request& request) {
  std::set<std::string> keys;
  http::Request way = request;
  way.authority = without_default_port(request.authority, request.scheme);
  const auto add = [&](const Policy& policy) {
    std::string key;
    append_cache_key(key, policy.cache.key, way);
    keys.insert(std::move(key));
  };
  for (const std::string_view scheme : {"http", "https"}) {
    way.scheme = scheme;
    add(site.policy);
    for (const Rule& rule : site.rules) add(rule.policy);
  }
  return keys;
}

}  // namespace larder::serve::edge
