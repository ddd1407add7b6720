// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/import/json_value.h"
#include "cli/import/nginx_conf.h"
#include "cli/import/translation.h"

namespace larder::cli::import {

// One `location` of a server.
struct Location {
  enum class Kind : std::uint8_t {
    kExact,         // = /x
    kStrongPrefix,  // ^~ /x: no regular expression after it
    kExpression,    // ~ x, ~* x
    kPrefix,        // /x
    kNamed,         // @x
  };
  Kind kind = Kind::kPrefix;
  std::string text = {};      // without the sign in front
  bool ignores_case = false;  // kExpression
  const Directive* directive = nullptr;

  bool is_prefix() const { return kind == Kind::kPrefix || kind == Kind::kStrongPrefix; }
  bool is_internal() const;
  std::string pattern() const;  // as Larder's conditions have it
  std::string name() const;     // as it was written
};

// All of a server, in an order in which the first that holds is the one that nginx would choose:
//
//   = ─► ^~, longest first ─► expressions, as they stand ─► prefixes, longest first
//
// Named ones come last.
std::vector<Location> locations_of(Translation& all, const Level& server);

// When it is chosen, if it is looked at in that order. A `^~` is not when a longer plain prefix
// holds: then nginx would look at expressions.
JsonValue condition_of(const Location& location, const std::vector<Location>& all);

// Where an `error_page` leads; null: to none of them.
const Location* find_fallback(const std::vector<Location>& all, const std::string& target);

}  // namespace larder::cli::import
