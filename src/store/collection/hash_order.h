// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "store/collection/tree.h"

namespace larder::store::collection {

// What sets and maps order their entries by: a hash that no client can predict, and, where that is
// the same, the bytes themselves.
//
//   entry   [ hash 4 ][ … ]
struct HashedBytes {
  static constexpr std::size_t kHashBytes = sizeof(std::uint32_t);

  std::uint32_t hash = 0;
  std::string_view bytes;

  explicit HashedBytes(std::string_view of) : hash(hash_of(of)), bytes(of) {}

  static std::uint32_t hash_of(std::string_view bytes) noexcept;
  static std::uint32_t hash_in(std::string_view entry) {
    std::uint32_t hash = 0;
    std::memcpy(&hash, entry.data(), kHashBytes);
    return hash;
  }
  std::string_view hash_bytes() const { return {reinterpret_cast<const char*>(&hash), kHashBytes}; }
};

// Where they are in a tree, or would be. `bytes_of(entry)`: those that the entry is ordered by.
template <class BytesOf>
Tree::Place find(const Tree& tree, const HashedBytes& key, BytesOf bytes_of) {
  return tree.find([&](std::string_view entry) {
    const std::uint32_t hash = HashedBytes::hash_in(entry);
    return hash != key.hash ? hash < key.hash : bytes_of(entry) < key.bytes;
  });
}

template <class BytesOf>
bool is_at(const Tree& tree, const Tree::Place& place, const HashedBytes& key, BytesOf bytes_of) {
  return place.leaf != nullptr && bytes_of(tree.entry(place)) == key.bytes;
}

}  // namespace larder::store::collection
