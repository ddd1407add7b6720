// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/error_log.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "serve/edge/log_time.h"
#include "serve/edge/test_folder.h"

namespace larder::serve::edge {
namespace {

using Level = ErrorLog::Level;

constexpr base::UnixMs kNow = 1'795'960'709'125;

class ErrorLogTest : public testing::Test {
 protected:
  std::string written(const std::function<void(ErrorLog&)>& by, Level least = Level::kInfo) {
    auto log = ErrorLog::open(folder_.path("log"), least);
    EXPECT_TRUE(log);
    by(**log);
    log = base::Failure{};
    return folder_.content("log");
  }
  static std::string line(const std::string& rest, base::UnixMs at = kNow) {
    return log_time(at).iso8601 + " " + rest + "\n";
  }
  TestFolder folder_;
};

TEST_F(ErrorLogTest, ALineIsTimeLevelAndWhat) {
  EXPECT_EQ(written([](ErrorLog& log) {
              log.write(Level::kError, "10.0.0.1:80: connect timed out", kNow);
              log.write(Level::kNotice, "two\nlines", kNow);
            }),
            line("[error] 10.0.0.1:80: connect timed out") + line("[notice] two?lines"));
}

TEST_F(ErrorLogTest, LessIsLeftOut) {
  EXPECT_EQ(written(
                [](ErrorLog& log) {
                  log.write(Level::kNotice, "a", kNow);
                  log.write(Level::kWarning, "b", kNow);
                },
                Level::kWarning),
            line("[warn] b"));
}

TEST_F(ErrorLogTest, WhatComesAgainAndAgainIsCounted) {
  constexpr base::UnixMs kLater = kNow + limits::kLogRepeatMs;
  const std::string all = written([](ErrorLog& log) {
    for (int i = 0; i < 100; ++i) log.write(Level::kError, "again", kNow);
    log.write(Level::kError, "other", kNow);
    log.write(Level::kError, "again", kLater);
    log.write(Level::kError, "again", kLater);
  });
  EXPECT_EQ(all, line("[error] again") + line("[error] again") + line("[error] again") +
                     line("[error] other") + line("[error] again (and 97 more like it)", kLater) +
                     line("[error] again", kLater));
}

TEST_F(ErrorLogTest, OfManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kLines = 1000;
  const std::string all = written([](ErrorLog& log) {
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&log, thread] {
        for (int i = 0; i < kLines; ++i) {
          log.write(Level::kInfo, std::to_string(thread) + " " + std::to_string(i), kNow);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), kThreads * kLines);
}

}  // namespace
}  // namespace larder::serve::edge
