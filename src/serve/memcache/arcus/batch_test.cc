// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/batch.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace larder::serve::memcache::arcus {
namespace {

class BatchTest : public testing::Test {
 protected:
  void tell(std::string_view line) { batch_.tell({.line = line}, outbox_); }
  void pipe(std::string_view line) { batch_.tell({.line = line, .pipe = true}, outbox_); }
  void silent(std::string_view line) { batch_.tell({.line = line, .noreply = true}, outbox_); }

  // All that has been said since the last call.
  std::string said() {
    std::string text(outbox_.unsent(), '\0');
    outbox_.copy(0, text);
    outbox_.clear();
    return text;
  }

  io::OutboxPool pool_;
  io::Outbox outbox_{pool_};
  Batch batch_;
};

TEST_F(BatchTest, SaysTheStatusOfOneCommandAtOnce) {
  tell("STORED\r\n");
  EXPECT_EQ(said(), "STORED\r\n");
  silent("STORED\r\n");
  EXPECT_EQ(said(), "");
}

TEST_F(BatchTest, SaysAllStatusesWithTheLast) {
  pipe("CREATED_STORED\r\n");
  pipe("ELEMENT_EXISTS\r\n");
  EXPECT_EQ(said(), "");
  tell("STORED\r\n");
  EXPECT_EQ(said(), "RESPONSE 3\r\nCREATED_STORED\r\nELEMENT_EXISTS\r\nSTORED\r\nEND\r\n");
  tell("STORED\r\n");
  EXPECT_EQ(said(), "STORED\r\n");
}

TEST_F(BatchTest, CountsASilentStatusAndIsNotClosedByIt) {
  pipe("STORED\r\n");
  silent("STORED\r\n");
  EXPECT_EQ(said(), "");
  tell("VERSION 1.15.0\r\n");
  EXPECT_EQ(said(), "RESPONSE 3\r\nSTORED\r\nSTORED\r\nVERSION 1.15.0\r\nEND\r\n");
}

TEST_F(BatchTest, EndsWithAnErrorAndSkipsTheRest) {
  pipe("STORED\r\n");
  pipe("CLIENT_ERROR too large value\r\n");
  EXPECT_EQ(said(),
            "RESPONSE 2\r\nSTORED\r\nCLIENT_ERROR too large value\r\nPIPE_ERROR bad error\r\n");
  EXPECT_TRUE(batch_.skips(true));
  EXPECT_TRUE(batch_.skips(true));
  EXPECT_TRUE(batch_.skips(false));
  EXPECT_FALSE(batch_.skips(false));
}

TEST_F(BatchTest, SkipsNothingBehindAnErrorThatClosedIt) {
  pipe("STORED\r\n");
  tell("ERROR no matching command\r\n");
  EXPECT_EQ(said(),
            "RESPONSE 2\r\nSTORED\r\nERROR no matching command\r\nPIPE_ERROR bad error\r\n");
  EXPECT_FALSE(batch_.skips(true));
}

TEST_F(BatchTest, AnotherCommandEndsTheSkipping) {
  pipe("SERVER_ERROR out of memory\r\n");
  batch_.go_on();
  EXPECT_FALSE(batch_.skips(true));
}

TEST_F(BatchTest, HasALimit) {
  const std::size_t most = limits::kPipedCommands;
  for (std::size_t i = 1; i < most; ++i) pipe("STORED\r\n");
  EXPECT_EQ(said(), "");
  tell("STORED\r\n");
  EXPECT_TRUE(said().ends_with("STORED\r\nEND\r\n"));
  EXPECT_FALSE(batch_.skips(true));

  for (std::size_t i = 0; i < most; ++i) pipe("STORED\r\n");
  const std::string full = said();
  EXPECT_TRUE(full.starts_with("RESPONSE 500\r\n"));
  EXPECT_TRUE(full.ends_with("STORED\r\nPIPE_ERROR command overflow\r\n"));
  EXPECT_TRUE(batch_.skips(false));
}

}  // namespace
}  // namespace larder::serve::memcache::arcus
