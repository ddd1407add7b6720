// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/outbox.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "io/test_memory.h"

namespace larder::io {
namespace {

using limits::kOutboxChunkBytes;
constexpr std::size_t kFrozen = limits::kFrozenBytes;

// Bytes that know how often their pin was dropped.
struct Pinned {
  explicit Pinned(std::string text) : bytes(std::move(text)) {}
  base::Pin pin() {
    return {this, [](void* self) noexcept { ++static_cast<Pinned*>(self)->drops; }};
  }
  std::string bytes;
  int drops = 0;
};

// What the outbox would send.
std::string gathered(const Outbox& outbox) {
  std::array<iovec, limits::kSendPieces> pieces;
  std::string all;
  const std::size_t count = outbox.gather(pieces);
  for (std::size_t i = 0; i < count; ++i) {
    all.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  }
  return all;
}

class OutboxTest : public testing::Test {
 protected:
  Pinned& pinned(const std::string& text) { return values_.emplace_back(text); }

  std::deque<Pinned> values_;  // goes last: the outbox drops their pins
  OutboxPool pool_;
  Outbox outbox_{pool_};
};

TEST_F(OutboxTest, IsEmptyAtFirst) {
  EXPECT_TRUE(outbox_.empty());
  EXPECT_FALSE(outbox_.full());
  EXPECT_EQ(gathered(outbox_), "");
  outbox_.sent(0);
  outbox_.clear();
}

TEST_F(OutboxTest, ForgetsNothingThatIsAppended) {
  std::string expected;
  for (std::size_t size = 0; size < 3 * kOutboxChunkBytes; size = size * 3 + 1) {
    const std::string text = text_of(size);
    outbox_.append(text);
    expected += text;
  }
  EXPECT_EQ(outbox_.unsent(), expected.size());
  EXPECT_EQ(gathered(outbox_), expected);
}

TEST_F(OutboxTest, GivesContiguousRoomUpToAChunk) {
  outbox_.append("x");
  char* const room = outbox_.room(OutboxPool::kRoomBytes);
  std::memset(room, 'y', OutboxPool::kRoomBytes);
  outbox_.appended(OutboxPool::kRoomBytes);
  EXPECT_EQ(gathered(outbox_), "x" + std::string(OutboxPool::kRoomBytes, 'y'));
}

TEST_F(OutboxTest, CountsOnlyWhatWasWrittenIntoTheRoom) {
  std::memcpy(outbox_.room(100), "reply", 5);
  outbox_.appended(5);
  outbox_.append("!");
  EXPECT_EQ(gathered(outbox_), "reply!");
}

TEST_F(OutboxTest, CopiesWhateverPartOfWhatIsNotSent) {
  outbox_.append("a chunk ");
  outbox_.append_pinned(pinned("a pinned value ").bytes, {});
  const TestMemory pages(text_of(kFrozen));
  outbox_.append_frozen(pages.text(), {});
  outbox_.append("another chunk");
  outbox_.sent(2);
  const std::string all = "chunk a pinned value " + std::string(pages.text()) + "another chunk";
  ASSERT_EQ(outbox_.unsent(), all.size());
  for (const std::size_t offset : {std::size_t{0}, std::size_t{3}, std::size_t{6}, std::size_t{20},
                                   all.size() - 14, all.size() - 1, all.size()}) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{30}, all.size()}) {
      std::string copied(size, '?');
      copied.resize(outbox_.copy(offset, copied));
      EXPECT_EQ(copied, all.substr(offset, size)) << offset << " " << size;
    }
  }
  EXPECT_EQ(outbox_.unsent(), all.size());
}

// A send may be in flight while replies are appended.
TEST_F(OutboxTest, NeverMovesWhatIsAppended) {
  Pinned& value = pinned("value");
  outbox_.append("first");
  std::array<iovec, limits::kSendPieces> in_flight;
  ASSERT_EQ(outbox_.gather(in_flight), 1U);
  outbox_.append_pinned(value.bytes, value.pin());
  outbox_.append(text_of(3 * kOutboxChunkBytes));
  std::array<iovec, limits::kSendPieces> now;
  ASSERT_GE(outbox_.gather(now), 3U);
  EXPECT_EQ(now[0].iov_base, in_flight[0].iov_base);
  EXPECT_EQ(std::string_view(static_cast<const char*>(in_flight[0].iov_base), 5), "first");
}

