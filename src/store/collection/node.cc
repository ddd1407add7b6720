// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/node.h"

#include <algorithm>
#include <cstring>

#include "store/collection/block_pool.h"

namespace larder::store::collection {
namespace {

void join(char* to, std::span<const std::string_view> parts) {
  for (const std::string_view part : parts) to += part.copy(to, part.size());
}

}  // namespace

std::size_t Leaf::bytes_for(std::size_t entries, std::size_t used) {
  return sizeof(Leaf) + used + entries * sizeof(std::uint16_t);
}

void Leaf::drop(Leaf* leaf, BlockPool& pool) noexcept {
  if (leaf->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) pool.give_back(leaf);
}

void Leaf::insert(std::size_t index, std::span<const std::string_view> parts, std::size_t bytes) {
  const std::size_t at = begin(index);
  std::memmove(entries() + at + bytes, entries() + at, used - at);
  for (std::size_t i = count; i > index; --i) {
    *end_at(i) = static_cast<std::uint16_t>(*end_at(i - 1) + bytes);
  }
  *end_at(index) = static_cast<std::uint16_t>(at + bytes);
  ++count;
  used = static_cast<std::uint16_t>(used + bytes);
  first_end = *end_at(0);
  join(entries() + at, parts);
}

void Leaf::replace(std::size_t index, std::span<const std::string_view> parts, std::size_t bytes) {
  const std::size_t at = begin(index);
  const std::size_t gone = end(index) - at;
  if (bytes != gone) {
    std::memmove(entries() + at + bytes, entries() + at + gone, used - at - gone);
    const auto longer = static_cast<std::uint16_t>(bytes - gone);  // modulo 2^16, as the ends are
    for (std::size_t i = index; i < count; ++i) {
      *end_at(i) = static_cast<std::uint16_t>(*end_at(i) + longer);
    }
    used = static_cast<std::uint16_t>(used + longer);
    first_end = *end_at(0);
  }
  join(entries() + at, parts);
}

void Leaf::erase(std::size_t from, std::size_t to) {
  const std::size_t at = begin(from);
  const std::size_t behind = begin(to);
  std::memmove(entries() + at, entries() + behind, used - behind);
  for (std::size_t index = to; index < count; ++index) {
    *end_at(from + index - to) = static_cast<std::uint16_t>(end(index) - (behind - at));
  }
  count = static_cast<std::uint16_t>(count - (to - from));
  used = static_cast<std::uint16_t>(used - (behind - at));
  first_end = count == 0 ? 0 : *end_at(0);
}

void Leaf::append(const Leaf& other, std::size_t from, std::size_t to) {
  const std::size_t begin_there = other.begin(from);
  const std::size_t bytes = other.begin(to) - begin_there;
  std::memcpy(entries() + used, other.entries() + begin_there, bytes);
  for (std::size_t index = from; index < to; ++index) {
    *end_at(count + index - from) =
        static_cast<std::uint16_t>(other.end(index) - begin_there + used);
  }
  count = static_cast<std::uint16_t>(count + to - from);
  used = static_cast<std::uint16_t>(used + bytes);
  if (count != 0) first_end = *end_at(0);
}

void Inner::fill(std::span<const Child> children) {
  std::ranges::copy(children, begin());
  count = static_cast<std::uint16_t>(children.size());
  level = static_cast<std::uint16_t>(children.front().node->level + 1);
}

void Inner::splice(std::size_t at, std::size_t gone, std::span<const Child> instead) {
  Child* from = begin() + at;
  std::memmove(static_cast<void*>(from + instead.size()), from + gone,
               (count - at - gone) * sizeof(Child));
  std::ranges::copy(instead, from);
  count = static_cast<std::uint16_t>(count - gone + instead.size());
}

Child known_of(Leaf& leaf) { return {&leaf, leaf.count, leaf.units}; }

Child known_of(Inner& inner) {
  Child known{&inner, 0, inner.units};
  for (const Child& child : inner.children()) {
    known.entries += child.entries;
    known.units += child.units;
  }
  return known;
}

}  // namespace larder::store::collection
