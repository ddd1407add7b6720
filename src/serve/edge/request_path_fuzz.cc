// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Reads its input as a path, as the text of a template and as a value in a log.
#include "serve/edge/request_path.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "serve/edge/access_log.h"
#include "serve/edge/escape.h"

namespace larder::serve::edge {
namespace {

bool has_dots(std::string_view path) {
  for (const std::string_view dots : {"/./", "/../", "//"}) {
    if (path.find(dots) != std::string_view::npos) return true;
  }
  return path.ends_with("/.") || path.ends_with("/..");
}

void check_path(std::string_view target) {
  const auto normal = normal_path(path_of(target));
  if (!normal) return;
  LARDER_CHECK(normal->starts_with('/') && !has_dots(*normal));
  LARDER_CHECK(normal->find('\0') == std::string::npos);
  const auto canonical = canonical_path(path_of(target));
  LARDER_CHECK(canonical && canonical->size() >= normal->size());
  LARDER_CHECK(canonical_path(*canonical) == canonical && normal_path(*canonical) == normal);
  for (const char c : *canonical) LARDER_CHECK(c > ' ' && c < '\x7F' && c != '?' && c != '#');
}

// A line stays one, and its quotes are ours.
void check_escapes(std::string_view value) {
  for (const Escape how : {Escape::kDefault, Escape::kW3c, Escape::kJson}) {
    std::string line = "\"";
    line += value;
    escape_from(line, 1, how);
    for (const char c : line) LARDER_CHECK(c >= ' ' && c < '\x7F');
    if (how != Escape::kJson) LARDER_CHECK(line.find('"', 1) == std::string::npos);
    if (how == Escape::kW3c) LARDER_CHECK(line.find(' ') == std::string::npos);
  }
}

}  // namespace
}  // namespace larder::serve::edge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  larder::serve::edge::check_path(bytes);
  larder::serve::edge::check_escapes(bytes);
  const auto parsed = larder::serve::edge::Template::parse(bytes);
  static_cast<void>(parsed);
  return 0;
}
