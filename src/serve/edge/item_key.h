// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"

namespace larder::serve::edge {

// Keys of the edge's items: what they are of, then by what they are found. No two kinds collide.
//
//   [ u ][ URL's key ]    an object, a hit-for-miss mark, or variants
//   [ v ][ id ][ hash ]   a variant, of the variants with that id
//   [ p ][ id ][ n ]      part n of the body with that id
//   [ n ][ hash ]         how often a URL was asked for
enum class KeyKind : char {
  kUrl = 'u',
  kVariant = 'v',
  kPart = 'p',
  kUses = 'n',
  kAuthorized = 'a'
};

class UrlKey {
 public:
  static bool fits(std::string_view key) { return key.size() < limits::kMaxArcusKeyBytes; }

  explicit UrlKey(std::string_view key) : size_(1 + key.size()) {
    LARDER_CHECK(fits(key));
    bytes_[0] = static_cast<char>(KeyKind::kUrl);
    key.copy(bytes_.data() + 1, key.size());
  }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::size_t size_;
  std::array<char, limits::kMaxArcusKeyBytes> bytes_;  // all but size_ of them are never written
};

class NumberKey {
 public:
  NumberKey(KeyKind kind, std::uint64_t first, std::uint64_t second = 0) {
    bytes_[0] = static_cast<char>(kind);
    std::memcpy(bytes_.data() + 1, &first, sizeof first);
    std::memcpy(bytes_.data() + 1 + sizeof first, &second, sizeof second);
  }
  std::string_view text() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::array<char, 1 + 2 * sizeof(std::uint64_t)> bytes_;
};

}  // namespace larder::serve::edge
