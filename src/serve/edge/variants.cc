// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/variants.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <ranges>

#include "base/limits.h"
#include "serve/edge/packed_head.h"
#include "wire/http/negotiation.h"

namespace larder::serve::edge {
namespace {

// Numbers and texts from the front of bytes; all of them empty once there were too few.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  T number() {
    T number{};
    const std::string_view bytes = text(sizeof number);
    if (!failed_) std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  std::string_view text(std::size_t bytes) {
    failed_ = failed_ || rest_.size() < bytes;
    if (failed_) return {};
    const std::string_view text = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return text;
  }
  bool is_at_end() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

template <class T>
void append(std::string& to, T number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  to.append(bytes, sizeof number);
}

}  // namespace

std::optional<Variants> Variants::parse(std::string_view bytes) {
  Reader reader(bytes);
  const auto kind = reader.number<RecordKind>();
  const auto sets = reader.number<std::uint8_t>();
  const auto variants = reader.number<std::uint8_t>();
  Variants parsed(reader.number<std::uint64_t>());
  parsed.hit_for_miss_until = reader.number<base::UnixMs>();
  if (kind != RecordKind::kVariants || sets > limits::kMaxVarySets) return {};
  if (variants > limits::kMaxVariants) return {};
  for (std::uint8_t i = 0; i < sets; ++i)
    parsed.sets_.emplace_back(reader.text(reader.number<std::uint16_t>()));
  parsed.variants_.resize(variants);
  for (Variant& each : parsed.variants_) {
    each.hash = reader.number<std::uint64_t>();
    each.set = reader.number<std::uint8_t>();
    if (each.set >= sets) return {};
  }
  if (!reader.is_at_end()) return {};
  return parsed;
}

std::string Variants::encode() const {
  std::string bytes;
  append(bytes, RecordKind::kVariants);
  append(bytes, static_cast<std::uint8_t>(sets_.size()));
  append(bytes, static_cast<std::uint8_t>(variants_.size()));
  append(bytes, id_);
  append(bytes, hit_for_miss_until);
  for (const std::string& set : sets_) {
    append(bytes, static_cast<std::uint16_t>(set.size()));
    bytes += set;
  }
  for (const Variant& each : variants_) {
    append(bytes, each.hash);
    append(bytes, each.set);
  }
  return bytes;
}

std::vector<std::uint64_t> Variants::add(std::string_view set, std::uint64_t hash) {
  std::vector<std::uint64_t> gone;
  std::erase_if(variants_, [&](const Variant& each) { return each.hash == hash; });
  variants_.insert(variants_.begin(), {.hash = hash, .set = place_of(set)});
  if (variants_.size() > limits::kMaxVariants) {
    gone.push_back(variants_.back().hash);
    variants_.pop_back();
  }
  if (sets_.size() > limits::kMaxVarySets) remove_set(oldest_set(), gone);
  return gone;
}

std::uint8_t Variants::place_of(std::string_view set) {
  const auto found = std::ranges::find(sets_, set);
  const auto place = static_cast<std::uint8_t>(found - sets_.begin());
  if (found == sets_.end()) sets_.emplace_back(set);
  return place;
}

// The one whose latest variant is older than that of any other.
std::uint8_t Variants::oldest_set() const {
  std::array<std::size_t, limits::kMaxVarySets + 1> latest;
  latest.fill(variants_.size());
  for (std::size_t i = variants_.size(); i-- > 0;) latest[variants_[i].set] = i;
  const auto sets = std::ranges::subrange(latest.begin(), latest.begin() + sets_.size());
  return static_cast<std::uint8_t>(std::ranges::max_element(sets) - latest.begin());
}

void Variants::remove_set(std::uint8_t set, std::vector<std::uint64_t>& gone) {
  for (const Variant& each : variants_) {
    if (each.set == set) gone.push_back(each.hash);
  }
  std::erase_if(variants_, [&](const Variant& each) { return each.set == set; });
  for (Variant& each : variants_) {
    if (each.set > set) --each.set;
  }
  sets_.erase(sets_.begin() + set);
}

std::string set_of(std::span<const std::string> names) {
  std::string set;
  for (const std::string& name : names) {
    if (!set.empty()) set += ',';
    set += name;
  }
  return set;
}

std::string selection_of(const wire::http::Fields& request, std::string_view set) {
  std::vector<std::string> names;
  for (wire::http::Items items(set); items.next();) names.emplace_back(items.item());
  std::string selection(set);
  selection += '\n';
  selection += wire::http::selecting_text(request, names);
  return selection;
}

}  // namespace larder::serve::edge
