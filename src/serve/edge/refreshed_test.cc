// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/refreshed.h"

#include <gtest/gtest.h>

#include <string>

#include "serve/edge/stored_fields.h"
#include "serve/edge/test_objects.h"

namespace larder::serve::edge {
namespace {

using wire::http::Fields;
using Said = std::initializer_list<std::pair<std::string_view, std::string_view>>;

struct RefreshedTest : testing::Test {
  void put(std::string lines) {
    ObjectHead head = test_head();
    head.has_validator = true;
    head.freshness.lifetime_ms = 0;
    ASSERT_TRUE(store.put(
        "k", {}, {.head = head, .field_lines = lines, .body = "hello", .vary = {}}, kTestNow));
  }
  LookedUp find() { return store.find("k", {}, kTestNow); }
  // The stored lines then; empty: nothing is stored any more.
  std::string after(void (*refresh)(ObjectStore&, const Refreshed&, const CachePolicy&),
                    Said said) {
    const LookedUp was = find();
    const Fields fields = fields_of(said);
    const Fields request;
    refresh(store,
            {.key = "k",
             .stored = was.object,
             .request = request,
             .said = fields,
             .requested = kTestNow,
             .received = kTestNow},
            {});
    const LookedUp found = find();
    if (found.state != LookedUp::State::kObject) return {};
    EXPECT_EQ(text_of(found.object.body_pieces()), "hello");
    is_fresh = found.object.head().freshness.ttl_ms(kTestNow) > 0;
    return std::string(found.object.field_lines());
  }

  cache::Cache cache{{.memory_bytes = std::size_t{64} << 20}};
  ObjectStore store{cache};
  bool is_fresh = false;
};

TEST_F(RefreshedTest, ByA304OfTheSameTag) {
  put("ETag: \"1\"\r\nA: old\r\n");
  const std::string lines =
      after(refresh_stored, {{"ETag", "\"1\""}, {"A", "new"}, {"Cache-Control", "max-age=60"}});
  EXPECT_NE(lines.find("A: new\r\n"), std::string::npos);
  EXPECT_TRUE(is_fresh);
}

TEST_F(RefreshedTest, ByA304WithoutATag) {
  put("ETag: \"1\"\r\n");
  EXPECT_NE(after(refresh_stored, {{"Cache-Control", "max-age=60"}}), "");
  EXPECT_TRUE(is_fresh);
}

TEST_F(RefreshedTest, GoesByA304OfAnotherTag) {
  put("ETag: \"1\"\r\n");
  EXPECT_EQ(after(refresh_stored, {{"ETag", "\"2\""}, {"Cache-Control", "max-age=60"}}), "");
  put("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  EXPECT_EQ(after(refresh_stored, {{"ETag", "\"2\""}, {"Cache-Control", "max-age=60"}}), "");
}

TEST_F(RefreshedTest, GoesByA304ThatForbidsToStore) {
  put("ETag: \"1\"\r\n");
  EXPECT_EQ(after(refresh_stored, {{"ETag", "\"1\""}, {"Cache-Control", "no-store"}}), "");
}

TEST_F(RefreshedTest, ByHeadOfTheSameLengthAndValidators) {
  put("ETag: \"1\"\r\n");
  EXPECT_NE(after(refresh_by_head,
                  {{"ETag", "\"1\""}, {"Content-Length", "5"}, {"Cache-Control", "max-age=60"}}),
            "");
  EXPECT_TRUE(is_fresh);
}

TEST_F(RefreshedTest, GoesByHeadOfAnotherLengthOrValidator) {
  put("ETag: \"1\"\r\n");
  EXPECT_EQ(after(refresh_by_head, {{"ETag", "\"1\""}, {"Content-Length", "6"}}), "");
  put("ETag: \"1\"\r\n");
  EXPECT_EQ(after(refresh_by_head, {{"ETag", "\"2\""}, {"Content-Length", "5"}}), "");
}

}  // namespace
}  // namespace larder::serve::edge
