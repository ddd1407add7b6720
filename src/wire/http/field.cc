// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/field.h"

#include <algorithm>

#include "wire/http/move_view.h"
#include "wire/http/octets.h"

namespace larder::wire::http {
namespace {

void append_item(std::string& list, bool& is_first, std::string_view item) {
  if (!is_first) list += ", ";
  list += item;
  is_first = false;
}

// Where an item of a list ends: at a separator that no quotes enclose.
std::size_t end_of_item(std::string_view list, char separator) {
  bool is_quoted = false;
  for (std::size_t at = 0; at < list.size(); ++at) {
    const char c = list[at];
    if (c == '"') is_quoted = !is_quoted;
    if (c == '\\' && is_quoted) ++at;
    if (c == separator && !is_quoted) return at;
  }
  return list.size();
}

}  // namespace

std::optional<std::string_view> Fields::value(Name name) const {
  if (!has(name)) return std::nullopt;
  const auto found =
      std::ranges::find_if(fields_, [name](const Field& field) { return field.known == name; });
  return found->value;
}

std::optional<std::string_view> Fields::value(std::string_view name) const {
  for (const Field& field : fields_) {
    if (equal_names(field.name, name)) return field.value;
  }
  return std::nullopt;
}

void Fields::set_value(Name name, std::string_view value) {
  const auto found = std::ranges::find(fields_, name, &Field::known);
  if (found != fields_.end()) found->value = value;
}

std::size_t Fields::count(Name name) const {
  if (!has(name)) return 0;
  const auto count =
      std::ranges::count_if(fields_, [name](const Field& field) { return field.known == name; });
  return static_cast<std::size_t>(count);
}

std::string Fields::joined(Name name) const {
  std::string list;
  if (!has(name)) return list;
  bool is_first = true;
  for (const Field& field : fields_) {
    if (field.known == name) append_item(list, is_first, field.value);
  }
  return list;
}

std::string Fields::joined(std::string_view name) const {
  std::string list;
  bool is_first = true;
  for (const Field& field : fields_) {
    if (equal_names(field.name, name)) append_item(list, is_first, field.value);
  }
  return list;
}

void Fields::move_views(const char* from, const char* to) {
  for (Field& field : fields_) {
    move_view(field.name, from, to);
    move_view(field.value, from, to);
  }
}

bool Items::next() {
  while (!rest_.empty()) {
    const std::size_t end = end_of_item(rest_, by_);
    item_ = trim_blanks(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (!item_.empty()) return true;
  }
  item_ = {};
  return false;
}

bool lists(std::string_view list, std::string_view token) noexcept {
  for (Items items(list); items.next();) {
    if (equal_names(items.item(), token)) return true;
  }
  return false;
}

}  // namespace larder::wire::http
