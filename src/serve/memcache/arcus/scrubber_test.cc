// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/scrubber.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "io/test_loop.h"

namespace larder::serve::memcache::arcus {
namespace {

using Stats = std::map<std::string, std::string>;

class ScrubberTest : public testing::Test {
 protected:
  Stats stats() const {
    Stats stats;
    scrubber_.tell([&](auto name, auto value) { stats.emplace(name, value); });
    return stats;
  }
  void put(std::size_t count, cache::UnixMs expires) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto key = std::to_string(next_++);
      ASSERT_EQ(cache_.put(cache_.key(key), "value", {.expires = expires}, loop_->now()).answer,
                cache::Answer::kOk);
    }
  }
  bool finishes() {
    return loop_.turn_until([this] { return stats()["scrubber:status"] == "stopped"; });
  }

  std::size_t next_ = 0;
  cache::Cache cache_{cache::Limits{}};
  Tunables tunables_;
  Scrubber scrubber_{cache_, tunables_};
  io::SteppedLoop loop_{{.backend = io::BackendKind::kEpoll}};
};

TEST_F(ScrubberTest, TellsOnlyItsStatusBeforeTheFirst) {
  EXPECT_EQ(stats(), (Stats{{"scrubber:status", "stopped"}}));
}

TEST_F(ScrubberTest, CountsWhatItVisitsAndReclaims) {
  put(3000, cache::kNeverExpires);
  put(2000, cache::kExpired);
  ASSERT_TRUE(scrubber_.start(*loop_));
  EXPECT_EQ(stats()["scrubber:status"], "running");
  EXPECT_EQ(stats().count("scrubber:last_run"), 0U);
  EXPECT_FALSE(scrubber_.start(*loop_)) << "one at a time";
  ASSERT_TRUE(finishes());
  EXPECT_EQ(stats()["scrubber:run_mode"], "scrub");
  EXPECT_EQ(stats()["scrubber:visited"], "5000");
  EXPECT_EQ(stats()["scrubber:cleaned"], "2000");
  EXPECT_EQ(stats().count("scrubber:last_run"), 1U);
  EXPECT_EQ(cache_.usage().items, 3000U);
  ASSERT_TRUE(scrubber_.start(*loop_));
  ASSERT_TRUE(finishes());
  EXPECT_EQ(stats()["scrubber:visited"], "3000");
  EXPECT_EQ(stats()["scrubber:cleaned"], "0");
}

TEST_F(ScrubberTest, VisitsAboutSoManyInATurn) {
  put(20'000, cache::kNeverExpires);
  tunables_.scrub_count = 16;
  ASSERT_TRUE(scrubber_.start(*loop_));
  std::uint64_t before = 0;
  do {
    loop_->turn(0);
    const std::uint64_t visited = std::stoull(stats()["scrubber:visited"]);
    ASSERT_LE(visited - before, 16U + (limits::kShownLines + 16) * 12);
    before = visited;
  } while (stats()["scrubber:status"] == "running");
  EXPECT_EQ(before, 20'000U);
}

}  // namespace
}  // namespace larder::serve::memcache::arcus
