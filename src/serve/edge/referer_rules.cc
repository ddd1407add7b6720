// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/referer_rules.h"

#include <algorithm>
#include <utility>

#include "serve/edge/request_path.h"
#include "wire/http/field.h"

namespace larder::serve::edge {
namespace {

// Behind `http://` or `https://`; nothing: it has neither.
std::optional<std::string_view> behind_scheme(std::string_view referer) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (wire::http::equal_names(referer.substr(0, scheme.size()), scheme)) {
      return referer.substr(scheme.size());
    }
  }
  return std::nullopt;
}

}  // namespace

base::Result<RefererRules> RefererRules::compile(const RefererPolicy& policy) {
  RefererRules rules;
  rules.all_ = policy.allowed.empty();
  rules.none_ = policy.none_allowed;
  rules.blocked_ = policy.blocked_allowed;
  for (const std::string& allowed : policy.allowed) {
    if (!allowed.starts_with('~')) {
      rules.names_.push_back(name_of(allowed));
      continue;
    }
    auto expression = Pattern::parse("~*" + allowed.substr(allowed.starts_with("~*") ? 2 : 1));
    if (!expression) return expression.failure();
    rules.expressions_.push_back(*std::move(expression));
  }
  return rules;
}

RefererRules::Name RefererRules::name_of(std::string_view text) {
  using Kind = Name::Kind;
  if (text == "server_names") return {.kind = Kind::kOwn};
  const std::size_t slash = std::min(text.find('/'), text.size());
  Name name{.host = host_of(text.substr(0, slash)), .path = std::string(text.substr(slash))};
  if (name.host.starts_with("*.")) {
    name.kind = Kind::kBelow;
    name.host.erase(0, 1);
  } else if (name.host.starts_with('.')) {
    name.kind = Kind::kHostAndBelow;
  } else if (name.host.ends_with(".*")) {
    name.kind = Kind::kBegin;
    name.host.pop_back();
  }
  return name;
}

bool RefererRules::allow(std::optional<std::string_view> referer, std::string_view own_host) const {
  if (all_) return true;
  if (!referer) return none_;
  const auto rest = behind_scheme(*referer);
  if (!rest) return blocked_;
  const std::size_t slash = std::min(rest->find('/'), rest->size());
  const std::string host = host_of(rest->substr(0, slash));
  const std::string_view path = rest->substr(slash);
  return std::any_of(names_.begin(), names_.end(),
                     [&](const Name& name) { return fits(name, host, path, own_host); }) ||
         std::any_of(expressions_.begin(), expressions_.end(),
                     [&](const auto& expression) { return expression->matches(*rest); });
}

bool RefererRules::fits(const Name& name, std::string_view host, std::string_view path,
                        std::string_view own_host) {
  using Kind = Name::Kind;
  if (!path.starts_with(name.path)) return false;
  switch (name.kind) {
    case Kind::kHost: return host == name.host;
    case Kind::kBelow: return host.size() > name.host.size() && host.ends_with(name.host);
    case Kind::kHostAndBelow: return host == name.host.substr(1) || host.ends_with(name.host);
    case Kind::kBegin: return host.size() > name.host.size() && host.starts_with(name.host);
    case Kind::kOwn: return host == own_host;
  }
  return false;
}

}  // namespace larder::serve::edge
