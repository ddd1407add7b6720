// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/head_reader.h"

#include <algorithm>

#include "base/limits.h"

namespace larder::wire::http {
namespace {

// A folded line (RFC 9112, 5.2) has no name, and neither has one with a blank before its colon.
bool parse_field(std::string_view line, Field& field) {
  const char* end = line.data() + line.size();
  const char* colon = skip(kTokenOctets, line.data(), end);
  if (colon == line.data() || colon == end || *colon != ':') return false;
  field.name = {line.data(), colon};
  field.value = trim_blanks({colon + 1, end});
  field.known = name_of(field.name);
  return true;
}

// Then its target may be too long, which is told before the line ends.
bool is_first_line_long(std::string_view unread) {
  return unread.size() > limits::kMaxTargetBytes &&
         unread.substr(0, limits::kMaxTargetBytes).find('\r') == std::string_view::npos;
}

}  // namespace

bool HeadReader::read_fields(Fields& into) {
  std::string_view line;
  Field field;
  while (next_line(line, Fault::kBadField)) {
    if (line.empty()) return true;
    if (!parse_field(line, field)) return stop(Fault::kBadField);
    if (into.size() == limits::kMaxFields) return stop(Fault::kHeadTooLarge);
    into.add(field);
  }
  return false;
}

bool is_worth_parsing(std::string_view unread, std::size_t searched) noexcept {
  if (searched == 0 || unread.size() >= limits::kMaxHeadBytes) return true;
  if (is_first_line_long(unread)) return true;
  searched = std::min(searched, unread.size());
  const char* end = unread.data() + unread.size();
  const char* at = unread.data() + searched - std::min<std::size_t>(searched, 3);
  if (at != end && *at == '\n') ++at;  // Of a line end that was seen before.
  for (at = find_hard_control(at, end); end - at >= 2; at = find_hard_control(at + 2, end)) {
    if (at[0] != '\r' || at[1] != '\n') return true;
    if (end - at >= 4 && at[2] == '\r' && at[3] == '\n') return true;
  }
  return at != end && *at != '\r';
}

}  // namespace larder::wire::http
