// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/options.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace larder::cli::replay {
namespace {

Options of(const std::string& generator) {
  Options options;
  options.generator = generator;
  return options;
}

TEST(ReplayOptions, AreCompletedForAGenerator) {
  Options zipf = of("zipf:0.9");
  ASSERT_TRUE(complete(zipf));
  EXPECT_EQ(zipf.objects, 10 * zipf.capacity);
  EXPECT_EQ(zipf.requests, kUsualRequests);
  EXPECT_EQ(zipf.value_bytes, "300");
  EXPECT_EQ(zipf.ttl, "0");
  Options twitter = of("twitter");
  ASSERT_TRUE(complete(twitter));
  EXPECT_EQ(twitter.value_bytes, "twitter");
  EXPECT_EQ(twitter.key_bytes, 38U);
  EXPECT_NE(twitter.ttl, "0");
}

TEST(ReplayOptions, MakeATraceOfThisShape) {
  Options options = of("loop:2");
  options.capacity = 2;
  options.key_bytes = 10;
  options.value_bytes = "7";
  options.trace_rate = 500;
  ASSERT_TRUE(complete(options));
  auto trace = open_trace(options);
  ASSERT_TRUE(trace);
  const std::string keys[] = {"la00000000", "la00000001", "la00000002", "la00000003"};
  for (int i = 0; i < 9; ++i) {
    Request request;
    ASSERT_TRUE(*(*trace)->next(request));
    EXPECT_EQ(request.key, keys[i % 4]);
    EXPECT_EQ(request.value_bytes, 7U);
    EXPECT_EQ(request.time_ms, 2 * i);
    EXPECT_EQ(request.operation, Operation::kGet);
  }
}

TEST(ReplayOptions, RefuseWhatMakesNoReplay) {
  const std::function<void(Options&)> wrongs[] = {
      [](Options& o) { o.generator.clear(); },  [](Options& o) { o.csv_path = "too"; },
      [](Options& o) { o.generator = "zipf"; }, [](Options& o) { o.port = 0; },
      [](Options& o) { o.capacity = 0; },       [](Options& o) { o.depth = 0; },
      [](Options& o) { o.depth = 1001; },       [](Options& o) { o.key_bytes = 7; },
      [](Options& o) { o.key_bytes = 251; },    [](Options& o) { o.value_bytes = "x"; },
      [](Options& o) { o.ttl = "x"; },          [](Options& o) { o.speed = -1; },
      [](Options& o) { o.trace_rate = 0; },     [](Options& o) { o.on_miss = "get"; },
      [](Options& o) { o.columns = "x"; },
  };
  for (const auto& wrong : wrongs) {
    Options options = of("zipf:1");
    wrong(options);
    EXPECT_FALSE(complete(options)) << &wrong - wrongs;
  }
}

TEST(ReplayOptions, NameAFileThatIsNotThere) {
  Options options;
  options.oracle_path = "/no/such/trace";
  ASSERT_TRUE(complete(options));
  auto trace = open_trace(options);
  ASSERT_FALSE(trace);
  EXPECT_TRUE(trace.failure().what.starts_with("opening /no/such/trace"));
}

}  // namespace
}  // namespace larder::cli::replay
