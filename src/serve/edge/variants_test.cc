// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/variants.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "serve/edge/test_objects.h"

namespace larder::serve::edge {
namespace {

using Hashes = std::vector<std::uint64_t>;

Hashes hashes_of(const Variants& variants) {
  Hashes hashes;
  for (const Variants::Variant& each : variants.all()) hashes.push_back(each.hash);
  return hashes;
}

TEST(Variants, ComeBackAsTheyWere) {
  Variants variants(7);
  variants.hit_for_miss_until = 99;
  variants.add("accept", 1);
  variants.add("cookie,user-agent", 2);
  variants.add("accept", 3);
  const std::optional<Variants> back = Variants::parse(variants.encode());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->id(), 7U);
  EXPECT_EQ(back->hit_for_miss_until, 99);
  EXPECT_EQ(back->sets(), variants.sets());
  EXPECT_EQ(back->all(), variants.all());
  EXPECT_EQ(hashes_of(*back), (Hashes{3, 2, 1}));
}

TEST(Variants, AreNoneOfOtherBytes) {
  Variants variants(7);
  variants.add("accept", 1);
  const std::string bytes = variants.encode();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(Variants::parse(std::string_view(bytes).substr(0, size))) << size;
  EXPECT_FALSE(Variants::parse(bytes + "x"));
  std::string wrong_set = bytes;
  wrong_set.back() = 1;
  EXPECT_FALSE(Variants::parse(wrong_set));
  std::string wrong_kind = bytes;
  wrong_kind[0] = 1;
  EXPECT_FALSE(Variants::parse(wrong_kind));
}

TEST(Variants, ThatComeAgainAreTheLatest) {
  Variants variants(1);
  variants.add("accept", 1);
  variants.add("accept", 2);
  EXPECT_EQ(variants.add("accept", 1), Hashes{});
  EXPECT_EQ(hashes_of(variants), (Hashes{1, 2}));
  EXPECT_EQ(variants.sets().size(), 1U);
}

TEST(Variants, LoseTheOldestWhenThereAreTooMany) {
  Variants variants(1);
  for (std::uint64_t hash = 0; hash < limits::kMaxVariants; ++hash)
    EXPECT_EQ(variants.add("accept", hash), Hashes{});
  EXPECT_EQ(variants.add("accept", 100), Hashes{0});
  EXPECT_EQ(variants.all().size(), limits::kMaxVariants);
  EXPECT_EQ(variants.all().front().hash, 100U);
  EXPECT_EQ(variants.all().back().hash, 1U);
}

TEST(Variants, LoseTheSetThatIsOldestWithAllThatItSelects) {
  Variants variants(1);
  variants.add("a", 1);
  variants.add("b", 2);
  variants.add("b", 3);
  variants.add("c", 4);
  variants.add("d", 5);
  variants.add("a", 6);
  EXPECT_EQ(variants.add("e", 7), (Hashes{3, 2}));
  EXPECT_EQ(variants.sets(), (std::vector<std::string>{"a", "c", "d", "e"}));
  EXPECT_EQ(hashes_of(variants), (Hashes{7, 6, 5, 4, 1}));
  std::string of_each;
  for (const Variants::Variant& each : variants.all()) of_each += variants.sets()[each.set];
  EXPECT_EQ(of_each, "eadca");
}

// A set whose last variant was pushed out has none left: it goes first.
TEST(Variants, LoseASetWithoutVariantsFirst) {
  Variants variants(1);
  variants.add("a", 1000);
  for (std::uint64_t hash = 0; hash < limits::kMaxVariants; ++hash) variants.add("b", hash);
  variants.add("c", 2000);
  variants.add("d", 3000);
  EXPECT_EQ(variants.add("e", 4000), Hashes{2});
  EXPECT_EQ(variants.sets(), (std::vector<std::string>{"b", "c", "d", "e"}));
}

TEST(Selection, SaysTheNamesAndWhatTheRequestSaysInThem) {
  const std::vector<std::string> names = {"accept", "cookie"};
  EXPECT_EQ(set_of(names), "accept,cookie");
  EXPECT_EQ(set_of({}), "");
  const std::string a = selection_of(fields_of({{"Accept", "a"}}), "accept,cookie");
  EXPECT_TRUE(a.starts_with("accept,cookie\n")) << a;
  EXPECT_EQ(a, selection_of(fields_of({{"Accept", "a"}, {"Other", "x"}}), "accept,cookie"));
  EXPECT_NE(a, selection_of(fields_of({{"Cookie", "a"}}), "accept,cookie"));
  EXPECT_NE(a, selection_of(fields_of({{"Accept", "a"}}), "accept"));
}

}  // namespace
}  // namespace larder::serve::edge
