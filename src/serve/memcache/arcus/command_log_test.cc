// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/command_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "serve/memcache/arcus/test_folder.h"

namespace larder::serve::memcache::arcus {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class CommandLogTest : public testing::Test {
 protected:
  CommandLog::Started start(CommandLog& log, const std::string& folder) {
    std::promise<CommandLog::Started> started;
    log.start(folder, 11211, [&](CommandLog::Started what) { started.set_value(what); });
    return started.get_future().get();
  }
  CommandLog::Started start(CommandLog& log) { return start(log, folder_.path()); }
  // Of all files, in the order of their names.
  std::vector<std::string> texts() const { return folder_.texts(); }

  TestFolder folder_;
};

TEST_F(CommandLogTest, WritesTimeClientAndCommand) {
  {
    CommandLog log;
    EXPECT_FALSE(log.is_on());
    log.add("127.0.0.1", "get before");
    ASSERT_EQ(start(log), CommandLog::Started::kNow);
    EXPECT_TRUE(log.is_on());
    log.add("127.0.0.1", "get a");
    log.add("::1", std::string(1000, 'x'));
    EXPECT_TRUE(log.stop());
    EXPECT_FALSE(log.stop());
    log.add("127.0.0.1", "get behind");
  }
  ASSERT_EQ(texts().size(), 1U);
  EXPECT_THAT(folder_.names().front(), MatchesRegex("command_11211_[0-9]{8}_[0-9]{6}_0\\.log"));
  EXPECT_THAT(texts().front(),
              MatchesRegex("[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6} 127\\.0\\.0\\.1 get a\n"
                           "[0-9:.]{15} ::1 x{200}x{200}\n"));
}

TEST_F(CommandLogTest, IsOneAtATime) {
  CommandLog log;
  EXPECT_EQ(start(log), CommandLog::Started::kNow);
  EXPECT_EQ(start(log), CommandLog::Started::kBefore);
}

TEST_F(CommandLogTest, StaysOffWithoutItsFolder) {
  CommandLog log;
  EXPECT_EQ(start(log, folder_.path() + "/missing"), CommandLog::Started::kFailed);
  EXPECT_FALSE(log.is_on());
  EXPECT_EQ(log.report(), "\tCommand logging stats : not started\n");
}

TEST_F(CommandLogTest, EndsWhenItsFilesAreFull) {
  constexpr std::size_t kFileBytes = 100;
  {
    CommandLog log({.file_bytes = kFileBytes, .files = 3});
    ASSERT_EQ(start(log), CommandLog::Started::kNow);
    while (log.is_on()) log.add("127.0.0.1", "get a");
    EXPECT_THAT(log.report(), HasSubstr("stopped by command log overflow"));
    EXPECT_THAT(log.report(), HasSubstr("number of log files : 3\n"));
  }
  ASSERT_EQ(texts().size(), 3U);
  for (const std::string& text : texts()) {
    EXPECT_LE(text.size(), kFileBytes);
    EXPECT_TRUE(text.ends_with("get a\n")) << text;
  }
}

TEST_F(CommandLogTest, SkipsWhatTheDiskHasNoTimeFor) {
  {
    CommandLog log({.unsent_bytes = 40});
    ASSERT_EQ(start(log), CommandLog::Started::kNow);
    log.add("127.0.0.1", "get " + std::string(100, 'x'));
    log.add("127.0.0.1", "get a");
    EXPECT_TRUE(log.stop());
    EXPECT_THAT(log.report(), HasSubstr("entered commands : 2\n"));
    EXPECT_THAT(log.report(), HasSubstr("skipped commands : 1\n"));
    EXPECT_THAT(log.report(), HasSubstr("stopped by explicit request"));
  }
  EXPECT_THAT(texts().front(), MatchesRegex(".* get a\n"));
}

TEST_F(CommandLogTest, EndsWhenTheNextFileCannotBeOpened) {
  CommandLog log({.file_bytes = 60});
  ASSERT_EQ(start(log), CommandLog::Started::kNow);
  std::filesystem::remove_all(folder_.path());
  while (log.is_on()) log.add("127.0.0.1", "get a");
  EXPECT_THAT(log.report(), HasSubstr("stopped by disk flush error"));
}

}  // namespace
}  // namespace larder::serve::memcache::arcus
