// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/answers.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"

namespace larder::cli::replay {
namespace {

void fill(Batch& batch, std::initializer_list<std::string_view> gets) {
  for (const std::string_view key : gets) {
    Request request;
    request.key = key;
    EXPECT_TRUE(batch.add(request));
  }
}

std::string hits_of(const Batch& batch) {
  std::string hits;
  for (const Batch::Entry& entry : batch.entries()) {
    if (entry.hit) hits += batch.key(entry);
  }
  return hits;
}

// The whole conversation in pieces; what was wrong, if anything.
std::string feed(Answers& answers, std::string_view bytes, std::size_t piece) {
  std::string unread;
  while (!bytes.empty()) {
    unread += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    auto consumed = answers.scan(unread);
    if (!consumed) return consumed.failure().what;
    unread.erase(0, *consumed);
  }
  return unread;
}

TEST(Answers, TellWhatWasFoundAndStored) {
  for (const std::size_t piece : {1U, 2U, 7U, 1000U}) {
    Batch batch(8);
    fill(batch, {"a", "b", "c", "d"});
    Answers answers;
    Counts before;
    Counts now;
    for (int turn = 0; turn < 2; ++turn) {
      answers.clear();
      answers.expect_set(before);
      answers.expect_set(before);
      answers.expect_get(batch);
      answers.expect_set(now);
      answers.expect_delete(now);
      answers.expect_delete(now);
      EXPECT_FALSE(answers.all_come());
      EXPECT_EQ(feed(answers,
                     "STORED\r\nSERVER_ERROR object too large for cache\r\n"
                     "VALUE b 0 5\r\nEND\r\n\r\nVALUE d 7 0\r\n\r\nEND\r\n"
                     "STORED\r\nDELETED\r\nNOT_FOUND\r\n",
                     piece),
                "");
      EXPECT_TRUE(answers.all_come());
    }
    EXPECT_EQ(hits_of(batch), "bd");
    EXPECT_EQ(before.stored, 2U);
    EXPECT_EQ(before.refused, 2U);
    EXPECT_EQ(now.stored, 2U);
    EXPECT_EQ(now.deletes, 4U);
    EXPECT_EQ(answers.first_refusal(), "SERVER_ERROR object too large for cache");
  }
}

TEST(Answers, TellRepeatedGetsApart) {
  Batch batch(8);
  fill(batch, {"a", "b", "a", "b", "b"});
  Answers answers;
  answers.expect_get(batch);
  EXPECT_EQ(feed(answers, "VALUE a 0 1\r\nx\r\nVALUE a 0 1\r\nx\r\nEND\r\n", 3), "");
  EXPECT_EQ(hits_of(batch), "aa");
  batch.entries()[3].asked_twice = true;
  batch.entries()[4].asked_twice = true;
  answers.clear();
  Counts counts;
  answers.expect_set(counts);
  answers.expect_second_get(batch);
  EXPECT_EQ(feed(answers, "STORED\r\nVALUE b 0 1\r\nx\r\nVALUE b 0 1\r\nx\r\nEND\r\n", 3), "");
  EXPECT_EQ(hits_of(batch), "aabb");
  EXPECT_FALSE(batch.entries()[1].hit);
}

TEST(Answers, RefuseWhatDoesNotFit) {
  for (const char* reply : {"VALUE c 0 1\r\nx\r\n", "VALUE b 0 1\r\nx\r\nVALUE a 0 1\r\nx\r\n",
                            "STORED\r\n", "VALUE a 0 1\r\nx\r\nVALUE a 0 1\r\nx\r\n",
                            "VALUE a 0 x\r\n", "SERVER_ERROR busy\r\n", "\r\n", "END\r\nEND\r\n"}) {
    Batch batch(8);
    fill(batch, {"a", "b"});
    Answers answers;
    answers.expect_get(batch);
    EXPECT_NE(feed(answers, reply, 1000), "") << reply;
  }
  Counts counts;
  Answers answers;
  answers.expect_set(counts);
  EXPECT_NE(feed(answers, "END\r\n", 1000), "");
  Answers endless;
  endless.expect_set(counts);
  EXPECT_NE(feed(endless, std::string(limits::kMaxReplyLineBytes, 'x'), 1000), "");
}

}  // namespace
}  // namespace larder::cli::replay
