// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/binary.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>
#include <vector>

#include "base/limits.h"

namespace larder::wire::memcache::binary {

static std::ostream& operator<<(std::ostream& out, Status status) {
  return out << "status " << static_cast<int>(status);
}

namespace {

using State = Taken::State;
using namespace std::string_literals;

std::string number(std::uint64_t value, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = bytes; i-- != 0; value >>= 8) text[i] = static_cast<char>(value & 0xff);
  return text;
}

// A request as a client sends it; the lengths are told apart so that they can be wrong.
struct Sent {
  int opcode = 0;
  std::string extras = {};
  std::string key = {};
  std::string value = {};
  std::uint64_t cas = 0;

  std::string bytes() const {
    return head(key.size(), extras.size(), extras.size() + key.size() + value.size()) + extras +
           key + value;
  }
  std::string head(std::size_t key_bytes, std::size_t extras_bytes, std::size_t body_bytes) const {
    return "\x80"s + static_cast<char>(opcode) + number(key_bytes, 2) + number(extras_bytes, 1) +
           "\x7f" + number(0x1234, 2) + number(body_bytes, 4) + number(0xdeadbeef, 4) +
           number(cas, 8);
  }
};

Request take(const std::string& bytes) {
  Request request;
  EXPECT_EQ(take_request(bytes, request).state, State::kComplete);
  return request;
}

// ---- what is well formed

struct Form {
  int opcode;
  Verb verb;
  bool quiet;
  bool with_key;
  std::size_t extras;
  bool key;
  bool value;
};

constexpr auto kForms = std::to_array<Form>({
    {0x00, Verb::kGet, false, false, 0, true, false},
    {0x09, Verb::kGet, true, false, 0, true, false},
    {0x0c, Verb::kGet, false, true, 0, true, false},
    {0x0d, Verb::kGet, true, true, 0, true, false},
    {0x01, Verb::kSet, false, false, 8, true, true},
    {0x11, Verb::kSet, true, false, 8, true, true},
    {0x02, Verb::kAdd, false, false, 8, true, true},
    {0x12, Verb::kAdd, true, false, 8, true, true},
    {0x03, Verb::kReplace, false, false, 8, true, true},
    {0x13, Verb::kReplace, true, false, 8, true, true},
    {0x04, Verb::kDelete, false, false, 0, true, false},
    {0x14, Verb::kDelete, true, false, 0, true, false},
    {0x05, Verb::kIncr, false, false, 20, true, false},
    {0x15, Verb::kIncr, true, false, 20, true, false},
    {0x06, Verb::kDecr, false, false, 20, true, false},
    {0x16, Verb::kDecr, true, false, 20, true, false},
    {0x07, Verb::kQuit, false, false, 0, false, false},
    {0x17, Verb::kQuit, true, false, 0, false, false},
    {0x08, Verb::kFlush, false, false, 4, false, false},
    {0x18, Verb::kFlush, true, false, 4, false, false},
    {0x0a, Verb::kNoop, false, false, 0, false, false},
    {0x0b, Verb::kVersion, false, false, 0, false, false},
    {0x0e, Verb::kAppend, false, false, 0, true, true},
    {0x19, Verb::kAppend, true, false, 0, true, true},
    {0x0f, Verb::kPrepend, false, false, 0, true, true},
    {0x1a, Verb::kPrepend, true, false, 0, true, true},
    {0x10, Verb::kStat, false, false, 0, true, false},
    {0x1c, Verb::kTouch, false, false, 4, true, false},
    {0x1d, Verb::kGat, false, false, 4, true, false},
    {0x1e, Verb::kGat, true, false, 4, true, false},
    {0x23, Verb::kGat, false, true, 4, true, false},
    {0x24, Verb::kGat, true, true, 4, true, false},
    {0x20, Verb::kSaslList, false, false, 0, false, false},
    {0x21, Verb::kSaslAuth, false, false, 0, true, true},
    {0x22, Verb::kSaslStep, false, false, 0, true, true},
});

Sent sent(const Form& form) {
  return {.opcode = form.opcode,
          .extras = std::string(form.extras, '\x01'),
          .key = form.key ? "a key" : "",
          .value = form.value ? "some value" : "",
          .cas = 0x0102030405060708};
}

TEST(take_request, KnowsEveryOpcode) {
  for (const Form& form : kForms) {
    SCOPED_TRACE(form.opcode);
    const Sent request = sent(form);
    const std::string bytes = request.bytes() + "\x80more";
    Request got;
    const Taken taken = take_request(bytes, got);
    ASSERT_EQ(taken.state, State::kComplete);
    EXPECT_EQ(taken.consumed, kHeadBytes + request.extras.size() + request.key.size());
    EXPECT_EQ(got.fault, Status::kOk);
    EXPECT_EQ(got.verb, form.verb);
    EXPECT_EQ(got.quiet, form.quiet);
    EXPECT_EQ(got.with_key, form.with_key);
    EXPECT_EQ(got.opcode, form.opcode);
    EXPECT_EQ(got.opaque, 0xdeadbeef);
    EXPECT_EQ(got.cas, request.cas);
    EXPECT_EQ(got.key, request.key);
    EXPECT_EQ(got.value_bytes, request.value.size());
    EXPECT_EQ(got.has_exptime, form.extras != 0);
  }
}

TEST(take_request, WaitsForTheKey) {
  for (const Form& form : kForms) {
    SCOPED_TRACE(form.opcode);
    const Sent request = sent(form);
    const std::string bytes = request.bytes();
    const std::size_t whole = kHeadBytes + request.extras.size() + request.key.size();
    for (std::size_t cut = 0; cut < whole; ++cut) {
      Request got;
      const Taken taken = take_request(std::string_view(bytes).substr(0, cut), got);
      ASSERT_EQ(taken.state, State::kPartial) << cut;
      ASSERT_EQ(taken.consumed, 0U);
    }
    for (std::size_t cut = whole; cut <= bytes.size(); ++cut) {
      Request got;
      ASSERT_EQ(take_request(std::string_view(bytes).substr(0, cut), got).state, State::kComplete);
    }
  }
}

TEST(take_request, ReadsExtras) {
  const Request set =
      take(Sent{.opcode = 0x01, .extras = number(0xcafe0001, 4) + number(0xffffffff, 4), .key = "k"}
               .bytes());
  EXPECT_EQ(set.flags, 0xcafe0001);
  EXPECT_EQ(set.exptime, 0xffffffff);
  const std::string counting = number(0x0102030405060708, 8) + number(~std::uint64_t{0}, 8);
  const Request incr =
      take(Sent{.opcode = 0x05, .extras = counting + number(kDoNotCreate, 4), .key = "k"}.bytes());
  EXPECT_EQ(incr.delta, 0x0102030405060708U);
  EXPECT_EQ(incr.initial, ~std::uint64_t{0});
  EXPECT_EQ(incr.exptime, kDoNotCreate);
  const Request gat = take(Sent{.opcode = 0x1d, .extras = number(77, 4), .key = "k"}.bytes());
  EXPECT_EQ(gat.exptime, 77U);
  EXPECT_EQ(gat.flags, 0U);
}

TEST(take_request, TakesAFlushWithAndWithoutATime) {
  const Request now = take(Sent{.opcode = 0x08}.bytes());
  EXPECT_EQ(now.fault, Status::kOk);
  EXPECT_FALSE(now.has_exptime);
  const Request later = take(Sent{.opcode = 0x08, .extras = number(5, 4)}.bytes());
  EXPECT_TRUE(later.has_exptime);
  EXPECT_EQ(later.exptime, 5U);
}

TEST(take_request, TakesAStatWithAndWithoutAKey) {
  EXPECT_EQ(take(Sent{.opcode = 0x10}.bytes()).key, "");
  EXPECT_EQ(take(Sent{.opcode = 0x10, .key = "detail on"}.bytes()).key, "detail on");
}

TEST(take_request, TakesAnyBytesForAKey) {
  const std::string key = "a b\r\n\0\x80"s;
  EXPECT_EQ(take(Sent{.opcode = 0x00, .key = key}.bytes()).key, key);
  const std::string longest(limits::kMaxKeyBytes, 'k');
  EXPECT_EQ(take(Sent{.opcode = 0x00, .key = longest}.bytes()).key, longest);
}

TEST(take_request, ForgetsTheRequestBefore) {
  Request request;
  take_request(Sent{.opcode = 0x05, .extras = std::string(20, '\x01'), .key = "k"}.bytes(),
               request);
  take_request(Sent{.opcode = 0x0a}.bytes(), request);
  EXPECT_EQ(request.verb, Verb::kNoop);
  EXPECT_EQ(request.delta, 0U);
  EXPECT_EQ(request.key, "");
  EXPECT_FALSE(request.has_exptime);
}

// ---- what is not

void expect_refused(const std::string& bytes, Status why) {
  Request request;
  const Taken taken = take_request(bytes, request);
  EXPECT_EQ(taken.state, State::kComplete);
  EXPECT_EQ(taken.consumed, kHeadBytes);
  EXPECT_EQ(request.fault, why);
  EXPECT_TRUE(request.closes);
  EXPECT_EQ(request.opaque, 0xdeadbeef);
}

TEST(take_request, RefusesEveryOtherShape) {
  for (const Form& form : kForms) {
    SCOPED_TRACE(form.opcode);
    const Sent good = sent(form);
    std::vector<Sent> bad;
    for (const std::size_t extras : {0, 1, 3, 4, 5, 7, 8, 9, 19, 20, 21, 255}) {
      const bool lacking_flush = form.verb == Verb::kFlush && extras == 0;
      if (extras == form.extras || lacking_flush) continue;
      bad.push_back(good);
      bad.back().extras.assign(extras, '\0');
    }
    if (form.verb != Verb::kStat) {
      bad.push_back(good);
      bad.back().key = form.key ? "" : "key";
      if (!form.value) {
        bad.push_back(good);
        bad.back().value = "v";
      }
    }
    if (form.key) {
      bad.push_back(good);
      bad.back().key.assign(limits::kMaxKeyBytes + 1, 'k');
    }
    for (const Sent& request : bad) expect_refused(request.bytes(), Status::kInvalid);
  }
}

TEST(take_request, RefusesLengthsThatDoNotFitInTheBody) {
  expect_refused(Sent{.opcode = 0x00}.head(1, 0, 0), Status::kUnknownCommand);
  expect_refused(Sent{.opcode = 0x01}.head(1, 8, 4), Status::kUnknownCommand);
  expect_refused(Sent{.opcode = 0x01}.head(1, 8, 8), Status::kUnknownCommand);
  expect_refused(Sent{.opcode = 0x01}.head(0xffff, 8, 9), Status::kUnknownCommand);
}

TEST(take_request, RefusesABodyAboveOneGibibyte) {
  expect_refused(Sent{.opcode = 0x01}.head(1, 8, limits::GiB + 1), Status::kInvalid);
  expect_refused(Sent{.opcode = 0x01}.head(1, 8, 0xffffffff), Status::kInvalid);
  Request request;
  const std::string most = Sent{.opcode = 0x01}.head(1, 8, limits::GiB) + std::string(9, 'x');
  EXPECT_EQ(take_request(most, request).state, State::kComplete);
  EXPECT_EQ(request.fault, Status::kOk);
  EXPECT_EQ(request.value_bytes, limits::GiB - 9);
}

TEST(take_request, SkipsTheBodyOfAnOpcodeThatItDoesNotKnow) {
  for (const int opcode : {0x1b, 0x1f, 0x25, 0x30, 0x3d, 0x80, 0xff}) {
    Request request;
    const Sent unknown{.opcode = opcode, .extras = "1234", .key = "key", .value = "value"};
    const Taken taken = take_request(unknown.bytes(), request);
    EXPECT_EQ(taken.state, State::kComplete);
    EXPECT_EQ(taken.consumed, kHeadBytes);
    EXPECT_EQ(request.fault, Status::kUnknownCommand);
    EXPECT_FALSE(request.closes);
    EXPECT_EQ(request.value_bytes, 12U);
    EXPECT_EQ(request.opcode, opcode);
  }
}

TEST(take_request, SeesAtTheFirstByteThatItIsNone) {
  for (const std::string& bytes : {"get k\r\n"s, "\x81"s, "\x7f"s, "\0"s}) {
    Request request;
    EXPECT_EQ(take_request(bytes, request).state, State::kBadMagic);
  }
  Request request;
  EXPECT_EQ(take_request("", request).state, State::kPartial);
}

// ---- replies

TEST(write_head, WritesEveryField) {
  std::array<char, kHeadBytes> out;
  const ReplyHead head{.opcode = 0x0c,
                       .status = Status::kNotFound,
                       .opaque = 0x01020304,
                       .cas = 0x1112131415161718,
                       .extras_bytes = 4,
                       .key_bytes = 0x0102,
                       .value_bytes = 0x00010000};
  EXPECT_EQ(write_head(out.data(), head), out.data() + out.size());
  EXPECT_EQ(std::string(out.data(), out.size()),
            "\x81\x0c\x01\x02\x04\x00\x00\x01\x00\x01\x01\x06\x01\x02\x03\x04"
            "\x11\x12\x13\x14\x15\x16\x17\x18"s);
}

TEST(write_number, WritesTheHighestByteFirst) {
  std::array<char, 12> out;
  char* const end = write_number(write_number(out.data(), std::uint32_t{0x01020304}),
                                 std::uint64_t{0x05060708090a0b0c});
  EXPECT_EQ(end, out.data() + out.size());
  EXPECT_EQ(std::string(out.data(), out.size()), "\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c");
}

TEST(text_of, SaysWhatMemcachedSays) {
  EXPECT_EQ(text_of(Status::kOk), "");
  EXPECT_EQ(text_of(Status::kNotFound), "Not found");
  EXPECT_EQ(text_of(Status::kExists), "Data exists for key.");
  EXPECT_EQ(text_of(Status::kTooLarge), "Too large.");
  EXPECT_EQ(text_of(Status::kInvalid), "Invalid arguments");
  EXPECT_EQ(text_of(Status::kNotStored), "Not stored.");
  EXPECT_EQ(text_of(Status::kNotNumeric), "Non-numeric server-side value for incr or decr");
  EXPECT_EQ(text_of(Status::kNotAuthenticated), "Auth failure.");
  EXPECT_EQ(text_of(Status::kUnknownCommand), "Unknown command");
  EXPECT_EQ(text_of(Status::kNoMemory), "Out of memory");
}

}  // namespace
}  // namespace larder::wire::memcache::binary
