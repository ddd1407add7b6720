// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/checker.h"

#include <gtest/gtest.h>

#include <atomic>

#include "origin/test_fetch.h"
#include "origin/test_origin.h"

namespace larder::origin {
namespace {

using Connection = TestOrigin::Connection;

class CheckerTest : public OriginTest {
 protected:
  UpstreamOptions checked(const TestOrigin& origin) const {
    UpstreamOptions options = options_of({origin.address()});
    options.check = {.path = "/health", .interval_ms = 1, .timeout_ms = 1000, .rise = 2, .fall = 2};
    return options;
  }
  // Of checks it says `status_`, of all others 200.
  TestOrigin::Script answers_checks() {
    return [this](Connection& connection) {
      const std::string head = connection.read();
      const bool is_check = head.starts_with("GET /health ");
      connection.answer("hello", is_check ? std::to_string(status_) + " Checked" : "200 OK");
      connection.wait_for_end();
    };
  }
  testing::AssertionResult becomes_usable(bool usable) {
    return comes_true([&] { return facts().usable == usable; });
  }

  std::atomic<int> status_ = 200;
};

TEST_F(CheckerTest, TakesAServerOutAndBringsItBack) {
  TestOrigin origin(answers_checks());
  use(checked(origin));
  ASSERT_TRUE(origin.asked().reaches(3));
  EXPECT_TRUE(facts().usable);
  status_ = 500;
  EXPECT_TRUE(becomes_usable(false));
  EXPECT_EQ(get().failure, FetchFailure::kNoServer) << "whatever requests found out";
  status_ = 302;
  EXPECT_TRUE(becomes_usable(true));
  EXPECT_EQ(get().body, "hello");
}

TEST_F(CheckerTest, AsksForItsPathAndNamesTheServer) {
  TestOrigin origin(answers_checks());
  UpstreamOptions options = checked(origin);
  use(options);
  ASSERT_TRUE(origin.asked().reaches(1));
  EXPECT_NE(origin.requests()[0].find("Host: " + origin.address() + "\r\n"), std::string::npos);
  options.check.host = "shop.example";
  use(options);
  EXPECT_TRUE(comes_true([&] {
    return origin.requests().back().find("Host: shop.example\r\n") != std::string::npos;
  }));
}

TEST_F(CheckerTest, OnlyStatusesThatAreNamedAreGood) {
  TestOrigin origin(answers_checks());
  UpstreamOptions options = checked(origin);
  options.check.statuses = {204, 418};
  use(options);
  EXPECT_TRUE(becomes_usable(false));
  status_ = 418;
  EXPECT_TRUE(becomes_usable(true));
}

TEST_F(CheckerTest, AServerThatDoesNotAnswerIsOut) {
  TestOrigin origin(stalls);
  UpstreamOptions options = checked(origin);
  options.check.timeout_ms = 5;
  use(options);
  EXPECT_TRUE(becomes_usable(false));
}

TEST_F(CheckerTest, AServerThatRefusesIsOut) {
  UpstreamOptions options = options_of({nobody()});
  options.check = {.path = "/health", .interval_ms = 1, .fall = 1};
  use(options);
  EXPECT_TRUE(becomes_usable(false));
}

TEST_F(CheckerTest, WhatWasFoundOutStaysOverReloads) {
  TestOrigin origin(answers_checks());
  UpstreamOptions options = checked(origin);
  status_ = 500;
  use(options);
  EXPECT_TRUE(becomes_usable(false));
  options.servers.push_back({.address = nobody(), .down = true});
  use(options);
  EXPECT_FALSE(facts().usable);
  status_ = 200;
  EXPECT_TRUE(becomes_usable(true)) << "checks go on";
}

TEST_F(CheckerTest, WithoutChecksEveryServerIsIn) {
  TestOrigin origin(answers_checks());
  UpstreamOptions options = checked(origin);
  status_ = 500;
  use(options);
  EXPECT_TRUE(becomes_usable(false));
  options.check = {};
  use(options);
  EXPECT_TRUE(becomes_usable(true));
}

}  // namespace
}  // namespace larder::origin
