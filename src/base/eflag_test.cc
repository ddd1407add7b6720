// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/eflag.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace larder::base {
namespace {

using namespace std::string_view_literals;
using Compare = EflagFilter::Compare;

// Elements with eflags of several lengths; the fourth has none.
constexpr std::string_view kEflags[] = {"\x01",     "\x02",     "\x03", "",
                                        "\x01\x05", "\x02\x06", "\xff", "\x80"};

// Which of them the filter admits, counted from 1.
std::string admitted(const EflagFilter& filter) {
  std::string numbers;
  for (std::size_t i = 0; i < std::size(kEflags); ++i) {
    if (filter.admits(kEflags[i])) numbers += std::to_string(i + 1);
  }
  return numbers;
}

std::vector<ShortBytes> values(std::initializer_list<std::string_view> of) {
  return {of.begin(), of.end()};
}

std::string compared(Compare compare, std::initializer_list<std::string_view> with,
                     std::size_t offset = 0) {
  return admitted({.offset = offset, .compare = compare, .values = values(with)});
}

std::string masked(Bitwise how, std::string_view mask, Compare compare,
                   std::initializer_list<std::string_view> with) {
  return admitted(
      {.mask_how = how, .mask = ShortBytes(mask), .compare = compare, .values = values(with)});
}

TEST(EflagFilter, ComparesTheBytesThatAreAsLongAsTheValue) {
  EXPECT_EQ(compared(Compare::kEqual, {"\x02"}), "26");
  EXPECT_EQ(compared(Compare::kNotEqual, {"\x02"}), "134578");
  EXPECT_EQ(compared(Compare::kLess, {"\x02"}), "15");
  EXPECT_EQ(compared(Compare::kLessOrEqual, {"\x02"}), "1256");
  EXPECT_EQ(compared(Compare::kGreater, {"\x02"}), "378");
  EXPECT_EQ(compared(Compare::kGreaterOrEqual, {"\x02"}), "23678");
}

TEST(EflagFilter, FindsAnEflagThatIsTooShortOnlyUnequal) {
  EXPECT_EQ(compared(Compare::kEqual, {"\x05"}, 1), "5");
  EXPECT_EQ(compared(Compare::kNotEqual, {"\x05"}, 1), "1234678");
  EXPECT_EQ(compared(Compare::kLess, {"\x05"}, 1), "");
  EXPECT_EQ(compared(Compare::kGreaterOrEqual, {"\x05"}, 1), "56");
  EXPECT_EQ(compared(Compare::kEqual, {"\x01\x05"}), "5");
  EXPECT_EQ(compared(Compare::kGreater, {"\x01\x00"sv}), "56");
  EXPECT_EQ(compared(Compare::kNotEqual, {"\x01\x05"}), "1234678");
  EXPECT_EQ(compared(Compare::kNotEqual, {"\x05"}, 30), "12345678");
}

TEST(EflagFilter, KnowsListsOfValues) {
  EXPECT_EQ(compared(Compare::kEqual, {"\x01", "\x03", "\xff"}), "1357");
  EXPECT_EQ(compared(Compare::kNotEqual, {"\x01", "\x03", "\xff"}), "2468");
}

TEST(EflagFilter, CombinesWithAMaskFirst) {
  EXPECT_EQ(masked(Bitwise::kAnd, "\x01", Compare::kEqual, {"\x01"}), "1357");
  EXPECT_EQ(masked(Bitwise::kOr, "\x02", Compare::kEqual, {"\x03"}), "135");
  EXPECT_EQ(masked(Bitwise::kXor, "\xff", Compare::kGreater, {"\xfc"}), "1256");
  EXPECT_EQ(masked(Bitwise::kAnd, "\x03", Compare::kEqual, {"\x01", "\x02"}), "1256");
  EXPECT_EQ(masked(Bitwise::kAnd, "\x02", Compare::kNotEqual, {"\x00"sv}), "23467");
  EXPECT_EQ(masked(Bitwise::kAnd, "\xff\x04", Compare::kEqual, {"\x02\x04"}), "6");
}

std::optional<Eflag> updated(std::string_view old, const EflagUpdate& update) {
  return update.apply(old);
}

TEST(EflagUpdate, PutsAnotherOneInItsPlaceOrNone) {
  EXPECT_EQ(updated("\x0a", {.eflag = Eflag("\x01\x02")}), Eflag("\x01\x02"));
  EXPECT_EQ(updated("", {.eflag = Eflag("\x01")}), Eflag("\x01"));
  EXPECT_EQ(updated("\x0a", {}), Eflag());
}

TEST(EflagUpdate, CombinesAPart) {
  const auto combined = [](std::string_view old, Bitwise how, std::string_view with,
                           std::size_t offset) {
    return updated(old, {.eflag = Eflag(with), .how = how, .offset = offset});
  };
  EXPECT_EQ(combined("\x00\xff"sv, Bitwise::kOr, "\xf0", 0), Eflag("\xf0\xff"));
  EXPECT_EQ(combined("\xf0\xff", Bitwise::kAnd, "\x0f", 1), Eflag("\xf0\x0f"));
  EXPECT_EQ(combined("\xf0\x0f", Bitwise::kXor, "\xff\xff", 0), Eflag("\x0f\xf0"));
}

TEST(EflagUpdate, RefusesAPartThatIsNotWithin) {
  const EflagUpdate two{.eflag = Eflag("\x01\x02"), .how = Bitwise::kOr, .offset = 1};
  EXPECT_EQ(updated("\x0f\xf0", two), std::nullopt);
  EXPECT_EQ(updated("\x0f\xf0\x00"sv, two), Eflag("\x0f\xf1\x02"));
  EXPECT_EQ(updated("", {.eflag = Eflag("\x01"), .how = Bitwise::kOr}), std::nullopt);
}

TEST(EflagUpdate, CombinesWithNothingWhereverThatIs) {
  EXPECT_EQ(updated("\x0f", {.how = Bitwise::kAnd}), Eflag("\x0f"));
  EXPECT_EQ(updated("", {.how = Bitwise::kOr, .offset = 5}), Eflag());
}

}  // namespace
}  // namespace larder::base
