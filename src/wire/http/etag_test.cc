// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "wire/http/conditional.h"
#include "wire/http/etag_list.h"

namespace larder::wire::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> all;
  for (EtagList etags(text); etags.next();) {
    all.push_back((etags.etag().weak ? "W" : "") + std::string(etags.etag().opaque));
  }
  return all;
}

TEST(Etag, IsStrongOrWeak) {
  const auto strong = parse_etag("\"abc\"");
  ASSERT_TRUE(strong);
  EXPECT_EQ(strong->opaque, "\"abc\"");
  EXPECT_FALSE(strong->weak);
  const auto weak = parse_etag("W/\"abc\"");
  ASSERT_TRUE(weak);
  EXPECT_EQ(weak->opaque, "\"abc\"");
  EXPECT_TRUE(weak->weak);
  EXPECT_TRUE(parse_etag("\"\""));
  EXPECT_TRUE(parse_etag("\"a,b\\!\xc3\xbc\""));
}

TEST(Etag, IsNothingElse) {
  for (const std::string_view text :
       {"", "abc", "\"", "\"abc", "abc\"", "w/\"abc\"", "W\"abc\"", "W\\\"abc\"", "W/abc", "W/",
        "\"a b\"", "\"a\"b\"", "\"a\x7f\"", "\"a\"x", " \"a\"", "\"a\", \"b\"", "*"}) {
    EXPECT_FALSE(parse_etag(text)) << text;
  }
}

// RFC 9110, 8.8.3.2: its table.
TEST(Etag, IsComparedInTwoWays) {
  const Etag weak1 = *parse_etag("W/\"1\"");
  const Etag weak2 = *parse_etag("W/\"2\"");
  const Etag strong1 = *parse_etag("\"1\"");
  EXPECT_FALSE(match_strongly(weak1, weak1));
  EXPECT_TRUE(match_weakly(weak1, weak1));
  EXPECT_FALSE(match_strongly(weak1, weak2));
  EXPECT_FALSE(match_weakly(weak1, weak2));
  EXPECT_FALSE(match_strongly(weak1, strong1));
  EXPECT_TRUE(match_weakly(weak1, strong1));
  EXPECT_TRUE(match_strongly(strong1, strong1));
  EXPECT_TRUE(match_weakly(strong1, strong1));
}

TEST(EtagList, HasTagsBetweenCommas) {
  EXPECT_THAT(list_of("\"a\", W/\"b\",\"c\" , ,\"d\""),
              ElementsAre("\"a\"", "W\"b\"", "\"c\"", "\"d\""));
  EXPECT_THAT(list_of("\"a,b\", \"c\\\", \"d\""), ElementsAre("\"a,b\"", "\"c\\\"", "\"d\""));
  EXPECT_THAT(list_of(""), IsEmpty());
  EXPECT_THAT(list_of(" , "), IsEmpty());
}

TEST(EtagList, LeavesOutWhatIsNoTag) {
  EXPECT_THAT(list_of("abc, \"b\""), ElementsAre("\"b\""));
  EXPECT_THAT(list_of("\"a\"x, \"b\""), ElementsAre("\"b\""));
  EXPECT_THAT(list_of("\"a\" \"b\", \"c\""), ElementsAre("\"c\""));
  EXPECT_THAT(list_of("\"a, b"), IsEmpty());
}

}  // namespace
}  // namespace larder::wire::http
