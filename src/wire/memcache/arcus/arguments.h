// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>

#include "base/check.h"
#include "wire/memcache/arcus/command.h"
#include "wire/memcache/words.h"

namespace larder::wire::memcache::arcus {

// The whole of `word` as a number of the range of `Number`.
template <std::integral Number>
bool parse_number(std::string_view word, Number& number) noexcept {
  return Words(word).take(number);
}

struct WordRange {
  std::string_view from;
  std::string_view to;
};

// `from..to`; of a word without dots both are the whole.
inline WordRange split_range(std::string_view word) noexcept {
  const std::size_t dots = word.find("..");
  if (dots == std::string_view::npos) return {word, word};
  return {word.substr(0, dots), word.substr(dots + 2)};
}

// The words behind a subcommand, taken from both ends: what they mean depends on what is left.
//
//   bop get │ key  0..9  0  EQ  0x01  5  20  delete
//             ▲ next()                       ▲ take_last("delete")
class Arguments {
 public:
  static constexpr std::size_t kMost = 11;

  // The table of commands has counted the words.
  explicit Arguments(Words words) noexcept {
    for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
      LARDER_CHECK(end_ < kMost);
      words_[end_++] = word;
    }
  }

  std::size_t size() const noexcept { return end_ - begin_; }
  bool empty() const noexcept { return begin_ == end_; }

  // The one `ahead` of the next; empty beyond the end.
  std::string_view peek(std::size_t ahead = 0) const noexcept {
    return ahead < size() ? words_[begin_ + ahead] : std::string_view();
  }

  std::string_view next() noexcept { return empty() ? std::string_view() : words_[begin_++]; }

  template <std::integral Number>
  bool take(Number& number) noexcept {
    return parse_number(next(), number);
  }

  bool take_next(std::string_view word) noexcept {
    if (empty() || peek() != word) return false;
    ++begin_;
    return true;
  }

  bool take_last(std::string_view word) noexcept {
    if (empty() || words_[end_ - 1] != word) return false;
    --end_;
    return true;
  }

 private:
  std::array<std::string_view, kMost> words_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

// The first one. False, with the fault, when it is too long: no word for the reply hides that.
bool take_key(Arguments& arguments, Command& command) noexcept;

// The last one, where it is noreply or pipe, which only some commands know.
void take_noreply(Arguments& arguments, Command& command) noexcept;
void take_pipe(Arguments& arguments, Command& command) noexcept;
void take_noreply_or_pipe(Arguments& arguments, Command& command) noexcept;

// The last one, where it is `drop`; of a get `delete` as well.
void take_drop(Arguments& arguments, Command& command) noexcept;
void take_removal(Arguments& arguments, Command& command) noexcept;

}  // namespace larder::wire::memcache::arcus
