// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/import/json_value.h"
#include "cli/import/nginx_conf.h"

namespace larder::cli::import {

// A block of nginx' configuration whose directives hold in the blocks inside of it: http, a
// server, a location.
struct Level {
  const Level* above = nullptr;
  const std::vector<Directive>* block = nullptr;

  // Of this block alone; null: it has none.
  const Directive* own(std::string_view name) const;
  // Of this one, or the next above that has any.
  const Directive* find(std::string_view name) const;
  std::vector<const Directive*> all(std::string_view name) const;
};

// `limit_req_zone` and `limit_conn_zone`, by the zone's name.
struct Zone {
  std::string key;
  double per_second = 0;
};

struct LogFormat {
  std::string text = {};
  std::string escape = {};  // empty: as it is without it
};

// What a translation has found so far.
struct Translation {
  std::vector<Remark> remarks = {};
  std::map<std::string, JsonValue> upstreams = {};
  std::map<std::string, Zone> zones = {};
  std::map<std::string, LogFormat> log_formats = {};
  std::vector<JsonValue> logs = {};

  void lose(const Directive& directive, std::string what);
  void note(const Directive& directive, std::string what);
  void refuse(const Directive& directive);  // it is not translated, with the likely right one
  // A text with its variables, as Larder has them.
  std::string checked(const Directive& directive, std::string_view text);
  // One variable, with its $.
  std::string variable(const Directive& directive, std::string_view name);
};

// Letters, digits and underscores: what a variable's name may have.
bool is_name(std::string_view text);
// Whether the text has a variable in it.
bool has_variable(std::string_view text);
// With what a regular expression would read otherwise escaped.
std::string escaped(std::string_view text);
// A whole number where it is one.
JsonValue number(double value);
// `64k`, as Larder takes it, too; of what is no size, nothing is written.
bool is_size(std::string_view text);

// ---- parts of the translation, each into `functions`

// The directives of a block that mean the same wherever they stand.
void put_functions(Translation& all, const Level& level, JsonValue& functions);
// `return`.
void put_return(Translation& all, const Directive& directive, JsonValue& functions);
// What goes to and comes from the origin that `pass` names; `text`: the location's, when it is a
// prefix.
void put_origin(Translation& all, const Level& level, const Directive& pass,
                std::string_view prefix, JsonValue& functions);
// add_header and proxy_set_header, as they hold on this level.
void put_headers(Translation& all, const Level& level, JsonValue& functions);
// All locations and ifs of a server: rules, or functions of all of the site.
void put_locations(Translation& all, const Level& server, JsonValue& functions,
                   JsonValue::List& rules);

}  // namespace larder::cli::import
