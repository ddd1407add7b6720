// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "base/check.h"
#include "store/collection/block_pool.h"
#include "store/collection/node.h"
#include "store/collection/tree_path.h"

namespace larder::store::collection {

// In a block of the pool; null makes null.
template <class Kind>
Kind* make_node(const BlockPool& pool, void* block) {
  if (block == nullptr) return nullptr;
  auto* node = new (block) Kind;
  node->units = static_cast<std::uint16_t>(pool.bytes_at(block) / Node::kUnit);
  return node;
}

// Of a block: when so much of it is unused, a smaller one is worth a copy.
constexpr std::size_t kLoosePart = 5;

// For a copy of one that has so many bytes, in less. Null: there is no such block.
template <class Kind>
Kind* take_smaller_node(BlockPool& pool, std::size_t bytes, std::size_t needs) {
  if (BlockPool::bytes_of(needs) > bytes - bytes / kLoosePart) return nullptr;
  Kind* node = make_node<Kind>(pool, pool.take(needs));
  if (node == nullptr || node->bytes() < bytes) return node;
  pool.give_back(node);
  return nullptr;
}

// Blocks that are taken before anything changes, in the order in which they are used. What was not
// used is given back.
class NodeReserve {
 public:
  explicit NodeReserve(BlockPool& pool) : pool_(pool) {}
  ~NodeReserve() {
    while (used_ != count_) pool_.give_back(blocks_[used_++]);
  }
  NodeReserve(const NodeReserve&) = delete;
  NodeReserve& operator=(const NodeReserve&) = delete;

  // False: no memory.
  bool add(std::size_t bytes) {
    void* block = pool_.take(bytes);
    if (block == nullptr) return false;
    blocks_[count_++] = block;
    return true;
  }
  bool add_inner(std::size_t children) { return add(Inner::bytes_for(children)); }

  template <class Kind>
  Kind& use() {
    LARDER_CHECK(used_ != count_);
    return *make_node<Kind>(pool_, blocks_[used_++]);
  }
  Inner& use_inner(std::span<const Child> children) {
    Inner& inner = use<Inner>();
    inner.fill(children);
    return inner;
  }

 private:
  // Parts of a leaf, halves of all that is above, and a root.
  static constexpr std::size_t kMost = 3 + 2 * kMostTreeHeight + 1;

  BlockPool& pool_;
  std::array<void*, kMost> blocks_;
  std::size_t count_ = 0;
  std::size_t used_ = 0;
};

}  // namespace larder::store::collection
