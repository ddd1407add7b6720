// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/get_reply.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"

namespace larder::wire::memcache {
namespace {

using Step = GetReply::Step;

// A reply that comes in pieces, read as a connection reads it.
struct Read {
  Step end = Step::kMore;
  std::string value;
  std::uint32_t flags = 0;
  std::size_t left = 0;  // bytes behind the end
};

class Reader {
 public:
  explicit Reader(std::string_view key) { reply_.begin(key); }

  // → whether more has to come.
  bool add(std::string_view bytes) {
    unread_ += bytes;
    while (step()) {
    }
    read_.left = unread_.size();
    return read_.end == Step::kMore;
  }
  const Read& read() const { return read_; }

 private:
  bool step() {
    const GetReply::Taken taken = reply_.take(unread_);
    if (taken.step == Step::kBytes) read_.value += unread_.substr(0, taken.bytes);
    unread_.erase(0, taken.bytes);
    read_.flags = reply_.flags();
    if (taken.step == Step::kHead || taken.step == Step::kBytes) return true;
    read_.end = taken.step;
    return false;
  }

  GetReply reply_;
  std::string unread_;
  Read read_;
};

Read read_whole(std::string_view reply) {
  Reader reader("key");
  reader.add(reply);
  return reader.read();
}

TEST(GetReply, HasAValueWithItsFlags) {
  const Read read = read_whole("VALUE key 4294967295 5\r\na\r\nbc\r\nEND\r\n");
  EXPECT_EQ(read.end, Step::kHit);
  EXPECT_EQ(read.value, "a\r\nbc");
  EXPECT_EQ(read.flags, 4294967295U);
  EXPECT_EQ(read.left, 0U);
}

TEST(GetReply, MayBeEmpty) {
  EXPECT_EQ(read_whole("VALUE key 0 0\r\n\r\nEND\r\n").end, Step::kHit);
}

TEST(GetReply, IsAMissOrRefused) {
  EXPECT_EQ(read_whole("END\r\n").end, Step::kMiss);
  for (const char* error : {"ERROR\r\n", "CLIENT_ERROR bad\r\n", "SERVER_ERROR out of it\r\n"}) {
    EXPECT_EQ(read_whole(error).end, Step::kRefused) << error;
  }
}

TEST(GetReply, LeavesWhatIsBehindIt) {
  EXPECT_EQ(read_whole("END\r\nEND\r\n").left, 5U);
  EXPECT_EQ(read_whole("VALUE key 0 1\r\nx\r\nEND\r\nVALUE").left, 5U);
}

TEST(GetReply, IsBrokenInEveryDoubt) {
  const std::vector<std::string> all = {
      "VALUE kex 0 1\r\nx\r\nEND\r\n",
      "VALUE ke 0 1\r\nx\r\nEND\r\n",
      "VALUE keys 0 1\r\nx\r\nEND\r\n",
      "VALUE key 0 1 7\r\nx\r\nEND\r\n",
      "VALUE key 0 1 \r\nx\r\nEND\r\n",
      "VALUE key  0 1\r\nx\r\nEND\r\n",
      "VALUE key 0\r\nx\r\nEND\r\n",
      "VALUE key 4294967296 1\r\nx\r\nEND\r\n",
      "VALUE key -1 1\r\nx\r\nEND\r\n",
      "VALUE key 0 -1\r\nx\r\nEND\r\n",
      "VALUE key 0 1x\r\nx\r\nEND\r\n",
      "VALUE key 0 18446744073709551616\r\nx\r\nEND\r\n",
      "VALUE key 0 1073741825\r\nx\r\nEND\r\n",
      "VALUE key 0 1\nx\r\nEND\r\n",
      "VALUE key 0 1\r\nxy\r\nEND\r\n",
      "VALUE key 0 2\r\nx\r\nEND\r\n",
      "VALUE key 0 1\r\nx\r\nVALUE",
      "value key 0 1\r\nx\r\nEND\r\n",
      "END \r\n",
      "END\n",
      "\r\n",
      "\n",
      "STORED\r\n",
      "ERRORS\r\n",
      "HTTP/1.1 400 Bad Request\r\n",
      std::string(limits::kMaxReplyLineBytes, 'x'),
      "SERVER_ERROR " + std::string(limits::kMaxReplyLineBytes, 'x') + "\r\n",
  };
  for (const std::string& reply : all) EXPECT_EQ(read_whole(reply).end, Step::kBroken) << reply;
}

TEST(GetReply, IsTheSameInAnyPieces) {
  const std::vector<std::string> all = {"VALUE key 7 5\r\na\r\nbc\r\nEND\r\n",
                                        "VALUE key 0 0\r\n\r\nEND\r\n", "END\r\n",
                                        "SERVER_ERROR out of memory\r\n"};
  for (const std::string& reply : all) {
    const Read whole = read_whole(reply);
    for (std::size_t cut = 1; cut < reply.size(); ++cut) {
      Reader reader("key");
      EXPECT_TRUE(reader.add(reply.substr(0, cut))) << reply << cut;
      EXPECT_FALSE(reader.add(reply.substr(cut))) << reply << cut;
      EXPECT_EQ(reader.read().end, whole.end);
      EXPECT_EQ(reader.read().value, whole.value);
      EXPECT_EQ(reader.read().flags, whole.flags);
    }
  }
}

TEST(GetReply, BeginsAnew) {
  GetReply reply;
  reply.begin("a");
  EXPECT_EQ(reply.take("VALUE a 1 9\r\n").step, Step::kHead);
  reply.begin("b");
  EXPECT_EQ(reply.take("END\r\n").step, Step::kMiss);
  EXPECT_EQ(reply.flags(), 0U);
}

}  // namespace
}  // namespace larder::wire::memcache
