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

// ---- of a body of which nothing is stored

std::string asked_for(std::string_view range) {
  const std::optional<FillSpan> span = span_of(range);
  return span ? range_text_of(*span) : "the whole";
}

TEST(WantedSpan, IsOfWholeParts) {
  EXPECT_EQ(asked_for("bytes=0-0"), "bytes=0-262143");
  EXPECT_EQ(asked_for("bytes=262143-262144"), "bytes=0-524287");
  EXPECT_EQ(asked_for("bytes=5000000000-5000000099"), "bytes=4999872512-5000134655");
}

TEST(WantedSpan, IsOfSoManyPartsAtOnce) {
  const FillSpan span = span_of("bytes=262144-").value();
  EXPECT_EQ(span.first, 1U);
  EXPECT_EQ(span.last, limits::kPartsAtOnce);
  EXPECT_EQ(span_of("bytes=0-99999999999")->last, limits::kPartsAtOnce - 1);
}

// A part more than the end, as it is not known where one begins.
TEST(WantedSpan, OfTheEndHasAPartMore) {
  EXPECT_EQ(asked_for("bytes=-1"), "bytes=-262144");
  EXPECT_EQ(asked_for("bytes=-262144"), "bytes=-524287");
}

TEST(WantedSpan, IsNoneWhereTheWholeIsToBeFetched) {
  EXPECT_EQ(asked_for("bytes=0-"), "the whole");
  EXPECT_EQ(asked_for("bytes=0-1,5-6"), "the whole");
  EXPECT_EQ(asked_for("bytes=-99999999999"), "the whole");
  EXPECT_EQ(asked_for("bytes=18446744073709551000-18446744073709551001"), "the whole");
  EXPECT_EQ(asked_for("lines=1-2"), "the whole");
  EXPECT_EQ(asked_for("bytes=2-1"), "the whole");
}

// What judge_first_parts makes of a Content-Range, where that Range was wanted: `first-last/size`.
std::string judged(std::string_view wanted, std::string_view content_range) {
  const wire::http::Fields response = fields_of({{"Content-Range", content_range}});
  const auto range = judge_first_parts(response, span_of(wanted).value());
  if (!range) return "no";
  return std::to_string(range->range.first) + "-" + std::to_string(range->range.last) + "/" +
         std::to_string(*range->size);
}

TEST(FirstParts, AreThoseThatWereAskedFor) {
  EXPECT_EQ(judged("bytes=9-10", "bytes 0-262143/9999999"), "0-262143/9999999");
  EXPECT_EQ(judged("bytes=9-10", "bytes 0-262142/9999999"), "no");
  EXPECT_EQ(judged("bytes=9-10", "bytes 9-10/9999999"), "no");
  EXPECT_EQ(judged("bytes=9-10", "bytes 0-262143/*"), "no");
  EXPECT_EQ(judged("bytes=9-10", "bytes 0-262143/5"), "no");
}

TEST(FirstParts, EndWhereTheBodyDoes) {
  EXPECT_EQ(judged("bytes=9-10", "bytes 0-99/100"), "0-99/100");
  EXPECT_EQ(judged("bytes=-500", "bytes 737357-999999/1000000"), "737357-999999/1000000");
  EXPECT_EQ(judged("bytes=-500", "bytes 0-99/100"), "0-99/100");
  EXPECT_EQ(judged("bytes=-500", "bytes 999500-999999/1000000"), "no");
}

TEST(FirstParts, AreNoneOfTwoRanges) {
  const wire::http::Fields twice =
      fields_of({{"Content-Range", "bytes 0-9/10"}, {"Content-Range", "bytes 0-9/10"}});
  EXPECT_FALSE(judge_first_parts(twice, span_of("bytes=0-3").value()));
  EXPECT_FALSE(judge_first_parts({}, span_of("bytes=0-3").value()));
}

TEST(PartialBody, HasItsLastPartUpToItsEnd) {
  const PartialBody body{.id = 1, .bytes = 2 * kPart + 5};
  EXPECT_EQ(range_of({.id = 1, .first = 1, .last = 1}, body), (ByteRange{kPart, 2 * kPart - 1}));
  EXPECT_EQ(range_of({.id = 1, .first = 1, .last = 9}, body), (ByteRange{kPart, 2 * kPart + 4}));
}

// ---- who has what he wants of which fill

TEST(FillSpan, OfTheWholeCoversRangesOfWhatIsNotKnown) {
  const FillSpan whole;
  EXPECT_TRUE(whole.covers({}));
  EXPECT_TRUE(whole.covers({.first = 3, .last = 4}));
  EXPECT_TRUE(whole.covers({.suffix = 100}));
  EXPECT_FALSE(whole.covers({.first = 3, .last = 4, .apart = true}));
  EXPECT_FALSE(whole.covers({.id = 1, .first = 3, .last = 4}));
}

TEST(FillSpan, OfPartsCoversThose) {
  const FillSpan parts{.id = 1, .first = 2, .last = 5};
  EXPECT_TRUE(parts.covers({.id = 1, .first = 5, .last = 5}));
  EXPECT_FALSE(parts.covers({.id = 1, .first = 5, .last = 6}));
  EXPECT_FALSE(parts.covers({.id = 2, .first = 5, .last = 5}));
  EXPECT_FALSE(parts.covers({}));
  EXPECT_FALSE(FillSpan{.suffix = 100}.covers({.suffix = 99}));
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
