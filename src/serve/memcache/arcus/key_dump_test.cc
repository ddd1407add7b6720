// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/key_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "serve/memcache/arcus/test_folder.h"

namespace larder::serve::memcache::arcus {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

class KeyDumpTest : public testing::Test {
 protected:
  void put(const std::string& key, cache::UnixMs expires = cache::kNeverExpires) {
    const cache::UnixMs now = base::unix_now_ms();
    ASSERT_EQ(cache_.put(cache_.key(key), "value", {.expires = expires}, now).answer,
              cache::Answer::kOk);
  }
  std::map<std::string, std::string> stats() const {
    std::map<std::string, std::string> stats;
    dump_.tell([&](std::string_view name, std::string_view value) { stats.emplace(name, value); });
    return stats;
  }
  // → whether it began; it has ended by then.
  bool run(KeyDump::Wanted wanted) {
    const bool begun = start(std::move(wanted));
    while (dump_.is_busy()) std::this_thread::yield();
    return begun;
  }
  bool start(KeyDump::Wanted wanted) {
    const auto told = std::make_shared<std::promise<bool>>();
    std::future<bool> begun = told->get_future();
    wanted.path = folder_.path() + "/keys";
    dump_.start(std::move(wanted), [this, told](const base::Status& started) {
      on_start_();
      told->set_value(static_cast<bool>(started));
    });
    return begun.get();
  }
  // Lines in order, the last one apart.
  std::vector<std::string> lines() {
    std::istringstream text(folder_.text_of("keys"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    if (!lines.empty() && lines.back().starts_with("DUMP")) {
      summary_ = lines.back();
      lines.pop_back();
    }
    std::ranges::sort(lines);
    return lines;
  }

  cache::Cache cache_{{.accounts_prefixes = true}};
  TestFolder folder_;
  std::function<void()> on_start_ = [] {};
  std::string summary_;
  KeyDump dump_{cache_, ':'};  // goes first
};

TEST_F(KeyDumpTest, TellsOnlyItsStatusBeforeTheFirst) {
  EXPECT_EQ(stats(), (std::map<std::string, std::string>{{"dumper:status", "stopped"},
                                                         {"dumper:success", "false"}}));
}

TEST_F(KeyDumpTest, WritesTypeKeyAndExpiry) {
  put("plain");
  put("red:1", base::unix_now_ms() + 3'600'000);
  put("arcus:zk-ping");
  ASSERT_TRUE(run({}));
  EXPECT_THAT(lines(), ElementsAre("K plain 0", MatchesRegex("K red:1 (3600|359[0-9])")));
  EXPECT_THAT(summary_,
              MatchesRegex("DUMP SUMMARY: \\{ prefix=<all>, count=2, elapsed=[0-9]+ \\}"));
  auto told = stats();
  EXPECT_EQ(told["dumper:status"], "stopped");
  EXPECT_EQ(told["dumper:success"], "true");
  EXPECT_EQ(told["dumper:mode"], "key");
  EXPECT_EQ(told["dumper:dumped"], "2");
  EXPECT_EQ(told["dumper:prefix"], "<all>");
  EXPECT_EQ(told["dumper:filepath"], folder_.path() + "/keys");
  EXPECT_EQ(told.count("dumper:last_run"), 1U);
}

TEST_F(KeyDumpTest, WritesEachKeyOnce) {
  constexpr std::size_t kKeys = 20'000;
  for (std::size_t i = 0; i < kKeys; ++i) put("key" + std::to_string(i));
  ASSERT_TRUE(run({}));
  const auto all = lines();
  EXPECT_EQ(all.size(), kKeys);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

TEST_F(KeyDumpTest, WritesThoseOfAPrefix) {
  for (const char* key : {"plain", "red:1", "red:1:2", "blue:1", "redder:1", ":odd"}) put(key);
  ASSERT_TRUE(run({.prefix = "red"}));
  EXPECT_THAT(lines(), ElementsAre("K red:1 0", "K red:1:2 0"));
  EXPECT_THAT(summary_, testing::HasSubstr("prefix=red, count=2"));
  ASSERT_TRUE(run({.prefix = ""}));
  EXPECT_THAT(lines(), ElementsAre("K :odd 0", "K plain 0"));
  EXPECT_EQ(stats()["dumper:prefix"], "<null>");
}

TEST_F(KeyDumpTest, EndsWithoutASummaryWhenItIsStopped) {
  put("plain");
  on_start_ = [this] { dump_.stop(); };
  ASSERT_TRUE(run({}));
  lines();
  EXPECT_EQ(summary_, "");
  EXPECT_EQ(stats()["dumper:success"], "false");
  EXPECT_EQ(stats()["dumper:status"], "stopped");
  on_start_ = [] {};
  EXPECT_TRUE(run({})) << "the next one is not stopped";
  EXPECT_EQ(stats()["dumper:success"], "true");
}

TEST_F(KeyDumpTest, IsOneAtATime) {
  bool second_began = true;
  on_start_ = [&] {
    EXPECT_EQ(stats()["dumper:status"], "running");
    dump_.start({.path = folder_.path() + "/other"},
                [&](const base::Status& started) { second_began = static_cast<bool>(started); });
  };
  ASSERT_TRUE(run({}));
  EXPECT_FALSE(second_began);
  EXPECT_THAT(folder_.names(), ElementsAre("keys"));
}

TEST_F(KeyDumpTest, MayBeginAsSoonAsTheLastIsToldToHaveEnded) {
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(start({}));
    while (stats()["dumper:status"] == "running") continue;
  }
}

TEST_F(KeyDumpTest, DoesNotBeginWithoutAFile) {
  const std::string path = folder_.path() + "/keys";
  std::filesystem::create_directory(path);
  EXPECT_FALSE(start({}));
  EXPECT_EQ(stats().size(), 2U);
  std::filesystem::remove(path);
  EXPECT_TRUE(run({}));
}

}  // namespace
}  // namespace larder::serve::memcache::arcus
