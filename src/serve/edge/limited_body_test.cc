// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/limited_body.h"

#include <gtest/gtest.h>

#include "serve/edge/test_body.h"

namespace larder::serve::edge {
namespace {

using State = http::Pulled::State;

TEST(LimitedBody, PassesWhatIsNotTooLong) {
  for (const std::uint64_t most : {0U, 10U, 1000U}) {
    GivenBody from("0123456789", 3, true);
    from.end_with("A: b\r\n");
    LimitedBody body(from, most);
    const PulledBody all = pull_all(body);
    EXPECT_EQ(all.bytes, "0123456789");
    EXPECT_EQ(all.end, State::kEnd);
    EXPECT_EQ(body.trailer(), "A: b\r\n");
    EXPECT_FALSE(body.is_too_long());
    EXPECT_EQ(body.count(), 10U);
  }
}

TEST(LimitedBody, FailsWhereItBecomesTooLong) {
  GivenBody from("0123456789", 4);
  LimitedBody body(from, 9);
  const PulledBody all = pull_all(body);
  EXPECT_EQ(all.bytes, "01234567");
  EXPECT_EQ(all.end, State::kFailed);
  EXPECT_TRUE(body.is_too_long());
  EXPECT_EQ(body.pull(1).state, State::kFailed);
}

TEST(LimitedBody, TellsItsReader) {
  GivenBody from("x");
  TestReader reader;
  {
    LimitedBody body(from, 9);
    body.read_by(&reader);
    from.tell();
    EXPECT_EQ(reader.told, 1);
  }
  from.tell();
  EXPECT_EQ(reader.told, 1);
}

}  // namespace
}  // namespace larder::serve::edge
