// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "wire/http/negotiation.h"
#include "wire/http/test_fields.h"

namespace larder::wire::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

VaryNames of(std::string_view vary) { return vary_names(fields_of({{"Vary", vary}})); }

TEST(Vary, NamesFieldsInOneOrder) {
  EXPECT_THAT(of("Foo, bar,BAZ").names, ElementsAre("bar", "baz", "foo"));
  EXPECT_THAT(of("a, A, a").names, ElementsAre("a"));
  EXPECT_THAT(vary_names(fields_of({{"Vary", "b"}, {"vary", "a"}})).names, ElementsAre("a", "b"));
  EXPECT_THAT(of("").names, IsEmpty());
  EXPECT_FALSE(of("a").by_all);
  EXPECT_FALSE(vary_names({}).by_all);
}

// RFC 9111, 4.1
TEST(Vary, IsByAllWithAStarAnywhere) {
  for (const std::string_view text : {"*", "*, *", ", *", "*, Foo", "Foo, *", "Foo,*,Bar"}) {
    EXPECT_TRUE(of(text).by_all) << text;
    EXPECT_THAT(of(text).names, IsEmpty()) << text;
  }
  EXPECT_TRUE(vary_names(fields_of({{"Vary", ""}, {"Vary", "*"}})).by_all);
  EXPECT_TRUE(vary_names(fields_of({{"Vary", "a"}, {"Vary", "*"}})).by_all);
}

TEST(Vary, IsByAllWhereItCannotBeRead) {
  EXPECT_TRUE(of("foo bar").by_all);
  EXPECT_TRUE(of("\"foo\"").by_all);
  EXPECT_TRUE(of("foo; bar").by_all);
}

std::string selecting(const Fields& request, const std::vector<std::string>& names) {
  return selecting_text(request, names);
}
std::string selecting(std::string_view name, std::string_view value) {
  return selecting(fields_of({{name, value}}), {std::string(name)});
}

TEST(SelectingText, HasALineOfEachName) {
  const Fields request = fields_of({{"Foo", "1"}, {"Baz", "789"}, {"Other", "x"}});
  EXPECT_EQ(selecting(request, {"bar", "baz", "foo"}), "bar\nbaz:789\nfoo:1\n");
  EXPECT_EQ(selecting(request, {}), "");
}

TEST(SelectingText, TellsNothingFromEmpty) {
  EXPECT_EQ(selecting(fields_of({{"Foo", ""}}), {"foo"}), "foo:\n");
  EXPECT_EQ(selecting(Fields(), {"foo"}), "foo\n");
}

TEST(SelectingText, IsOneForLinesAndItems) {
  EXPECT_EQ(selecting("prefer", " 1 , 2,"), "prefer:1,2\n");
  EXPECT_EQ(selecting("prefer", "1,2"), "prefer:1,2\n");
  EXPECT_EQ(selecting(fields_of({{"TE", "1"}, {"X", "y"}, {"te", "2"}}), {"te"}), "te:1,2\n");
  EXPECT_EQ(selecting("prefer", ","), "prefer:\n");
  EXPECT_NE(selecting("prefer", "2,1"), selecting("prefer", "1,2"));
  EXPECT_NE(selecting("prefer", "A"), selecting("prefer", "a"));
  EXPECT_NE(selecting("prefer", "\"1, 2\""), selecting("prefer", "\"1,2\""));
}

// RFC 9111, 4.1: of these nobody knows what else would say the same.
TEST(SelectingText, IsTheValueItselfOfOtherFields) {
  EXPECT_EQ(selecting(fields_of({{"Foo", "1"}, {"X", "y"}, {"foo", "2"}}), {"foo"}), "foo:1, 2\n");
  EXPECT_EQ(selecting("foo", "1,2"), "foo:1,2\n");
  EXPECT_EQ(selecting("user-agent", "Foo (a,  b),"), "user-agent:Foo (a,  b),\n");
  EXPECT_NE(selecting("foo", "A"), selecting("foo", "a"));
}

TEST(SelectingText, HasCookiesAsOneLineHasThem) {
  const Fields two = fields_of({{"Cookie", "a=1"}, {"Cookie", "b=2"}});
  EXPECT_EQ(selecting(two, {"cookie"}), "cookie:a=1; b=2\n");
  EXPECT_EQ(selecting("cookie", "a=1,  b=2"), "cookie:a=1,  b=2\n");
}

TEST(SelectingText, IsOneForWhatIsLikedAlike) {
  for (const std::string_view text : {"en, de", "de, en", "eN, De", " en ,   de", "de,en,de",
                                      "en;q=1, de;q=1.0", "en, ;, de", "en ; q=1.000 ,de"}) {
    EXPECT_EQ(selecting("accept-language", text), "accept-language:de,en\n") << text;
  }
  EXPECT_EQ(selecting("accept-encoding", "gzip;q=0.50, BR"), "accept-encoding:br,gzip;q=0.500\n");
  EXPECT_EQ(selecting("accept-encoding", "br, gzip;Q=0.5"), "accept-encoding:br,gzip;q=0.500\n");
  EXPECT_EQ(selecting("accept", "Text/HTML;level=A, */*;q=0.1"),
            "accept:*/*;q=0.100,text/html;level=A\n");
  EXPECT_NE(selecting("accept", "a/b;q=0.1"), selecting("accept", "a/b;q=0.2"));
  EXPECT_NE(selecting("accept", "a/b;c=D"), selecting("accept", "a/b;c=d"));
  EXPECT_NE(selecting("accept", "a/b;q=x"), selecting("accept", "a/b"));
  EXPECT_NE(selecting("accept", "a/b;q=5"), selecting("accept", "a/b;q=0.005"));
}

}  // namespace
}  // namespace larder::wire::http
