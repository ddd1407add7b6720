// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/config.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "base/limits.h"

namespace larder::serve::memcache::arcus {
namespace {

using wire::memcache::Fault;

class ConfigTest : public ::testing::Test {
 protected:
  Fault write(std::string_view name, std::string_view word) {
    return find_setting(name)->write(node_, word, 0);
  }
  std::uint64_t read(std::string_view name) { return find_setting(name)->read(node_); }

  cache::Cache cache_{{.sticky_bytes = 8 * limits::MiB}};
  Node node_{.cache = cache_, .settings = {.dialect = Dialect::kArcus}};
};

TEST_F(ConfigTest, KnowsNoOtherNames) {
  EXPECT_EQ(find_setting("color"), nullptr);
  EXPECT_EQ(find_setting(""), nullptr);
  EXPECT_EQ(find_setting("memlimi"), nullptr);
}

TEST_F(ConfigTest, LetsCollectionsGrowAndNeverShrink) {
  constexpr std::string_view kName = "max_set_size";
  EXPECT_EQ(write(kName, "50000"), Fault::kBadValue);  // as it is
  EXPECT_EQ(write(kName, "50001"), Fault::kNone);
  EXPECT_EQ(write(kName, "50000"), Fault::kBadValue);
  EXPECT_EQ(write(kName, "x"), Fault::kBadFormat);
  EXPECT_EQ(read(kName), 50001U);
  EXPECT_EQ(read("max_map_size"), 50000U);
}

// It is told as it was put, and means a million.
TEST_F(ConfigTest, TakesWhatIsTooMuchOnce) {
  EXPECT_EQ(write("max_list_size", "-1"), Fault::kNone);
  EXPECT_EQ(read("max_list_size"), 4294967295U);
  EXPECT_EQ(write("max_list_size", "-1"), Fault::kBadValue);
  EXPECT_EQ(write("max_list_size", "1000001"), Fault::kBadValue);
  EXPECT_EQ(write("max_btree_size", "1000001"), Fault::kNone);
  EXPECT_EQ(write("max_btree_size", "-1"), Fault::kBadValue);
  EXPECT_EQ(read("max_btree_size"), 1000001U);
  EXPECT_EQ(node_.tunables.most_elements_of(cache::CollectionType::kList), 1'000'000U);
  EXPECT_EQ(node_.tunables.most_elements_of(cache::CollectionType::kBTree), 1'000'000U);
}

TEST_F(ConfigTest, HoldsNumbersToTheirBounds) {
  struct Bounds {
    std::string_view name, below, least, most, above;
  };
  constexpr auto kBounds = std::to_array<Bounds>({
      {"max_element_bytes", "1023", "1024", "32768", "32769"},
      {"scrub_count", "15", "16", "320", "321"},
  });
  for (const auto& [name, below, least, most, above] : kBounds) {
    EXPECT_EQ(write(name, below), Fault::kBadValue) << name;
    EXPECT_EQ(write(name, least), Fault::kNone) << name;
    EXPECT_EQ(std::to_string(read(name)), least);
    EXPECT_EQ(write(name, above), Fault::kBadValue) << name;
    EXPECT_EQ(write(name, most), Fault::kNone) << name;
    EXPECT_EQ(write(name, "-1"), Fault::kBadFormat) << name;
    EXPECT_EQ(std::to_string(read(name)), most);
  }
  EXPECT_EQ(write("max_stats_prefixes", "0"), Fault::kNone);
  EXPECT_EQ(write("max_stats_prefixes", "4294967295"), Fault::kNone);
  EXPECT_EQ(write("max_stats_prefixes", "4294967296"), Fault::kBadFormat);
  EXPECT_EQ(write("verbosity", "3"), Fault::kVerbosityTooHigh);
  EXPECT_EQ(write("verbosity", "2"), Fault::kNone);
  EXPECT_EQ(node_.verbosity, 2U);
}

TEST_F(ConfigTest, HoldsTheMemoryLimitsToEachOther) {
  EXPECT_EQ(read("memlimit"), 64U);
  EXPECT_EQ(write("sticky_limit", "65"), Fault::kBadValue);
  EXPECT_EQ(write("sticky_limit", "-1"), Fault::kBadFormat);
  EXPECT_EQ(write("sticky_limit", "64"), Fault::kNone);
  EXPECT_EQ(write("memlimit", "63"), Fault::kBadValue);
  EXPECT_EQ(write("memlimit", "100"), Fault::kNone);
  EXPECT_EQ(cache_.memory_limit(), 100 * limits::MiB);
  EXPECT_EQ(write("sticky_limit", "0"), Fault::kNone);
  EXPECT_EQ(write("memlimit", "7"), Fault::kBadValue);
  EXPECT_EQ(write("memlimit", "8"), Fault::kNone);
  EXPECT_EQ(cache_.sticky_limit(), 0U);
}

TEST_F(ConfigTest, DoesNotForgetWhatIsSticky) {
  const std::string value(900'000, 's');
  for (const std::string_view key : {"a", "b"}) {
    ASSERT_EQ(cache_.put(cache_.key(key), value, {.expires = cache::kSticky}, 1).answer,
              cache::Answer::kOk);
  }
  EXPECT_EQ(write("sticky_limit", "1"), Fault::kBadValue);
  EXPECT_EQ(write("sticky_limit", "2"), Fault::kNone);
  EXPECT_EQ(cache_.put(cache_.key("c"), value, {.expires = cache::kSticky}, 1).answer,
            cache::Answer::kNoMemory);
  EXPECT_EQ(write("sticky_limit", "3"), Fault::kNone);
  EXPECT_EQ(cache_.put(cache_.key("c"), value, {.expires = cache::kSticky}, 1).answer,
            cache::Answer::kOk);
}

}  // namespace
}  // namespace larder::serve::memcache::arcus
