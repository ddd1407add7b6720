// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/limits.h"

namespace larder::store {

// Where the pieces of a long value lie in the file, as its item keeps it for the next process:
//
//   [ size 8 ][ check of the value 4 ]([ first piece 4 ][ pieces 2 ]) × spans      one at least
//
// Pieces are counted from the begin of the first page. All are full but the last one. A view of
// bytes at any address.
class PieceList {
 public:
  struct Span {
    std::size_t first = 0;
    std::size_t pieces = 0;
  };
  static constexpr std::size_t kPiece = limits::KiB;
  static constexpr std::size_t kHeadBytes = sizeof(std::uint64_t) + sizeof(std::uint32_t);
  static constexpr std::size_t kSpanBytes = sizeof(std::uint32_t) + sizeof(std::uint16_t);
  static constexpr std::size_t kMostSpans = (limits::kMaxContiguousBytes - kHeadBytes) / kSpanBytes;
  static_assert(limits::kMaxSpanBytes / kPiece <= 0xffff, "16 bits count the pieces of a span");

  static constexpr std::size_t bytes_of(std::size_t spans) {
    return kHeadBytes + spans * kSpanBytes;
  }
  static constexpr std::size_t pieces_of(std::size_t bytes) {
    return (bytes + kPiece - 1) / kPiece;
  }

  // Over bytes_of(...) bytes.
  static void write_head(char* at, std::size_t size, std::uint32_t check) {
    const std::uint64_t wide = size;
    std::memcpy(at, &wide, sizeof wide);
    std::memcpy(at + sizeof wide, &check, sizeof check);
  }
  static void write_span(char* at, std::size_t number, const Span& span) {
    const auto first = static_cast<std::uint32_t>(span.first);
    const auto pieces = static_cast<std::uint16_t>(span.pieces);
    std::memcpy(at + bytes_of(number), &first, sizeof first);
    std::memcpy(at + bytes_of(number) + sizeof first, &pieces, sizeof pieces);
  }

  // Nothing: no list, or one that contradicts itself.
  static std::optional<PieceList> read(std::string_view bytes) {
    const PieceList list(bytes);
    if (bytes.size() < bytes_of(1) || (bytes.size() - kHeadBytes) % kSpanBytes != 0) return {};
    std::size_t pieces = 0;
    for (std::size_t i = 0; i < list.spans(); ++i) {
      if (list.span(i).pieces == 0) return {};
      pieces += list.span(i).pieces;
    }
    if (list.size() > pieces * kPiece || pieces_of(list.size()) != pieces) return {};
    return list;
  }
  std::size_t size() const { return number<std::uint64_t>(0); }
  std::uint32_t check() const { return number<std::uint32_t>(sizeof(std::uint64_t)); }
  std::size_t spans() const { return (bytes_.size() - kHeadBytes) / kSpanBytes; }
  Span span(std::size_t at) const {
    const std::size_t offset = bytes_of(at);
    return {number<std::uint32_t>(offset), number<std::uint16_t>(offset + sizeof(std::uint32_t))};
  }

 private:
  explicit PieceList(std::string_view bytes) : bytes_(bytes) {}
  template <class Number>
  Number number(std::size_t offset) const {
    Number value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  std::string_view bytes_;
};

}  // namespace larder::store
