// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace larder::wire::memcache {
namespace {

template <class Number>
std::optional<Number> taken(std::string_view text) {
  Number number = 0;
  Words words(text);
  if (!words.take(number)) return std::nullopt;
  return number;
}

// The heap ends right behind the text, so that a sanitizer sees a read beyond it.
TEST(words, splits_lines_of_every_length) {
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t bytes = 0; bytes < 40; ++bytes) {
      const std::string text = std::string(before, ' ') + std::string(bytes, 'w');
      const std::string line = bytes % 2 == 0 ? text : text + " next";
      const std::vector<char> exact(line.begin(), line.end());
      Words words(std::string_view(exact.data(), exact.size()));
      EXPECT_EQ(words.next(), std::string_view(line).substr(before, bytes));
      EXPECT_EQ(words.rest(), bytes % 2 == 0 ? "" : "next");
    }
  }
}

TEST(words, takes_only_the_blank_as_a_separator) {
  Words words("a\tb\x1f\xa0!\x20z");
  EXPECT_EQ(words.next(), "a\tb\x1f\xa0!");
  EXPECT_EQ(words.next(), "z");
  EXPECT_EQ(words.next(), "");
}

TEST(words, finds_the_first_blank_among_bytes_that_look_like_it) {
  for (const char letter : {'\x21', '\xa0', '\x1f', '\x00', '\xff', '\xa1'}) {
    for (std::size_t i = 0; i < 24; ++i) {
      std::string line(24, letter);
      line[i] = ' ';
      EXPECT_EQ(Words(line).next().size(), i == 0 ? 23 : i) << static_cast<int>(letter);
    }
  }
}

TEST(words, takes_numbers_in_the_range_of_their_type) {
  EXPECT_EQ(taken<std::uint32_t>("0"), 0U);
  EXPECT_EQ(taken<std::uint32_t>("4294967295"), 4294967295U);
  EXPECT_EQ(taken<std::uint32_t>("00000000000000000000004294967295"), 4294967295U);
  EXPECT_EQ(taken<std::uint32_t>("4294967296"), std::nullopt);
  EXPECT_EQ(taken<std::uint32_t>("18446744073709551616"), std::nullopt);
  EXPECT_EQ(taken<std::uint32_t>("184467440737095516160"), std::nullopt);
  EXPECT_EQ(taken<std::int32_t>("-2147483648"), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(taken<std::int32_t>("-2147483649"), std::nullopt);
  EXPECT_EQ(taken<std::int32_t>("2147483648"), std::nullopt);
  EXPECT_EQ(taken<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(taken<std::uint64_t>("18446744073709551615"),
            std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(taken<std::uint64_t>("18446744073709551616"), std::nullopt);
  EXPECT_EQ(taken<std::uint64_t>("99999999999999999999"), std::nullopt);
}

TEST(words, takes_signs_as_strtol_does) {
  EXPECT_EQ(taken<std::uint32_t>("+1"), 1U);
  EXPECT_EQ(taken<std::int32_t>("+1"), 1);
  EXPECT_EQ(taken<std::int32_t>("-1"), -1);
  EXPECT_EQ(taken<std::int32_t>("-0"), 0);
  for (const std::string_view text :
       {"", "+", "-", "++1", "+-1", "1x", "x1", "0x1", "1.5", "1\t"}) {
    EXPECT_EQ(taken<std::int32_t>(text), std::nullopt) << text;
    EXPECT_EQ(taken<std::uint64_t>(text), std::nullopt) << text;
  }
  EXPECT_EQ(taken<std::uint64_t>("-1"), std::nullopt);
  std::uint32_t number = 0;
  EXPECT_FALSE(Words("+1").take_unsigned(number));
}

TEST(words, goes_on_behind_what_was_no_number) {
  Words words("x1 12y 99999999999 3");
  std::uint32_t number = 77;
  EXPECT_FALSE(words.take(number));
  EXPECT_FALSE(words.take(number));
  EXPECT_FALSE(words.take(number));
  EXPECT_EQ(number, 77U);
  EXPECT_TRUE(words.take(number));
  EXPECT_EQ(number, 3U);
}

TEST(words, counts_them) {
  for (const std::string_view line :
       {"", " ", "a", " a", "a ", "a b", "  a  b  ", "abcdefg h", "abcdefgh i", "abcdefghi j",
        "abcdefgh        b", "        abc",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z"}) {
    std::size_t count = 0;
    for (Words words(line); !words.next().empty();) ++count;
    for (std::size_t enough = 1; enough < 30; ++enough) {
      EXPECT_EQ(Words::count(line, enough), std::min(count, enough)) << line;
    }
  }
  const std::string bytes("\x80\xa0 \0\x1f\x21 \xff", 8);
  EXPECT_EQ(Words::count(bytes, 9), 3U);
}

TEST(words, knows_the_last_one) {
  EXPECT_FALSE(Words::ends_in("", "bc"));
  EXPECT_FALSE(Words::ends_in("  ", "bc"));
  EXPECT_FALSE(Words::ends_in("abc", "bc"));
  EXPECT_FALSE(Words::ends_in("bc a", "bc"));
  EXPECT_TRUE(Words::ends_in("bc", "bc"));
  EXPECT_TRUE(Words::ends_in("a bc  ", "bc"));
}

TEST(words, finds_one_that_is_too_long) {
  EXPECT_FALSE(Words::has_longer("", 3));
  EXPECT_FALSE(Words::has_longer("abc", 3));
  EXPECT_TRUE(Words::has_longer("abcd", 3));
  EXPECT_FALSE(Words::has_longer("abc  abc a b abc", 3));
  EXPECT_TRUE(Words::has_longer("abc a bcde a", 3));
  EXPECT_TRUE(Words::has_longer("a     abcd", 3));
}

TEST(Words, NameTheFirstWordAndPackItsFirstLetters) {
  for (const std::string_view rest : {"", " ", " key", " a b c d e f g h"}) {
    for (const std::string_view word : {"", "mg", "get", "touchme", "flushall", "flush_all"}) {
      const std::string line = std::string(word) + std::string(rest);
      Words words(line);
      const Words::Name name = words.name();
      EXPECT_EQ(name.text, word) << line;
      EXPECT_EQ(name.head, Words::pack(word)) << line;
      EXPECT_EQ(words.next(), Words(rest).next()) << line;
    }
  }
}

}  // namespace
}  // namespace larder::wire::memcache
