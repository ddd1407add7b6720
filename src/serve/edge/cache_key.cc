// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/cache_key.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "serve/edge/uri_reference.h"
#include "wire/http/field.h"
#include "wire/http/head.h"

namespace larder::serve::edge {
namespace {

using wire::http::Name;

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

void append_lower(std::string& into, std::string_view text) {
  for (const char letter : text) into += lower(letter);
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool takes_all_parameters(const KeyRules& rules) {
  return rules.keep_parameters.empty() && rules.drop_parameters.empty() && !rules.sort_parameters;
}

void append_parameters(std::string& into, const KeyRules& rules, std::string_view query) {
  std::vector<std::string_view> taken;
  for (wire::http::Items items(query, '&'); items.next();) {
    const std::string_view name = items.item().substr(0, items.item().find('='));
    const bool kept = rules.keep_parameters.empty() || has(rules.keep_parameters, name);
    if (kept && !has(rules.drop_parameters, name)) taken.push_back(items.item());
  }
  if (rules.sort_parameters) std::ranges::sort(taken);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    into += i == 0 ? '?' : '&';
    into += taken[i];
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

void append_origin(std::string& into, const KeyRules& rules, const http::Request& request) {
  if (rules.scheme) into.append(request.scheme).append("://");
  if (rules.host) append_lower(into, without_default_port(request.authority, request.scheme));
}

void append_fields(std::string& into, const KeyRules& rules, const http::Request& request) {
  for (const std::string& name : rules.headers) {
    into.append("\n").append(name).append(": ").append(request.fields->joined(name));
  }
  for (const std::string& name : rules.cookies) {
    into.append("\n").append(name).append("=").append(cookie_of(request, name));
  }
}

}  // namespace

std::string_view cookie_of(const http::Request& request, std::string_view name) {
  for (const wire::http::Field& field : *request.fields) {
    if (field.known != Name::kCookie) continue;
    for (wire::http::Items items(field.value, ';'); items.next();) {
      const std::string_view item = items.item();
      const std::size_t equals = item.find('=');
      if (equals != std::string_view::npos && item.substr(0, equals) == name) {
        return item.substr(equals + 1);
      }
    }
  }
  return {};
}

void append_cache_key(std::string& into, const KeyRules& rules, const http::Request& request) {
  append_origin(into, rules, request);
  append_path(into, rules, request.path);
  append_fields(into, rules, request);
}

std::string related_key(const KeyRules& rules, const http::Request& request,
                        std::string_view reference) {
  const std::optional<std::string> path =
      path_of_same_origin(request.scheme, request.authority, request.path, reference);
  if (!path) return {};
  std::string key;
  append_origin(key, rules, request);
  append_path(key, rules, *path);
  return key;
}

}  // namespace larder::serve::edge
