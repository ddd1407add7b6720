// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string_view>

#include "serve/edge/freshness.h"
#include "wire/http/test_fields.h"

namespace larder::serve::edge {
namespace {

using wire::http::fields_of;

// RFC 9111, 3.2
TEST(UpdatedLines, HaveWhatTheValidationSays) {
  EXPECT_EQ(updated_lines("A: 1\r\nCache-Control: max-age=1\r\nB: 2\r\n",
                          fields_of({{"cache-control", "max-age=9"}, {"C", "3"}})),
            "A: 1\r\nB: 2\r\ncache-control: max-age=9\r\nC: 3\r\n");
  EXPECT_EQ(updated_lines("A: 1\r\n", {}), "A: 1\r\n");
  EXPECT_EQ(updated_lines("", fields_of({{"A", "1"}})), "A: 1\r\n");
}

TEST(UpdatedLines, ReplaceAllLinesOfAName) {
  EXPECT_EQ(updated_lines("A: 1\r\nB: 2\r\na: 3\r\n", fields_of({{"A", "4"}, {"a", "5"}})),
            "B: 2\r\nA: 4\r\na: 5\r\n");
}

TEST(UpdatedLines, LeaveTheBodyWhatItIs) {
  EXPECT_EQ(updated_lines("Content-Length: 5\r\nContent-Encoding: gzip\r\nContent-Type: a/b\r\n",
                          fields_of({{"Content-Length", "10"},
                                     {"Content-Encoding", "br"},
                                     {"Content-Range", "bytes 0-1/2"},
                                     {"Content-Type", "a/c"},
                                     {"Content-Location", "/bar"},
                                     {"ETag", "\"b\""}})),
            "Content-Length: 5\r\nContent-Encoding: gzip\r\nContent-Type: a/c\r\n"
            "Content-Location: /bar\r\nETag: \"b\"\r\n");
}

TEST(UpdatedLines, TakeNoDigestOfOtherBytes) {
  const auto validated = fields_of({{"Repr-Digest", "a"}, {"Content-MD5", "b"}});
  EXPECT_EQ(updated_lines("Content-Encoding: gzip\r\nContent-MD5: c\r\n", validated),
            "Content-Encoding: gzip\r\nContent-MD5: b\r\n");
  EXPECT_EQ(updated_lines("A: 1\r\n", validated), "A: 1\r\nRepr-Digest: a\r\nContent-MD5: b\r\n");
}

TEST(UpdatedLines, TakeNothingOfTheConnection) {
  EXPECT_EQ(updated_lines("A: 1\r\nB: 2\r\n", fields_of({{"Connection", "a, close"},
                                                         {"A", "2"},
                                                         {"Keep-Alive", "timeout=5"},
                                                         {"Transfer-Encoding", "chunked"},
                                                         {"B", "3"}})),
            "A: 1\r\nB: 3\r\n");
}

TEST(UpdatedLines, HaveTheDateAndAgeOfTheValidationAlone) {
  EXPECT_EQ(updated_lines("Date: x\r\nAge: 5\r\nA: 1\r\n", fields_of({{"Date", "y"}})),
            "A: 1\r\nDate: y\r\n");
  EXPECT_EQ(updated_lines("Date: x\r\nA: 1\r\n", fields_of({{"Age", "7"}})), "A: 1\r\nAge: 7\r\n");
}

TEST(UpdatedLines, TakeACookieWhereThereIsOne) {
  EXPECT_EQ(updated_lines("A: 1\r\n", fields_of({{"Set-Cookie", "a=c"}})), "A: 1\r\n");
  EXPECT_EQ(updated_lines("Set-Cookie: a=b\r\nA: 1\r\n", fields_of({{"Set-Cookie", "a=c"}})),
            "A: 1\r\nSet-Cookie: a=c\r\n");
}

}  // namespace
}  // namespace larder::serve::edge
