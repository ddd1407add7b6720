// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace larder::serve::memcache {

// Whose words a node speaks. memcached and Arcus, which grew out of it, disagree in the words that
// they share; a node speaks one of them on all of its connections.
enum class Dialect : std::uint8_t { kMemcached, kArcus };

std::string_view name_of(Dialect dialect);  // memcached, arcus
std::optional<Dialect> dialect_of(std::string_view name);
std::string_view version_of(Dialect dialect);  // as clients are told

// What both have, and what each makes of it: the one list of where they differ. docs/dialects.md is
// made from it.
struct Difference {
  std::string_view what;
  std::string_view memcached;
  std::string_view arcus;
};
std::span<const Difference> differences();
std::string differences_in_markdown();

}  // namespace larder::serve::memcache