TEST_F(OutboxTest, SendsPinnedBytesFromWhereTheyLie) {
  Pinned& value = pinned(text_of(50'000));
  outbox_.append("VALUE\r\n");
  outbox_.append_pinned(value.bytes, value.pin());
  outbox_.append("\r\n");
  std::array<iovec, limits::kSendPieces> pieces;
  ASSERT_EQ(outbox_.gather(pieces), 3U);
  EXPECT_EQ(pieces[1].iov_base, value.bytes.data());
  EXPECT_EQ(gathered(outbox_), "VALUE\r\n" + value.bytes + "\r\n");
  EXPECT_EQ(value.drops, 0);
}

TEST_F(OutboxTest, AppendsBehindPinnedBytesIntoAnotherChunk) {
  Pinned& value = pinned("pinned");
  outbox_.append("a");
  outbox_.append_pinned(value.bytes, value.pin());
  outbox_.append("b");
  outbox_.append("c");
  EXPECT_EQ(gathered(outbox_), "apinnedbc");
}

TEST_F(OutboxTest, DropsThePinOfNothingAtOnce) {
  Pinned& nothing = pinned("");
  outbox_.append_pinned(nothing.bytes, nothing.pin());
  EXPECT_EQ(nothing.drops, 1);
  EXPECT_TRUE(outbox_.empty());
}

// chunk, pin, pin, chunk: cut by two sends at every pair of places.
TEST_F(OutboxTest, GoesOnAtEveryByteAndDropsEachPinWhenItsBytesAreSent) {
  const std::string whole =
      "head"
      "FIRST"
      "SECOND"
      "tail";
  const std::size_t first_end = 9;
  const std::size_t second_end = 15;
  for (std::size_t one = 0; one <= whole.size(); ++one) {
    for (std::size_t two = one; two <= whole.size(); ++two) {
      Pinned& first = pinned("FIRST");
      Pinned& second = pinned("SECOND");
      outbox_.append("head");
      outbox_.append_pinned(first.bytes, first.pin());
      outbox_.append_pinned(second.bytes, second.pin());
      outbox_.append("tail");
      for (const std::size_t cut : {one, two}) {
        outbox_.sent(cut - (whole.size() - outbox_.unsent()));
        ASSERT_EQ(gathered(outbox_), whole.substr(cut));
        ASSERT_EQ(first.drops, cut >= first_end ? 1 : 0) << cut;
        ASSERT_EQ(second.drops, cut >= second_end ? 1 : 0) << cut;
      }
      outbox_.sent(whole.size() - two);
      ASSERT_TRUE(outbox_.empty());
      ASSERT_EQ(first.drops + second.drops, 2);
    }
  }
}

TEST_F(OutboxTest, AppendsAgainAfterAPartIsSent) {
  std::string all;
  std::string sent;
  for (std::size_t round = 1; round <= 300; ++round) {
    const std::string text = text_of(round);
    outbox_.append(text);
    all += text;
    const std::size_t now = outbox_.unsent() * (round % 4) / 3;
    const std::size_t some = std::min(now, outbox_.unsent());
    sent += gathered(outbox_).substr(0, some);
    outbox_.sent(some);
  }
  sent += gathered(outbox_);
  EXPECT_EQ(sent, all);
}

TEST_F(OutboxTest, GathersAsManyPiecesAsAskedFor) {
  std::vector<Pinned> values(2 * limits::kSendPieces, Pinned("v"));
  for (Pinned& value : values) outbox_.append_pinned(value.bytes, value.pin());
  EXPECT_EQ(gathered(outbox_).size(), limits::kSendPieces);
  outbox_.sent(limits::kSendPieces);
  EXPECT_EQ(gathered(outbox_).size(), limits::kSendPieces);
  outbox_.sent(limits::kSendPieces);
  EXPECT_TRUE(std::ranges::all_of(values, [](const Pinned& value) { return value.drops == 1; }));
}

// ---- frozen bytes

TEST_F(OutboxTest, GathersWholePagesOfFrozenBytesAlone) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::string text = text_of(kFrozen + 2 * page);
  const TestMemory memory(text);
  for (const auto& [before, after] : {std::pair<std::size_t, std::size_t>{0, 0},
                                      {1, 0},
                                      {0, 1},
                                      {100, 200},
                                      {page - 1, page - 1}}) {
    SCOPED_TRACE(before + after);
    Pinned& holder = pinned("");
    const std::string_view frozen = memory.text().substr(before, text.size() - before - after);
    outbox_.append("VALUE\r\n");
    outbox_.append_frozen(frozen, holder.pin());
    outbox_.append("\r\n");
    EXPECT_EQ(outbox_.unsent(), 7 + frozen.size() + 2);
    EXPECT_TRUE(outbox_.has_frozen());

    const std::size_t head = before == 0 ? 0 : page - before;
    EXPECT_TRUE(outbox_.frozen_front().empty());
    EXPECT_EQ(gathered(outbox_), "VALUE\r\n" + std::string(frozen.substr(0, head)));
    outbox_.sent(7 + head);
    const std::size_t tail = after == 0 ? 0 : page - after;
    const std::string_view whole = frozen.substr(head, frozen.size() - head - tail);
    EXPECT_EQ(outbox_.frozen_front(), whole);
    outbox_.sent(1);
    EXPECT_EQ(outbox_.frozen_front(), whole.substr(1));
    outbox_.sent(whole.size() - 1);
    EXPECT_EQ(holder.drops, tail == 0 ? 1 : 0);
    EXPECT_FALSE(outbox_.has_frozen());
    EXPECT_TRUE(outbox_.frozen_front().empty());
    EXPECT_EQ(gathered(outbox_), std::string(frozen.substr(frozen.size() - tail)) + "\r\n");
    outbox_.sent(tail + 2);
    EXPECT_EQ(holder.drops, 1);
  }
}

TEST_F(OutboxTest, TakesFewFrozenBytesForPinnedOnes) {
  const TestMemory memory(text_of(2 * kFrozen));
  Pinned& holder = pinned("");
  outbox_.append_frozen(memory.text().substr(1, kFrozen), holder.pin());
  EXPECT_FALSE(outbox_.has_frozen());
  EXPECT_EQ(gathered(outbox_), memory.text().substr(1, kFrozen));
  outbox_.sent(kFrozen);
  EXPECT_EQ(holder.drops, 1);
}

TEST_F(OutboxTest, ForgetsFrozenBytesWhenItIsCleared) {
  const TestMemory memory(text_of(kFrozen));
  Pinned& holder = pinned("");
  outbox_.append_frozen(memory.text(), {});
  outbox_.append_frozen(memory.text(), holder.pin());
  EXPECT_EQ(gathered(outbox_), memory.text()) << "one at a time";
  outbox_.clear();
  EXPECT_EQ(holder.drops, 1);
  EXPECT_FALSE(outbox_.has_frozen());
}

TEST_F(OutboxTest, IsFullFromItsLimitOn) {
  outbox_.append(text_of(limits::kFullOutboxBytes - 1));
  EXPECT_FALSE(outbox_.full());
  outbox_.append("x");
  EXPECT_TRUE(outbox_.full());
  outbox_.sent(1);
  EXPECT_FALSE(outbox_.full());
}

TEST_F(OutboxTest, DropsPinsOnceWhenItIsClearedHalfSent) {
  Pinned& first = pinned("first");
  Pinned& second = pinned("second");
  outbox_.append_pinned(first.bytes, first.pin());
  outbox_.append_pinned(second.bytes, second.pin());
  outbox_.sent(7);
  outbox_.clear();
  EXPECT_EQ(first.drops, 1);
  EXPECT_EQ(second.drops, 1);
  EXPECT_TRUE(outbox_.empty());
  outbox_.append("again");
  EXPECT_EQ(gathered(outbox_), "again");
}

TEST_F(OutboxTest, DropsPinsOnceWhenItDies) {
  Pinned& value = pinned("value");
  {
    Outbox dying(pool_);
    dying.append_pinned(value.bytes, value.pin());
  }
  EXPECT_EQ(value.drops, 1);
}

TEST_F(OutboxTest, RefusesToHaveSentMoreThanThereIs) {
  outbox_.append("ab");
  EXPECT_DEATH(outbox_.sent(3), "outbox");
}

// An idle connection owns nothing: the next one gets the very chunk.
TEST_F(OutboxTest, ReturnsItsChunksWhenEverythingIsSent) {
  char* const chunk = outbox_.room(1);
  outbox_.append("x");
  outbox_.sent(1);
  Outbox other(pool_);
  EXPECT_EQ(other.room(1), chunk);
}

TEST(OutboxPool, KeepsNoMoreThanItsIdleChunks) {
  OutboxPool pool;
  std::vector<OutboxPiece*> chunks;
  for (std::size_t i = 0; i < 2 * limits::kIdleOutboxChunks; ++i) {
    chunks.push_back(pool.take_chunk());
  }
  for (OutboxPiece* chunk : chunks) pool.give(chunk);  // the second half is freed: see asan
  EXPECT_EQ(pool.take_chunk(), chunks[limits::kIdleOutboxChunks - 1]);
  pool.give(chunks[limits::kIdleOutboxChunks - 1]);
}

TEST(OutboxPool, ReturnsTheChunksThatNobodyHasNeededForATime) {
  OutboxPool pool;
  std::vector<OutboxPiece*> chunks;
  for (int i = 0; i < 10; ++i) chunks.push_back(pool.take_chunk());
  for (OutboxPiece* chunk : chunks) pool.give(chunk);
  pool.trim();  // all of them were needed
  EXPECT_EQ(pool.bytes(), 10 * kOutboxChunkBytes);
  for (int i = 0; i < 100; ++i) pool.give(pool.take_chunk());
  pool.trim();  // one of them was
  EXPECT_EQ(pool.bytes(), kOutboxChunkBytes);
  EXPECT_TRUE(pool.has_idle());
  pool.trim();
  EXPECT_EQ(pool.bytes(), 0U);
  EXPECT_FALSE(pool.has_idle());
}

}  // namespace
}  // namespace larder::io
