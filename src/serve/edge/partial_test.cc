// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/partial.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "serve/edge/test_objects.h"

namespace larder::serve::edge {
namespace {

using wire::http::ByteRange;
using wire::http::Fields;

constexpr std::uint64_t kPart = ObjectStore::kPartBytes;
using Numbers = std::vector<std::uint64_t>;

struct MissingPartsTest : testing::Test {
  MissingPartsTest() {
    head.id = 7;
    head.inline_body = false;
    head.body_bytes = 10 * kPart + 100;
  }
  void put(std::uint64_t number) { ASSERT_TRUE(store.put_part(7, number, "bytes", kTestNow)); }
  Numbers missing(const ByteRange& wanted) {
    const std::optional<MissingParts> found = find_missing(store, head, wanted, kTestNow);
    range = found ? found->range : ByteRange{};
    return found ? found->numbers : Numbers{};
  }

  cache::Cache cache{{.memory_bytes = std::size_t{16} << 20}};
  ObjectStore store{cache};
  ObjectHead head;
  ByteRange range;
};

TEST_F(MissingPartsTest, OfNothingStoredAreThoseThatAreTouched) {
  EXPECT_EQ(missing({0, 0}), Numbers{0});
  EXPECT_EQ(range, (ByteRange{0, kPart - 1}));
  EXPECT_EQ(missing({kPart - 1, kPart}), (Numbers{0, 1}));
  EXPECT_EQ(range, (ByteRange{0, 2 * kPart - 1}));
  EXPECT_EQ(missing({kPart, 2 * kPart - 1}), Numbers{1});
}

TEST_F(MissingPartsTest, AreAskedForUntilTheBodyEnds) {
  EXPECT_EQ(missing({10 * kPart, 10 * kPart + 5}), Numbers{10});
  EXPECT_EQ(range, (ByteRange{10 * kPart, 10 * kPart + 99}));
}

TEST_F(MissingPartsTest, AreAskedForUntilTheNextThatIsThere) {
  put(1);
  put(4);
  EXPECT_EQ(missing({kPart, 6 * kPart}), (Numbers{2, 3, 5, 6}));
  EXPECT_EQ(range, (ByteRange{2 * kPart, 4 * kPart - 1}));
  put(2);
  put(3);
  EXPECT_EQ(missing({kPart, 5 * kPart - 1}), Numbers{});
}

TEST_F(MissingPartsTest, AreSoManyAtOnce) {
  head.body_bytes = 10'000'000'000;
  const Numbers numbers = missing({kPart, head.body_bytes - 1});
  EXPECT_EQ(numbers.size(), limits::kPartsAtOnce);
  EXPECT_EQ(range, (ByteRange{kPart, (1 + limits::kPartsAtOnce) * kPart - 1}));
}

// A hundred bytes of ten gigabytes cost at most two parts.
TEST_F(MissingPartsTest, OfAFewBytesAreAtMostTwo) {
  head.body_bytes = 10'000'000'000;
  EXPECT_EQ(missing({5'000'000'000, 5'000'000'099}).size(), 1U);
  EXPECT_EQ(missing({100 * kPart - 50, 100 * kPart + 49}).size(), 2U);
  EXPECT_EQ(range.size(), 2 * kPart);
}

TEST(StrongEtag, IsThatOfTheLinesIfItIsStrong) {
  EXPECT_EQ(strong_etag_of("Date: x\r\nETag: \"a\"\r\n"), "\"a\"");
  EXPECT_EQ(strong_etag_of("etag: \"a\"\r\n"), "\"a\"");
  EXPECT_EQ(strong_etag_of("ETag: W/\"a\"\r\n"), std::nullopt);
  EXPECT_EQ(strong_etag_of("ETag: a\r\n"), std::nullopt);
  EXPECT_EQ(strong_etag_of("Date: x\r\n"), std::nullopt);
}

TEST(PartialRequest, SaysTheRangeAndOfWhatItMustBe) {
  EXPECT_EQ(partial_request_lines({5, 9}, "\"a\"").text(),
            "Range: bytes=5-9\r\nIf-Range: \"a\"\r\n");
}

PartialReply judge(unsigned status, const Fields& response) {
  return judge_partial(status, response, {.first = 5, .last = 9}, "\"a\"", 100);
}

TEST(PartialReply, IsPartsOnlyWhenItIsExactlyWhatWasAskedFor) {
  const auto reply = [](std::string_view range, std::string_view etag) {
    return judge(206, fields_of({{"Content-Range", range}, {"ETag", etag}}));
  };
  EXPECT_EQ(reply("bytes 5-9/100", "\"a\""), PartialReply::kParts);
  EXPECT_EQ(reply("bytes 5-9/101", "\"a\""), PartialReply::kChanged);
  EXPECT_EQ(reply("bytes 5-9/*", "\"a\""), PartialReply::kChanged);
  EXPECT_EQ(reply("bytes 4-9/100", "\"a\""), PartialReply::kChanged);
  EXPECT_EQ(reply("bytes 5-8/100", "\"a\""), PartialReply::kChanged);
  EXPECT_EQ(reply("nonsense", "\"a\""), PartialReply::kChanged);
  EXPECT_EQ(reply("bytes 5-9/100", "\"b\""), PartialReply::kChanged);
  EXPECT_EQ(reply("bytes 5-9/100", "W/\"a\""), PartialReply::kChanged);
  EXPECT_EQ(judge(206, fields_of({{"Content-Range", "bytes 5-9/100"}})), PartialReply::kChanged);
  EXPECT_EQ(judge(206, fields_of({{"ETag", "\"a\""}})), PartialReply::kChanged);
  EXPECT_EQ(judge(206, fields_of({{"Content-Range", "bytes 5-9/100"},
                                  {"Content-Range", "bytes 5-9/100"},
                                  {"ETag", "\"a\""}})),
            PartialReply::kChanged);
}

TEST(PartialReply, OfOtherStatusesIsWhatTheySay) {
  EXPECT_EQ(judge(200, {}), PartialReply::kWhole);
  for (const unsigned status : {404U, 410U, 416U})
    EXPECT_EQ(judge(status, {}), PartialReply::kChanged) << status;
  for (const unsigned status : {304U, 401U, 403U, 429U, 500U, 503U})
    EXPECT_EQ(judge(status, {}), PartialReply::kFailed) << status;
}

}  // namespace
}  // namespace larder::serve::edge
