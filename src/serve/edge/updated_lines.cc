// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "serve/edge/freshness.h"
#include "serve/edge/stored_fields.h"

namespace larder::serve::edge {
namespace {

using wire::http::Field;
using wire::http::FieldLines;
using wire::http::Fields;
using wire::http::LineReader;
using wire::http::Name;

// What the stored body is, whatever a response without one says of it.
bool is_of_body(Name name) {
  return name == Name::kContentEncoding || name == Name::kContentLength ||
         name == Name::kContentRange;
}

// Of the moment when a response came, and not of what it carries.
bool is_of_moment(Name name) { return name == Name::kAge || name == Name::kDate; }

bool has_line(std::string_view lines, std::string_view name) {
  for (LineReader reader(lines); reader.next();) {
    if (wire::http::equal_names(reader.name(), name)) return true;
  }
  return false;
}

// Of a body that was brought into a coding here, where the digest went away: the origin's own is of
// other bytes.
bool is_other_digest(const Field& field, std::string_view stored_lines) {
  return is_digest(field.name) && has_line(stored_lines, "Content-Encoding") &&
         !has_line(stored_lines, field.name);
}

// A cookie is stored only where the policy says so, and then there is one already.
bool updates(const Field& field, const Fields& validated, bool keeps_cookies) {
  if (field.known == Name::kSetCookie && !keeps_cookies) return false;
  return !is_of_body(field.known) && !wire::http::is_of_connection(field, validated);
}

// A tag that was made weak when its body was brought into a coding here stays it: the origin's own
// is of other bytes.
bool is_kept_tag(const Field& field, std::string_view stored_lines) {
  if (field.known != Name::kEtag) return false;
  for (LineReader reader(stored_lines); reader.next();) {
    if (wire::http::name_of(reader.name()) != Name::kEtag) continue;
    return reader.value().starts_with("W/") && reader.value().substr(2) == field.value;
  }
  return false;
}

}  // namespace

std::string updated_lines(std::string_view stored_lines, const Fields& validated) {
  const bool keeps_cookies = has_line(stored_lines, "Set-Cookie");
  std::vector<const Field*> updating;
  for (const Field& field : validated) {
    if (is_kept_tag(field, stored_lines) || is_other_digest(field, stored_lines)) continue;
    if (updates(field, validated, keeps_cookies)) updating.push_back(&field);
  }
  FieldLines lines;
  for (LineReader reader(stored_lines); reader.next();) {
    const bool is_replaced = std::ranges::any_of(updating, [&](const Field* field) {
      return wire::http::equal_names(field->name, reader.name());
    });
    const bool is_over = is_of_moment(wire::http::name_of(reader.name()));
    if (!is_replaced && !is_over) lines.add(reader.name(), reader.value());
  }
  for (const Field* field : updating) lines.add(field->name, field->value);
  return std::string(lines.text());
}

}  // namespace larder::serve::edge
