// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import/location.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace larder::cli::import {
namespace {

struct Sign {
  std::string_view text;
  Location::Kind kind;
  bool ignores_case;
};

constexpr std::array<Sign, 5> kSigns = {{
    {"^~", Location::Kind::kStrongPrefix, false},
    {"~*", Location::Kind::kExpression, true},
    {"~", Location::Kind::kExpression, false},
    {"=", Location::Kind::kExact, false},
    {"@", Location::Kind::kNamed, false},
}};

// `~ x` and `~x` are the same.
Location parse(const Directive& directive) {
  Location location{.text = directive.word(0), .directive = &directive};
  for (const Sign& sign : kSigns) {
    if (!location.text.starts_with(sign.text)) continue;
    location.kind = sign.kind;
    location.ignores_case = sign.ignores_case;
    location.text = location.text.substr(sign.text.size());
    if (location.text.empty()) location.text = directive.word(1);
    break;
  }
  return location;
}

bool comes_before(const Location& a, const Location& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  return a.is_prefix() && a.text.size() > b.text.size();
}

}  // namespace

bool Location::is_internal() const {
  return std::any_of(directive->block.begin(), directive->block.end(),
                     [](const Directive& one) { return one.name == "internal"; });
}

std::string Location::pattern() const {
  switch (kind) {
    case Kind::kExact: return "=" + text;
    case Kind::kExpression: return (ignores_case ? "~*" : "~") + text;
    case Kind::kStrongPrefix:
    case Kind::kPrefix:
    case Kind::kNamed: break;
  }
  // A star of its own would stand for anything.
  if (text.find('*') != std::string::npos) return "~^" + escaped(text);
  return text + "*";
}

std::string Location::name() const { return "location " + directive->text(); }

std::vector<Location> locations_of(Translation& all, const Level& server) {
  std::vector<Location> locations;
  for (const Directive& one : *server.block) {
    if (one.name != "location") continue;
    if (one.words.empty() || one.words.size() > 2) {
      all.refuse(one);
    } else {
      // Behind those that are equal to it.
      Location location = parse(one);
      const auto place = std::ranges::upper_bound(locations, location, comes_before);
      locations.insert(place, std::move(location));
    }
  }
  return locations;
}

JsonValue condition_of(const Location& location, const std::vector<Location>& all) {
  JsonValue when;
  const bool is_all = location.is_prefix() && location.text == "/";
  if (!is_all) when.at("path") = location.pattern();
  if (location.kind != Location::Kind::kStrongPrefix) return when;
  JsonValue::List longer;
  for (const Location& other : all) {
    const bool is_longer = other.kind == Location::Kind::kPrefix &&
                           other.text.size() > location.text.size() &&
                           other.text.starts_with(location.text);
    if (is_longer) longer.emplace_back(other.pattern());
  }
  if (!longer.empty()) when.at("not.path") = longer;
  return when;
}

const Location* find_fallback(const std::vector<Location>& all, const std::string& target) {
  const bool is_named = target.starts_with('@');
  const std::string path = is_named ? target.substr(1) : target.substr(0, target.find('$'));
  const Location* best = nullptr;
  for (const Location& one : all) {
    if (is_named != (one.kind == Location::Kind::kNamed)) continue;
    const bool leads = is_named ? one.text == path
                       : one.kind == Location::Kind::kExact
                           ? one.text == target
                           : one.is_prefix() && (path + "/").starts_with(one.text);
    if (leads && (best == nullptr || one.text.size() > best->text.size())) best = &one;
  }
  return best;
}

}  // namespace larder::cli::import
