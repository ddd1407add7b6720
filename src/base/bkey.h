// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace larder::base {

// The words of b+tree elements, that the wire reads and the store orders by.

// Up to 31 bytes, by value. Ordered byte by byte; of two of which one begins the other, the shorter
// comes first.
class ShortBytes {
 public:
  static constexpr std::size_t kMost = 31;

  constexpr ShortBytes() = default;
  // `bytes`: kMost at most.
  explicit ShortBytes(std::string_view bytes) : size_(static_cast<std::uint8_t>(bytes.size())) {
    std::memcpy(bytes_.data(), bytes.data(), bytes.size());
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  char* data() { return bytes_.data(); }
  void resize(std::size_t size) { size_ = static_cast<std::uint8_t>(size); }
  std::string_view view() const { return {bytes_.data(), size_}; }

  bool operator==(const ShortBytes& other) const { return view() == other.view(); }
  std::strong_ordering operator<=>(const ShortBytes& other) const {
    return view().compare(other.view()) <=> 0;
  }

 private:
  std::array<char, kMost> bytes_{};
  std::uint8_t size_ = 0;
};

// What a b+tree orders its elements by: a number, or 1 to 31 bytes. One tree has keys of one kind.
class Bkey {
 public:
  Bkey() = default;
  static Bkey of(std::uint64_t number) {
    Bkey bkey;
    bkey.number_ = number;
    return bkey;
  }
  static Bkey of(const ShortBytes& bytes) {
    Bkey bkey;
    bkey.bytes_ = bytes;
    return bkey;
  }

  bool is_number() const { return bytes_.empty(); }
  std::uint64_t number() const { return number_; }
  std::string_view bytes() const { return bytes_.view(); }

  bool operator==(const Bkey& other) const = default;
  // Of one kind.
  std::strong_ordering operator<=>(const Bkey& other) const {
    return is_number() ? number_ <=> other.number_ : bytes_ <=> other.bytes_;
  }

 private:
  std::uint64_t number_ = 0;
  ShortBytes bytes_;
};

// Bkeys from the one to the other, both included. What it finds comes in that order: downwards when
// `to` is the smaller.
struct BkeyRange {
  Bkey from;
  Bkey to;

  bool is_number() const { return from.is_number(); }
  bool is_downwards() const { return to < from; }
  const Bkey& least() const { return std::min(from, to); }
  const Bkey& most() const { return std::max(from, to); }
};

}  // namespace larder::base
