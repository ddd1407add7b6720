// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/gathered_body.h"

#include <gtest/gtest.h>

#include "serve/edge/test_body.h"

namespace larder::serve::edge {
namespace {

using State = http::Pulled::State;

TEST(GatheredBody, IsReadyOnceAllIsHere) {
  GivenBody from("0123456789", 4, true);
  from.end_with("A: b\r\n");
  int ready = 0;
  GatheredBody body(from, 100, [&ready] { ++ready; });
  body.begin();
  while (ready == 0) from.tell();
  EXPECT_EQ(body.whole_bytes(), 10U);
  const PulledBody all = pull_all(body, 3);
  EXPECT_EQ(all.bytes, "0123456789");
  EXPECT_EQ(all.end, State::kEnd);
  EXPECT_EQ(body.trailer(), "A: b\r\n");
  EXPECT_EQ(ready, 1);
}

TEST(GatheredBody, IsReadyInsideBeginWhereNothingIsLate) {
  GivenBody from("0123456789");
  int ready = 0;
  GatheredBody body(from, 100, [&ready] { ++ready; });
  body.begin();
  EXPECT_EQ(ready, 1);
}

TEST(GatheredBody, GoesOnWithTheRestOfWhatHasNoRoom) {
  GivenBody from("0123456789", 3);
  int ready = 0;
  GatheredBody body(from, 5, [&ready] { ++ready; });
  body.begin();
  EXPECT_EQ(ready, 1);
  EXPECT_FALSE(body.whole_bytes());
  EXPECT_FALSE(body.has_failed());
  const PulledBody all = pull_all(body);
  EXPECT_EQ(all.bytes, "0123456789");
  EXPECT_EQ(all.end, State::kEnd);
}

TEST(GatheredBody, HasFailedWhereItWasCutOff) {
  GivenBody from("0123456789");
  from.fail_at_the_end();
  GatheredBody body(from, 100, [] {});
  body.begin();
  EXPECT_TRUE(body.has_failed());
  EXPECT_FALSE(body.whole_bytes());
}

TEST(GatheredBody, TellsItsReaderOfTheRest) {
  GivenBody from("0123456789", 3);
  TestReader reader;
  GatheredBody body(from, 5, [] {});
  body.begin();
  body.read_by(&reader);
  from.tell();
  EXPECT_EQ(reader.told, 1);
}

}  // namespace
}  // namespace larder::serve::edge
