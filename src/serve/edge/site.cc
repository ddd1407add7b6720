// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/site.h"

#include <algorithm>
#include <array>
#include <utility>

#include "serve/edge/named_values.h"
#include "serve/edge/pattern.h"
#include "serve/edge/request_path.h"
#include "wire/http/octets.h"

namespace larder::serve::edge {
namespace {

// ---- conditions

bool matches(const Condition& condition, std::string_view value) {
  if (condition.patterns.empty()) return !value.empty() && value != "0";
  return std::any_of(condition.patterns.begin(), condition.patterns.end(),
                     [&](const auto& pattern) { return pattern->matches(value); });
}

// Of several values of one name any is enough: nobody knows which one an origin takes.

bool matches_header(const Condition& condition, const http::Request& request) {
  if (request.fields == nullptr) return false;
  return std::any_of(request.fields->begin(), request.fields->end(), [&](const auto& field) {
    return wire::http::equal_names(field.name, condition.of.name) &&
           matches(condition, field.value);
  });
}

bool matches_parameter(const Condition& condition, const http::Request& request) {
  const std::string_view query = query_of(request.path);
  if (condition.of.name.empty()) return matches(condition, query);
  for (NamedValues pairs(query, '&'); pairs.next();) {
    const bool is_it = is_named(pairs.name(), condition.of.name);
    if (is_it && matches(condition, pairs.value())) return true;
  }
  return false;
}

bool matches_cookie(const Condition& condition, const http::Request& request) {
  if (request.fields == nullptr) return false;
  for (const wire::http::Field& field : *request.fields) {
    if (field.known != wire::http::Name::kCookie) continue;
    for (NamedValues pairs(field.value, ';'); pairs.next();) {
      if (pairs.name() == condition.of.name && matches(condition, pairs.value())) return true;
    }
  }
  return false;
}

bool matches_client(const Condition& condition, const http::Client& client) {
  return std::any_of(condition.networks.begin(), condition.networks.end(),
                     [&](const io::Network& one) { return one.contains(client.address); });
}

bool matches_path(const Condition& condition, const http::Request& request) {
  const std::string_view path = path_of(request.path);
  if (is_normal(path)) return matches(condition, path);
  // What has no normal path is refused before any rule (Visit::start), but for `*`.
  return matches(condition, normal_path(path).value_or(std::string(path)));
}

bool is_met(const Condition& condition, const http::Request& request, const http::Client& client) {
  switch (condition.of.part) {
    case Selector::Part::kMethod: return matches(condition, request.method);
    case Selector::Part::kPath: return matches_path(condition, request);
    case Selector::Part::kQuery: return matches_parameter(condition, request);
    case Selector::Part::kHeader: return matches_header(condition, request);
    case Selector::Part::kCookie: return matches_cookie(condition, request);
    case Selector::Part::kClient: return matches_client(condition, client);
  }
  return false;
}

// ---- names

constexpr std::size_t kMostHostBytes = 255;  // of DNS; what is longer is no site's

// The host of an authority in lower case and without a last dot, on the stack: every request has
// one.
class HostName {
 public:
  explicit HostName(std::string_view authority) {
    std::string_view host = host_part(authority);
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.size() > kMostHostBytes) return;
    size_ = host.size();
    std::transform(host.begin(), host.end(), bytes_.begin(), wire::http::to_lower);
  }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, kMostHostBytes> bytes_;
  std::size_t size_ = 0;
};

// ---- objects

// Empty: it is that of the site.
std::string origin_of_key(const OriginPolicy& rule, const OriginPolicy& site) {
  const bool is_same_place = rule.path_prefix == site.path_prefix && rule.host == site.host;
  if (is_same_place) return rule.name == site.name ? std::string() : rule.name;
  return rule.name + '>' + rule.path_prefix + '>' + rule.host;
}

void complete_keys(Site& site) {
  site.policy.cache.key.site = HostName(site.name).text();
  for (Rule& rule : site.rules) {
    rule.policy.cache.key.site = site.policy.cache.key.site;
    rule.policy.cache.key.origin = origin_of_key(rule.policy.origin, site.policy.origin);
  }
}

}  // namespace

bool holds(const Condition& condition, const http::Request& request, const http::Client& client) {
  return is_met(condition, request, client) != condition.negated;
}

const Policy& Site::policy_for(const http::Request& request, const http::Client& client) const {
  for (const Rule& rule : rules) {
    const bool all = std::all_of(rule.when.begin(), rule.when.end(),
                                 [&](const Condition& one) { return holds(one, request, client); });
    if (all) return rule.policy;
  }
  return policy;
}

Sites::Sites(std::vector<Site> sites, std::string_view default_site) : sites_(std::move(sites)) {
  for (Site& site : sites_) complete_keys(site);
  for (const Site& site : sites_) by_name_.emplace(HostName(site.name).text(), &site);
  for (const Site& site : sites_) {
    for (const std::string& alias : site.aliases) {
      const HostName host(alias);
      const std::string_view name = host.text();
      if (name.starts_with('*')) {
        by_suffix_.emplace_back(name.substr(1), &site);
      } else {
        by_name_.emplace(name, &site);
      }
    }
  }
  // Of two sites with the same one the first has it.
  std::ranges::sort(by_suffix_, [](const auto& a, const auto& b) {
    if (a.first.size() != b.first.size()) return a.first.size() > b.first.size();
    return a.second < b.second;
  });
  const auto found = by_name_.find(HostName(default_site).text());
  default_ = found == by_name_.end() ? nullptr : found->second;
}

const Site* Sites::find(std::string_view authority, std::string_view default_site) const {
  const HostName name(authority);
  const std::string_view host = name.text();
  if (const auto found = by_name_.find(host); found != by_name_.end()) return found->second;
  for (const auto& [suffix, site] : by_suffix_) {
    if (host.size() > suffix.size() && host.ends_with(suffix)) return site;
  }
  if (default_site.empty()) return default_;
  const auto found = by_name_.find(HostName(default_site).text());
  return found == by_name_.end() ? default_ : found->second;
}

}  // namespace larder::serve::edge
