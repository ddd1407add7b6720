// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/http_replies.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/limits.h"

namespace larder::cli::load {
namespace {

class HttpRepliesTest : public ::testing::Test {
 protected:
  // `asked` requests are on their way; the reply comes in pieces of `piece` bytes. The failure, or
  // empty.
  std::string read(std::size_t asked, std::string_view stream, std::size_t piece) {
    for (std::size_t i = 0; i < asked; ++i) pipeline_.at(pipeline_.push()).is_set = false;
    std::string waiting;
    while (!stream.empty()) {
      waiting += stream.substr(0, piece);
      stream.remove_prefix(std::min(piece, stream.size()));
      const auto consumed = replies_.scan(waiting);
      if (!consumed) return consumed.failure().what;
      waiting.erase(0, *consumed);
    }
    EXPECT_EQ(waiting, "");
    return {};
  }

  Totals totals() const {
    Totals totals;
    totals.add(tally_);
    return totals;
  }

  Pipeline pipeline_{8, 1};
  Tally tally_;
  HttpReplies replies_{pipeline_, tally_};
};

constexpr std::string_view kEveryKind =
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/"
    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nSum: 1\r\n\r\n"
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n"
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno";

TEST_F(HttpRepliesTest, OfEveryKindHoweverTheyCome) {
  for (const std::size_t piece : {1U, 2U, 7U, 64U, 1000U}) {
    SCOPED_TRACE(piece);
    const Totals before = totals();
    ASSERT_EQ(read(5, kEveryKind, piece), "");
    EXPECT_TRUE(pipeline_.empty());
    const Totals counted = totals().since(before);
    EXPECT_EQ(counted.requests, 5U);
    EXPECT_EQ(counted.hits, 3U);
    EXPECT_EQ(counted.misses, 1U);
    EXPECT_EQ(counted.errors, 1U);
  }
  EXPECT_EQ(replies_.first_error(), "status 503");
}

TEST_F(HttpRepliesTest, WhatCannotBeToldApartIsAFailure) {
  EXPECT_EQ(read(0, "HTTP/1.1 200 OK\r\n", 100),
            "a reply that no request asked for: `HTTP/1.1 200 OK\\r\\n`");
}

TEST_F(HttpRepliesTest, ABodyThatEndsWithItsConnectionIsAFailure) {
  EXPECT_NE(read(1, "HTTP/1.1 200 OK\r\n\r\nabc", 100).find("ends with its connection"),
            std::string::npos);
}

TEST_F(HttpRepliesTest, TwoLengthsAreAFailure) {
  EXPECT_NE(read(1, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 100), "");
}

TEST_F(HttpRepliesTest, AnEndlessHeadIsAFailure) {
  const std::string head = "HTTP/1.1 200 OK\r\nA: " + std::string(limits::kMaxHeadBytes, 'a');
  EXPECT_NE(read(1, head, 1000), "");
}

TEST_F(HttpRepliesTest, AChunkThatIsNoneIsAFailure) {
  EXPECT_NE(
      read(1, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 100).find("a chunk"),
      std::string::npos);
}

}  // namespace
}  // namespace larder::cli::load
