// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/request_path.h"

#include <cstddef>

namespace larder::serve::edge {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded(std::string_view path) {
  constexpr int kHexBase = 16;
  std::string out;
  out.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (c == '%') {
      if (i + 2 >= path.size()) return std::nullopt;
      const int high = hex_digit(path[i + 1]);
      const int low = hex_digit(path[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * kHexBase + low);
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out += c;
  }
  return out;
}

// Takes the last segment of `path`, which ends with a slash, away. False: there is none.
bool leave_segment(std::string& path) {
  if (path.size() == 1) return false;
  path.pop_back();
  path.resize(path.rfind('/') + 1);
  return true;
}

// Segment by segment; `out` ends with a slash before each.
std::optional<std::string> without_dots(std::string_view path) {
  std::string out = "/";
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    const bool is_last = slash == std::string_view::npos;
    path.remove_prefix(is_last ? path.size() : slash + 1);
    if (segment == ".." && !leave_segment(out)) return std::nullopt;
    if (segment.empty() || segment == "." || segment == "..") continue;
    out += segment;
    if (!is_last) out += '/';
  }
  return out;
}

}  // namespace

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

bool has_query(std::string_view target) { return target.find('?') != std::string_view::npos; }

bool is_normal(std::string_view path) {
  return path.starts_with('/') && path.find('%') == std::string_view::npos &&
         path.find("//") == std::string_view::npos && path.find("/.") == std::string_view::npos &&
         path.find('\0') == std::string_view::npos;
}

std::optional<std::string> normal_path(std::string_view path) {
  if (is_normal(path)) return std::string(path);
  if (!path.starts_with('/')) return std::nullopt;
  const std::optional<std::string> plain = decoded(path);
  return plain ? without_dots(*plain) : std::nullopt;
}

bool names_something(std::string_view target) {
  const std::string_view path = path_of(target);
  return !path.starts_with('/') || is_normal(path) || normal_path(path).has_value();
}

std::string encoded_path(std::string_view plain) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kEncoded = "%?#\"<>\\^`{|}";
  constexpr unsigned char kDelete = 0x7F;
  std::string out;
  out.reserve(plain.size());
  for (const char c : plain) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte < kDelete && kEncoded.find(c) == std::string_view::npos) {
      out += c;
      continue;
    }
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
  }
  return out;
}

std::optional<std::string> canonical_path(std::string_view path) {
  const std::optional<std::string> plain = normal_path(path);
  return plain ? std::optional(encoded_path(*plain)) : std::nullopt;
}

std::string_view host_part(std::string_view authority) {
  return authority.substr(
      0, authority.find(':', authority.starts_with('[') ? authority.find(']') : 0));
}

std::string host_of(std::string_view authority) {
  std::string host(host_part(authority));
  for (char& c : host) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return host;
}

}  // namespace larder::serve::edge
