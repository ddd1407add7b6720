// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/range_body.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "serve/edge/object_store.h"
#include "serve/edge/test_objects.h"

namespace larder::serve::edge {
namespace {

using http::Pulled;
using State = Pulled::State;

constexpr std::size_t kPart = ObjectStore::kPartBytes;

std::string any_bytes(std::size_t size) {
  std::mt19937 random(1);
  std::string bytes(size, ' ');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

// Parts of the store, and of those that are missing what the test gives away.
class TestSupplier final : public PartSupplier {
 public:
  TestSupplier(ObjectStore& store, ObjectId id, std::string_view body)
      : store_(store), id_(id), body_(body) {}

  std::optional<cache::Value> find(std::uint64_t number) override {
    ++looks;
    return store_.find_part(id_, number, kTestNow);
  }
  Pulled pull(std::uint64_t number, std::size_t offset, std::size_t room) override {
    if (state != State::kBytes) return {.state = state};
    if (given == 0) return {.state = State::kLater};
    const std::size_t bytes = std::min(room, given);
    given -= bytes;
    return {.state = State::kBytes, .bytes = body_.substr(number * kPart + offset, bytes)};
  }

  std::size_t looks = 0;
  std::size_t given = 0;  // as many bytes
  State state = State::kBytes;

 private:
  ObjectStore& store_;
  ObjectId id_;
  std::string_view body_;
};

class Reader final : public http::BodyReader {
 public:
  void body_ready() override { ++told; }
  int told = 0;
};

struct RangeBodyTest : testing::Test {
  Object inline_object(std::string_view body) {
    EXPECT_TRUE(store.put("k", {}, {test_head(), "", body, {}}, kTestNow));
    return std::move(store.find("k", {}, kTestNow).object);
  }
  // All of its parts but those of `missing`.
  Object object_in_parts(std::string_view body, const std::vector<std::uint64_t>& missing = {}) {
    ObjectHead head = test_head(7);
    head.inline_body = false;
    head.body_bytes = body.size();
    EXPECT_TRUE(store.put("k", {}, {head, "", {}, {}}, kTestNow));
    for (std::uint64_t n = 0; n * kPart < body.size(); ++n) {
      if (std::ranges::find(missing, n) != missing.end()) continue;
      EXPECT_TRUE(store.put_part(7, n, body.substr(n * kPart, kPart), kTestNow));
    }
    return std::move(store.find("k", {}, kTestNow).object);
  }
  // What comes until the end, or until there is no more for now.
  std::string pull_all(RangeBody& body, std::size_t room = 100'000) {
    std::string bytes;
    for (;;) {
      const Pulled pulled = body.pull(room);
      last = pulled.state;
      if (last != State::kBytes) return bytes;
      EXPECT_FALSE(pulled.bytes.empty());
      EXPECT_LE(pulled.bytes.size(), room);
      bytes += pulled.bytes;
    }
  }

  cache::Cache cache{{.memory_bytes = std::size_t{64} << 20}};
  ObjectStore store{cache};
  State last = State::kLater;
};

TEST_F(RangeBodyTest, GivesOneRangeOfAnInlineBody) {
  RangeBody body(inline_object("0123456789"), {{2, 5}}, "text/plain");
  EXPECT_EQ(body.size(), 4U);
  EXPECT_FALSE(body.is_multipart());
  EXPECT_EQ(body.response_type(), "text/plain");
  EXPECT_EQ(pull_all(body), "2345");
  EXPECT_EQ(last, State::kEnd);
  EXPECT_EQ(body.pull(1).state, State::kEnd);
}

TEST_F(RangeBodyTest, GivesNothingOfAnEmptyBody) {
  RangeBody body(inline_object(""), {}, "");
  EXPECT_EQ(body.size(), 0U);
  EXPECT_EQ(pull_all(body), "");
  EXPECT_EQ(last, State::kEnd);
}

TEST_F(RangeBodyTest, GivesAWholeBodyThatLiesInPieces) {
  const std::string bytes = any_bytes(200'000);
  RangeBody body(inline_object(bytes), {{0, bytes.size() - 1}}, "");
  EXPECT_EQ(pull_all(body, 1000), bytes);
}

TEST_F(RangeBodyTest, GivesSeveralRangesAsAMultipart) {
  RangeBody body(inline_object("0123456789"), {{0, 0}, {8, 9}, {2, 3}}, "text/plain");
  const std::string type = body.response_type();
  const std::string_view begin = "multipart/byteranges; boundary=";
  ASSERT_TRUE(type.starts_with(begin)) << type;
  const std::string line = "--" + type.substr(begin.size());
  const std::string expected =
      line + "\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-0/10\r\n\r\n0\r\n" +  //
      line + "\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n" + line +
      "\r\nContent-Type: text/plain\r\nContent-Range: bytes 2-3/10\r\n\r\n23\r\n" + line + "--\r\n";
  EXPECT_EQ(body.size(), expected.size());
  EXPECT_EQ(pull_all(body, 7), expected);
  EXPECT_EQ(last, State::kEnd);
}

TEST_F(RangeBodyTest, SaysNoTypeWhereTheObjectHasNone) {
  RangeBody body(inline_object("0123456789"), {{0, 0}, {8, 9}}, "");
  const std::size_t size = body.size();
  const std::string bytes = pull_all(body);
  EXPECT_EQ(bytes.size(), size);
  EXPECT_EQ(bytes.find("Content-Type"), std::string::npos);
}

TEST_F(RangeBodyTest, IsTheSameForRandomRangesAndRooms) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  std::mt19937_64 random(seed);
  const std::string bytes = any_bytes(5 * kPart + 1000);
  const Object whole = object_in_parts(bytes);
  TestSupplier supplier(store, 7, bytes);
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t first = random() % bytes.size();
    const std::uint64_t last_byte = first + random() % (bytes.size() - first);
    RangeBody body(std::move(store.find("k", {}, kTestNow).object), {{first, last_byte}}, "",
                   &supplier);
    ASSERT_EQ(pull_all(body, 1 + random() % (2 * kPart)),
              bytes.substr(first, last_byte - first + 1));
  }
}

TEST_F(RangeBodyTest, LooksForEachPartOnce) {
  const std::string bytes = any_bytes(2 * kPart + 5);
  Object object = object_in_parts(bytes);
  TestSupplier supplier(store, 7, bytes);
  RangeBody body(std::move(object), {{0, bytes.size() - 1}}, "", &supplier);
  EXPECT_EQ(pull_all(body, 1000), bytes);
  EXPECT_EQ(supplier.looks, 3U);
}

TEST_F(RangeBodyTest, WhatWasPulledStaysUnderItsPin) {
  const std::string bytes = any_bytes(kPart + 1000);
  std::vector<Pulled> pulled;
  {
    Object object = object_in_parts(bytes);
    TestSupplier supplier(store, 7, bytes);
    RangeBody body(std::move(object), {{0, bytes.size() - 1}}, "", &supplier);
    for (;;) {
      Pulled next = body.pull(50'000);
      if (next.state != State::kBytes) break;
      ASSERT_TRUE(next.pin);
      pulled.push_back(std::move(next));
    }
  }
  cache.flush(kTestNow, kTestNow);
  while (cache.tend(kTestNow + 1)) {
  }
  std::string all;
  for (const Pulled& each : pulled) all += each.bytes;
  EXPECT_EQ(all, bytes);
  EXPECT_GT(cache.usage().pinned_bytes, 0U);
  pulled.clear();
  EXPECT_EQ(cache.usage().pinned_bytes, 0U);
}

TEST_F(RangeBodyTest, AMissingPartComesFromTheSupplier) {
  const std::string bytes = any_bytes(3 * kPart);
  Object object = object_in_parts(bytes, {1});
  TestSupplier supplier(store, 7, bytes);
  RangeBody body(std::move(object), {{kPart - 10, 2 * kPart + 9}}, "", &supplier);
  Reader reader;
  body.read_by(&reader);
  std::string got = pull_all(body);
  EXPECT_EQ(last, State::kLater);
  EXPECT_EQ(got.size(), 10U);
  supplier.given = 1000;
  body.go_on();
  EXPECT_EQ(reader.told, 1);
  got += pull_all(body);
  EXPECT_EQ(last, State::kLater);
  EXPECT_EQ(got.size(), 1010U);
  supplier.given = kPart;
  got += pull_all(body);
  EXPECT_EQ(last, State::kEnd);
  EXPECT_EQ(got, bytes.substr(kPart - 10, kPart + 20));
}

TEST_F(RangeBodyTest, OfAPartOfTheWrongSizeNothingIsGiven) {
  const std::string bytes = any_bytes(2 * kPart);
  Object object = object_in_parts(bytes);
  ASSERT_TRUE(store.put_part(7, 1, "too short", kTestNow));
  TestSupplier supplier(store, 7, bytes);
  supplier.given = kPart;
  RangeBody body(std::move(object), {{0, bytes.size() - 1}}, "", &supplier);
  EXPECT_EQ(pull_all(body), bytes);
}

TEST_F(RangeBodyTest, FailsForGoodWhenAPartWillNotCome) {
  const std::string bytes = any_bytes(2 * kPart);
  for (const State state : {State::kFailed, State::kEnd}) {
    Object object = object_in_parts(bytes, {1});
    TestSupplier supplier(store, 7, bytes);
    supplier.state = state;
    RangeBody body(std::move(object), {{kPart - 1, 2 * kPart - 1}}, "", &supplier);
    EXPECT_EQ(pull_all(body).size(), 1U);
    EXPECT_EQ(last, State::kFailed);
    supplier.state = State::kBytes;
    supplier.given = kPart;
    EXPECT_EQ(body.pull(1).state, State::kFailed);
  }
}

}  // namespace
}  // namespace larder::serve::edge
