// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/prefixes.h"

#include <fmt/format.h>

#include <iterator>

#include "base/limits.h"

namespace larder::serve::memcache {

void Prefixes::count(std::string_view key, const std::function<void(Counts&)>& add) {
  const std::size_t end = key.find(delimiter_);
  if (end == std::string_view::npos) return;
  const std::string_view prefix = key.substr(0, end);
  const std::scoped_lock lock(mutex_);
  auto found = counts_.find(prefix);
  if (found == counts_.end()) {
    if (counts_.size() >= limits::kMaxPrefixes) return;
    found = counts_.emplace(prefix, Counts()).first;
  }
  add(found->second);
}

void Prefixes::got(std::string_view key, bool hit) {
  count(key, [&](Counts& counts) {
    ++counts.got;
    if (hit) ++counts.hit;
  });
}

void Prefixes::set(std::string_view key) {
  count(key, [](Counts& counts) { ++counts.set; });
}

void Prefixes::deleted(std::string_view key) {
  count(key, [](Counts& counts) { ++counts.deleted; });
}

std::string Prefixes::text() const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  for (const auto& [prefix, counts] : counts_) {
    fmt::format_to(std::back_inserter(text), "PREFIX {} get {} hit {} set {} del {}\r\n", prefix,
                   counts.got, counts.hit, counts.set, counts.deleted);
  }
  return text;
}

void Prefixes::clear() {
  const std::scoped_lock lock(mutex_);
  counts_.clear();
}

}  // namespace larder::serve::memcache
