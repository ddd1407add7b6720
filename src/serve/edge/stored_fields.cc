// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/stored_fields.h"

#include <algorithm>
#include <string_view>

#include "wire/http/date.h"
#include "wire/http/head.h"

namespace larder::serve::edge {
namespace {

using wire::http::Field;
using wire::http::FieldLines;
using wire::http::Fields;
using wire::http::Name;

bool names_it(std::span<const std::string> names, const Field& field) {
  return std::ranges::any_of(
      names, [&](const std::string& name) { return wire::http::equal_names(name, field.name); });
}

bool is_ours(const Field& field) {
  return field.known == Name::kAge || field.known == Name::kContentLength;
}

}  // namespace

std::string stored_lines(const Fields& response, std::span<const std::string> without,
                         base::UnixMs now) {
  FieldLines lines;
  for (const Field& field : response) {
    const bool is_hop = wire::http::is_of_connection(field, response);
    if (is_ours(field) || (is_hop && field.known != Name::kUpgrade)) continue;
    if (!names_it(without, field)) lines.add(field.name, field.value);
  }
  std::string text(lines.text());
  if (!response.has(Name::kDate)) text += date_line(now);
  return text;
}

std::string date_line(base::UnixMs now) {
  const auto date = wire::http::format_date(now / 1000);
  FieldLines lines;
  lines.add(Name::kDate, {date.data(), date.size()});
  return std::string(lines.text());
}

std::string lines_of(const Fields& response, std::span<const std::string> names) {
  FieldLines lines;
  for (const Field& field : response) {
    if (names_it(names, field)) lines.add(field.name, field.value);
  }
  return std::string(lines.text());
}

// RFC 9530; Digest of RFC 3230, Content-MD5 of RFC 2616
bool is_digest(std::string_view name) noexcept {
  constexpr std::string_view kDigests[] = {"Repr-Digest", "Content-Digest", "Digest",
                                           "Content-MD5"};
  return std::ranges::any_of(
      kDigests, [name](std::string_view digest) { return wire::http::equal_names(name, digest); });
}

Fields fields_of(std::string_view lines) {
  Fields fields;
  for (wire::http::LineReader reader(lines); reader.next();) {
    fields.add({.name = reader.name(),
                .value = reader.value(),
                .known = wire::http::name_of(reader.name())});
  }
  return fields;
}

}  // namespace larder::serve::edge
