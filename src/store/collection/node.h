// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/limits.h"

// The two kinds of blocks of which a Tree consists. Only the tree, its snapshots and the pool that
// reclaims them look inside.
namespace larder::store::collection {

class BlockPool;

// What both begin with.
struct Node {
  static constexpr std::size_t kUnit = 16;

  std::atomic<std::uint32_t> refs{1};  // of a leaf: its tree, and runs of snapshots
  std::uint16_t count = 0;             // entries of a leaf, children of an inner node
  std::uint16_t units = 0;             // of its block, kUnit bytes each
  std::uint16_t level = 0;             // above the leaves

  bool is_leaf() const { return level == 0; }
  std::size_t bytes() const { return std::size_t{units} * kUnit; }
};

// Entries, packed in their order.
//
//   [ head │ entry 0 │ entry 1 │ …  free  … │ end 1 │ end 0 ]       ends count from behind the head
//
// The end of the first is in the head too: who compares the first entries of many leaves touches
// one line of each.
struct Leaf : Node {
  static constexpr std::size_t kMostBytes = 2 * limits::KiB;  // unless one entry needs more

  static constexpr std::size_t kMostEntryBytes = 48 * limits::KiB;

  std::uint16_t used = 0;  // bytes of entries: the end of the last
  std::uint16_t first_end = 0;

  static std::size_t bytes_for(std::size_t entries, std::size_t used);
  std::size_t needs() const { return bytes_for(count, used); }
  std::size_t begin(std::size_t index) const { return index == 0 ? 0 : *end_at(index - 1); }
  std::size_t end(std::size_t index) const { return *end_at(index); }
  std::string_view first() const { return {entries(), first_end}; }
  std::string_view entry(std::size_t index) const {
    const std::size_t from = begin(index);
    return {entries() + from, end(index) - from};
  }

  // There must be room, and nobody else who refers to it.
  void insert(std::size_t index, std::span<const std::string_view> parts, std::size_t bytes);
  void replace(std::size_t index, std::span<const std::string_view> parts, std::size_t bytes);
  void erase(std::size_t from, std::size_t to);
  // Entries from..to of another one, behind its own.
  void append(const Leaf& other, std::size_t from, std::size_t to);

  bool is_shared() const { return refs.load(std::memory_order_acquire) != 1; }
  void retain() { refs.fetch_add(1, std::memory_order_relaxed); }
  // The last one gives it back.
  static void drop(Leaf* leaf, BlockPool& pool) noexcept;

 private:
  char* entries() { return reinterpret_cast<char*>(this + 1); }
  const char* entries() const { return reinterpret_cast<const char*>(this + 1); }
  std::uint16_t* end_at(std::size_t index) {
    return reinterpret_cast<std::uint16_t*>(reinterpret_cast<char*>(this) + bytes()) - 1 - index;
  }
  const std::uint16_t* end_at(std::size_t index) const {
    return const_cast<Leaf*>(this)->end_at(index);
  }
};
static_assert(sizeof(Leaf) == 16);

// What an inner node knows of one child: what is below, itself included.
struct Child {
  Node* node = nullptr;
  std::uint32_t entries = 0;
  std::uint32_t units = 0;  // of all blocks
};

struct Inner : Node {
  static constexpr std::size_t kMost = 62;  // children; then it has 1 KiB

  Inner* next_buried = nullptr;

  static std::size_t bytes_for(std::size_t children) {
    return sizeof(Inner) + children * sizeof(Child);
  }
  std::size_t room() const { return std::min(kMost, (bytes() - sizeof(Inner)) / sizeof(Child)); }
  Child* begin() { return reinterpret_cast<Child*>(this + 1); }
  const Child* begin() const { return reinterpret_cast<const Child*>(this + 1); }
  std::span<Child> children() { return {begin(), count}; }
  std::span<const Child> children() const { return {begin(), count}; }

  // There must be room. Of a new one.
  void fill(std::span<const Child> children);
  // Children at..at+gone become others.
  void splice(std::size_t at, std::size_t gone, std::span<const Child> instead);
};

Child known_of(Leaf& leaf);
Child known_of(Inner& inner);

inline const Leaf& as_leaf(const Node& node) { return static_cast<const Leaf&>(node); }
inline Leaf& as_leaf(Node& node) { return static_cast<Leaf&>(node); }
inline const Inner& as_inner(const Node& node) { return static_cast<const Inner&>(node); }
inline Inner& as_inner(Node& node) { return static_cast<Inner&>(node); }

}  // namespace larder::store::collection
