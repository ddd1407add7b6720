// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/object.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "serve/edge/object_record.h"
#include "serve/edge/packed_head.h"
#include "serve/edge/test_objects.h"

namespace larder::serve::edge {
namespace {

// Bytes of a value in pieces of the test's own.
struct CutValue {
  CutValue(std::string_view bytes, std::size_t at)
      : spans{bytes.substr(0, at), bytes.substr(at)}, size(bytes.size()) {}
  cache::Value value() const { return {spans, size, false, {}}; }
  std::vector<std::string_view> spans;
  std::size_t size;
};

ObjectHead any_head(std::mt19937_64& random) {
  const auto number = [&] { return static_cast<std::int64_t>(random() >> (1 + random() % 60)); };
  const auto flag = [&] { return random() % 2 == 0; };
  return {.id = random(),
          .body_bytes = random(),
          .freshness = {.generated = number(),
                        .lifetime_ms = number(),
                        .while_revalidate_ms = flag() ? number() : 0,
                        .if_error_ms = flag() ? number() : 0,
                        .needs_validation = flag(),
                        .must_revalidate = flag(),
                        .heuristic = flag()},
          .status = static_cast<std::uint16_t>(random()),
          .coding = static_cast<wire::http::Coding>(random() % 4),
          .inline_body = flag(),
          .has_strong_validator = flag(),
          .has_validator = flag(),
          .selecting_bytes = static_cast<std::uint16_t>(flag() ? random() : 0),
          .field_bytes = static_cast<std::uint32_t>(random())};
}

std::string record_of(ObjectHead head, std::string_view selecting, std::string_view lines,
                      std::string_view body) {
  head.selecting_bytes = static_cast<std::uint16_t>(selecting.size());
  head.field_bytes = static_cast<std::uint32_t>(lines.size());
  head.body_bytes = body.size();
  std::string record(PackedHead(head).text());
  for (const std::string_view text : {selecting, lines, body}) record += text;
  return record;
}

TEST(PackedHead, ComesBackAsItWas) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 10'000; ++i) {
    const ObjectHead head = any_head(random);
    const PackedHead packed(head);
    ASSERT_LE(packed.text().size(), PackedHead::kMostBytes);
    ObjectHead back;
    ASSERT_EQ(PackedHead::unpack(packed.text(), back), packed.text().size());
    ASSERT_EQ(back, head);
  }
}

TEST(PackedHead, OfMostObjectsTakesFortyBytes) {
  EXPECT_EQ(PackedHead(test_head()).text().size(), 40U);
}

TEST(PackedHead, IsNoneWhenItIsCutOffOrOfAnotherKind) {
  ObjectHead head = test_head();
  head.selecting_bytes = 1;
  head.freshness.if_error_ms = 1;
  const PackedHead packed(head);
  ObjectHead back;
  for (std::size_t size = 0; size < packed.text().size(); ++size)
    EXPECT_EQ(PackedHead::unpack(packed.text().substr(0, size), back), 0U) << size;
  std::string other(packed.text());
  other[0] = static_cast<char>(RecordKind::kVariants);
  EXPECT_EQ(PackedHead::unpack(other, back), 0U);
  other[0] = '\xff';
  EXPECT_EQ(PackedHead::unpack(other, back), 0U);
}

TEST(Object, ShowsWhereItsTextsAndItsBodyLie) {
  const std::string record = record_of(test_head(), "select", "A: b\r\n", "body");
  const std::optional<Object> object = Object::from(cache::Value(record, {}));
  ASSERT_TRUE(object);
  EXPECT_EQ(object->head().status, 200);
  EXPECT_EQ(object->selecting(), "select");
  EXPECT_EQ(object->field_lines(), "A: b\r\n");
  EXPECT_TRUE(object->is_contiguous());
  EXPECT_EQ(object->inline_body(), "body");
  EXPECT_EQ(object->inline_body().data(), record.data() + record.size() - 4);
}

TEST(Object, IsTheSameWhereverItsBytesAreCut) {
  ObjectHead head = test_head();
  head.freshness.if_error_ms = 5;
  const std::string record = record_of(head, "select", "A: b\r\n", "body");
  for (std::size_t at = 0; at <= record.size(); ++at) {
    SCOPED_TRACE(at);
    const CutValue cut(record, at);
    std::optional<Object> first = Object::from(cut.value());
    ASSERT_TRUE(first);
    const Object object = std::move(*first);
    first.reset();
    EXPECT_EQ(object.selecting(), "select");
    EXPECT_EQ(object.field_lines(), "A: b\r\n");
    EXPECT_EQ(text_of(object.body_pieces()), "body");
    EXPECT_EQ(object.body_pieces().size(), 4U);
    EXPECT_EQ(object.inline_body(), object.is_contiguous() ? "body" : "");
    // The body is never copied.
    const std::string_view body = object.body_pieces().first;
    EXPECT_TRUE(body.data() >= record.data() && body.data() < record.data() + record.size());
  }
}

TEST(Object, IsNoneWhenItsSizesAreNotThoseOfItsBytes) {
  const std::string record = record_of(test_head(), "select", "A: b\r\n", "body");
  for (std::size_t size = 0; size < record.size(); ++size)
    EXPECT_FALSE(Object::from(cache::Value(std::string_view(record).substr(0, size), {})));
  EXPECT_FALSE(Object::from(cache::Value(record + "x", {})));
  ObjectHead head = test_head();
  head.field_bytes = std::numeric_limits<std::uint32_t>::max();
  head.body_bytes = std::numeric_limits<std::uint64_t>::max();
  EXPECT_FALSE(Object::from(cache::Value(PackedHead(head).text(), {})));
}

TEST(Object, WithItsBodyInPartsHasNoneInline) {
  ObjectHead head = test_head();
  head.inline_body = false;
  std::string record = record_of(head, "", "A: b\r\n", "");
  head.body_bytes = 1'000'000;
  head.field_bytes = 6;
  record.replace(0, 40, PackedHead(head).text());
  const std::optional<Object> object = Object::from(cache::Value(record, {}));
  ASSERT_TRUE(object);
  EXPECT_EQ(object->head().body_bytes, 1'000'000U);
  EXPECT_EQ(object->body_pieces().count(), 0U);
}

TEST(Expiry, IsTheEndOfAllUseOrNeverWithAValidator) {
  ObjectHead head = test_head();
  EXPECT_EQ(expiry_of(head), kTestNow + 60'000);
  head.freshness.while_revalidate_ms = 10'000;
  head.freshness.if_error_ms = 30'000;
  EXPECT_EQ(expiry_of(head), kTestNow + 90'000);
  head.has_validator = true;
  EXPECT_EQ(expiry_of(head), cache::kNeverExpires);
  EXPECT_EQ(expiry_of({}), cache::kExpired);
}

TEST(Pieces, AreReadFromAnyOffset) {
  const std::vector<std::string_view> rest = {"cd", "", "efg"};
  const Pieces pieces{.first = "ab", .rest = rest};
  EXPECT_EQ(pieces.size(), 7U);
  EXPECT_EQ(pieces.from(0), "ab");
  EXPECT_EQ(pieces.from(1), "b");
  EXPECT_EQ(pieces.from(2), "cd");
  EXPECT_EQ(pieces.from(6), "g");
  EXPECT_EQ(pieces.from(7), "");
  EXPECT_EQ(Pieces{}.from(0), "");
}

}  // namespace
}  // namespace larder::serve::edge
