// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/prefixes.h"

#include <fmt/format.h>

#include <iterator>

#include "base/limits.h"
#include "cache/cache.h"
#include "serve/memcache/arcus/prefix_name.h"

namespace larder::serve::memcache {

std::optional<std::string_view> Prefixes::prefix_of(std::string_view key) const {
  if (dialect_ == Dialect::kArcus) {
    const std::string_view prefix = cache::prefix_of(key, delimiter_);
    return arcus::is_told(prefix) ? std::optional(prefix) : std::nullopt;
  }
  const std::size_t end = key.find(delimiter_);
  return end == std::string_view::npos ? std::nullopt : std::optional(key.substr(0, end));
}

void Prefixes::count(std::string_view key, const std::function<void(Counts&)>& add) {
  const auto prefix = prefix_of(key);
  if (!prefix) return;
  const std::scoped_lock lock(mutex_);
  auto found = counts_.find(*prefix);
  if (found == counts_.end()) {
    if (counts_.size() >= limits::kMaxPrefixes) return;
    found = counts_.emplace(*prefix, Counts()).first;
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

void Prefixes::counted(std::string_view key, bool down) {
  if (dialect_ != Dialect::kArcus) return;
  count(key, [&](Counts& counts) { ++(down ? counts.counted_down : counts.counted_up); });
}

void Prefixes::operated(std::string_view key, arcus::Operation operation, arcus::Outcome outcome) {
  count(key, [&](Counts& counts) {
    if (counts.operated == nullptr) counts.operated = std::make_unique<arcus::OperationCounts>();
    counts.operated->add(operation, outcome, 1);
  });
}

std::string Prefixes::text() const {
  std::string text;
  const std::scoped_lock lock(mutex_);
  for (const auto& [prefix, counts] : counts_) {
    fmt::format_to(std::back_inserter(text), "PREFIX {} get {} hit {} set {} del {}\r\n", prefix,
                   counts.got, counts.hit, counts.set, counts.deleted);
  }
  return text;
}

bool Prefixes::show(std::string_view prefix, const Show& show) const {
  const std::scoped_lock lock(mutex_);
  const auto found = counts_.find(prefix);
  if (found == counts_.end()) return false;
  show(found->first, found->second);
  return true;
}

bool Prefixes::show_next(std::optional<std::string>& after, const Show& show) const {
  const std::scoped_lock lock(mutex_);
  const auto found = after ? counts_.upper_bound(*after) : counts_.begin();
  if (found == counts_.end()) return false;
  show(found->first, found->second);
  after = found->first;
  return true;
}

std::size_t Prefixes::size() const {
  const std::scoped_lock lock(mutex_);
  return counts_.size();
}

void Prefixes::clear() {
  const std::scoped_lock lock(mutex_);
  counts_.clear();
}

void Prefixes::forget(std::string_view prefix) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = counts_.find(prefix); found != counts_.end()) counts_.erase(found);
}

}  // namespace larder::serve::memcache
