// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

namespace larder::wire::memcache {

// The words of a line, read once from the left. Only the blank (0x20) separates, in runs of any
// length: a tab or a control byte is part of its word.
//
//   set  key  0 0 5
//           ▲      ▲
//           at_    end_     after next() gave `set` and `key`; rest() is `0 0 5`
class Words {
 public:
  explicit Words(std::string_view line) noexcept
      : at_(line.data()), end_(line.data() + line.size()) {}

  // The next word, empty at the end.
  std::string_view next() noexcept {
    skip_blanks();
    const char* start = at_;
    skip_word();
    return {start, static_cast<std::size_t>(at_ - start)};
  }

  // A word, and its first eight letters as a number, by which a table is searched.
  struct Name {
    std::string_view text;
    std::uint64_t head = 0;
  };

  // What stands before the first blank.
  Name name() noexcept {
    const char* start = at_;
    const bool is_short = end_ - start < static_cast<std::ptrdiff_t>(kStride);
    const std::uint64_t bytes = is_short ? 0 : load(start);
    const std::uint64_t blanks = blanks_of(bytes);
    if (is_short || blanks == 0) {
      skip_word();
      const std::string_view text{start, static_cast<std::size_t>(at_ - start)};
      return {text, pack(text)};
    }
    const std::uint64_t first = blanks & (0 - blanks);  // the high bit of its byte
    at_ = start + std::countr_zero(first) / 8;
    return {{start, static_cast<std::size_t>(at_ - start)}, bytes & ((first >> 7) - 1)};
  }

  // The first eight letters of any text, the first letter lowest.
  static constexpr std::uint64_t pack(std::string_view text) noexcept {
    std::uint64_t packed = 0;
    for (std::size_t i = 0; i < std::min(text.size(), kStride); ++i) {
      packed |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    }
    return packed;
  }

  // All that is unread, from its next word on.
  std::string_view rest() noexcept {
    skip_blanks();
    return {at_, static_cast<std::size_t>(end_ - at_)};
  }

  // How many words `text` has; `enough`, when there are more.
  static std::size_t count(std::string_view text, std::size_t enough) noexcept {
    std::size_t words = 0;
    std::uint64_t before = 0;  // the high bit of the lowest byte: a letter stands before
    while (text.size() >= kStride && words < enough) {
      words += starts_in(load(text.data()), before);
      text.remove_prefix(kStride);
    }
    if (words < enough && !text.empty()) {
      std::uint64_t bytes = kEveryByte * ' ';
      for (std::size_t i = text.size(); i-- > 0;) {
        bytes = bytes << 8 | static_cast<unsigned char>(text[i]);
      }
      words += starts_in(bytes, before);
    }
    return std::min(words, enough);
  }

  // Whether `word` is the last one of `text`.
  static bool ends_in(std::string_view text, std::string_view word) noexcept {
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (!text.ends_with(word)) return false;
    text.remove_suffix(word.size());
    return text.empty() || text.back() == ' ';
  }

  // Whether a word of `text` has more than `most` letters: every stretch that is longer must hold a
  // blank. The last one is where the next stretch begins, so many words are not read twice.
  static bool has_longer(std::string_view text, std::size_t most) noexcept {
    while (text.size() > most) {
      const std::size_t blank = text.rfind(' ', most);
      if (blank == std::string_view::npos) return true;
      text.remove_prefix(blank + 1);
    }
    return false;
  }

  // Takes the next word as a number of the range of `Number`; false when it is none or missing.
  // Takes signs as strtol does, but for a minus before an unsigned number.
  template <std::integral Number>
  bool take(Number& number) noexcept {
    skip_blanks();
    bool negative = false;
    if (at_ != end_ && (*at_ == '+' || (std::signed_integral<Number> && *at_ == '-'))) {
      negative = *at_++ == '-';
    }
    return take_digits(number, negative);
  }

  // The same without a sign.
  template <std::unsigned_integral Number>
  bool take_unsigned(Number& number) noexcept {
    skip_blanks();
    return take_digits(number, false);
  }

 private:
  static constexpr std::uint64_t kEveryByte = 0x0101010101010101;
  static constexpr std::size_t kStride = sizeof(std::uint64_t);

  // The first byte is the lowest, whatever the machine's order.
  static std::uint64_t load(const char* from) noexcept {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, from, kStride);
    return std::endian::native == std::endian::little ? bytes : __builtin_bswap64(bytes);
  }

  // The lowest set bit marks the first blank; bits above it may lie.
  static std::uint64_t blanks_of(std::uint64_t bytes) noexcept {
    const std::uint64_t zero_for_blank = bytes ^ (kEveryByte * ' ');
    return (zero_for_blank - kEveryByte) & ~zero_for_blank & (kEveryByte << 7);
  }

  // How many words begin in `bytes`; `before` goes on to the next bytes.
  static std::size_t starts_in(std::uint64_t bytes, std::uint64_t& before) noexcept {
    constexpr std::uint64_t kHigh = kEveryByte << 7;
    const std::uint64_t zero_for_blank = bytes ^ (kEveryByte * ' ');
    const std::uint64_t letters = (((zero_for_blank & ~kHigh) + ~kHigh) | zero_for_blank) & kHigh;
    const std::uint64_t starts = letters & ~(letters << 8 | before);
    before = letters >> 56;
    return (starts >> 7) * kEveryByte >> 56;  // the sum of its bytes: not all machines count bits
  }

  void skip_blanks() noexcept {
    const char* at = at_;
    while (at != end_ && *at == ' ') ++at;
    at_ = at;
  }

  void skip_word() noexcept { at_ = blank_from(at_, end_); }

  // The first blank of at..end, `end` when there is none. Short words are found at once.
  static const char* blank_from(const char* at, const char* end) noexcept {
    if (end - at >= static_cast<std::ptrdiff_t>(kStride)) {
      const std::uint64_t blanks = blanks_of(load(at));
      if (blanks != 0) return at + std::countr_zero(blanks) / 8;
      at += kStride;
      const void* blank = std::memchr(at, ' ', static_cast<std::size_t>(end - at));
      return blank != nullptr ? static_cast<const char*>(blank) : end;
    }
    while (at != end && *at != ' ') ++at;
    return at;
  }

  template <std::integral Number>
  bool take_digits(Number& number, bool negative) noexcept {
    const char* at = at_;
    std::uint64_t value = 0;
    bool fits = true;
    for (; at != end_; ++at) {
      const auto digit = static_cast<unsigned char>(*at - '0');
      if (digit > 9) break;
      fits &= !__builtin_mul_overflow(value, 10U, &value);
      fits &= !__builtin_add_overflow(value, digit, &value);
    }
    const bool ends = at == end_ || *at == ' ';
    fits &= ends && at != at_ && value <= most<Number>(negative);
    at_ = ends ? at : blank_from(at, end_);
    if (fits) number = static_cast<Number>(negative ? 0 - value : value);
    return fits;
  }

  template <std::integral Number>
  static constexpr std::uint64_t most(bool negative) noexcept {
    return static_cast<std::uint64_t>(std::numeric_limits<Number>::max()) + (negative ? 1 : 0);
  }

  const char* at_;
  const char* end_;
};

}  // namespace larder::wire::memcache
