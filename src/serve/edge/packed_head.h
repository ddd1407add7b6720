// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "serve/edge/object.h"

namespace larder::serve::edge {

// What the item of a URL is: the low bits of the first byte of its value.
enum class RecordKind : std::uint8_t { kNone, kObject, kHitForMiss, kVariants };
RecordKind kind_of(std::string_view record) noexcept;

// An ObjectHead as it is stored, without gaps: 40 bytes of most objects.
//
//   [ kind 1 ][ marks 1 ][ status 2 ][ field bytes 4 ][ id 8 ][ body bytes 8 ]
//   [ generated 8 ][ lifetime 8 ]([ while revalidate 8 ][ if error 8 ])([ selecting bytes 2 ])
//
//   kind     2 bits, and whether the parts in brackets are there
//   marks    the head's bools, and its coding
class PackedHead {
 public:
  static constexpr std::size_t kMostBytes = 58;

  explicit PackedHead(const ObjectHead& head);
  std::string_view text() const { return {bytes_.data(), size_}; }

  // → how many bytes it took from the front; 0: they are no head.
  static std::size_t unpack(std::string_view bytes, ObjectHead& into) noexcept;

 private:
  template <class T>
  void add(T number);

  std::array<char, kMostBytes> bytes_;
  std::size_t size_ = 0;
};

}  // namespace larder::serve::edge
