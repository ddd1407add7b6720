// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/warm_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "store/store_audit.h"
#include "store/test_store.h"
#include "store/test_warm_file.h"

namespace larder::store {
namespace {

constexpr std::size_t kMiB = 1 << 20;
constexpr Limits kLimits = {.memory_bytes = 64 * kMiB, .item_bytes = 4 * kMiB};

// A store in a file that can be begun again.
class WarmStore {
 public:
  explicit WarmStore(const Limits& limits = kLimits) : limits_(limits) { begin(); }

  void begin() {
    store.reset();
    std::unique_ptr<WarmFile> file = open_warm(path, limits_, now);
    loss = file->loss();
    store.emplace(std::move(file), limits_.evict, now);
  }
  void begin_with(const Limits& limits) {
    limits_ = limits;
    begin();
  }

  Stored put(const std::string& key, std::string_view value, const Put& how = {}) {
    return store->put(store->key(key), value, how, now);
  }
  Found find(const std::string& key) { return store->find(store->key(key), {}, now); }
  std::string text(const std::string& key) {
    const Found found = find(key);
    return found.answer == Answer::kOk ? text_of(found.value) : "(nothing)";
  }

  TestPath path;
  UnixMs now = TestStore::kStart;
  std::string loss;
  std::optional<Store> store;

 private:
  Limits limits_;
};

std::string failure_of(const std::string& path, const Limits& limits = kLimits) {
  const auto file = WarmFile::open(path, limits, 0, TestStore::kStart);
  return file ? "" : file.failure().what;
}

std::size_t blocks_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return static_cast<std::size_t>(status.st_blocks) * 512;
}

void change_byte(const std::string& path, std::size_t at, char bits) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  char byte = 0;
  EXPECT_EQ(::pread(file, &byte, 1, static_cast<off_t>(at)), 1);
  byte = static_cast<char>(byte ^ bits);
  EXPECT_EQ(::pwrite(file, &byte, 1, static_cast<off_t>(at)), 1);
  ::close(file);
}

// Where the bytes lie in the first pages of the file.
std::size_t offset_of(const std::string& path, const std::string& bytes) {
  std::ifstream file(path, std::ios::binary);
  std::string head(4 * kMiB, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  const std::size_t at = head.find(bytes);
  EXPECT_NE(at, std::string::npos) << bytes;
  return at;
}

// ---- what comes back

TEST(WarmStore, HasEveryItemBack) {
  WarmStore warm;
  const std::string large(3 * kMiB, 'l');
  const Cas cas = warm.put("short", "value", {.flags = 9, .expires = warm.now + 5000}).cas;
  warm.put("long", large, {.flags = 1});
  warm.put("own", "", {.cas = 77});
  warm.store->remove(warm.store->key("own"), {.invalidate = true, .cas = 78}, warm.now);
  warm.begin();
  EXPECT_EQ(warm.store->recovered().items, 3U);
  EXPECT_EQ(warm.store->recovered().damaged, 0U);
  EXPECT_EQ(warm.loss, "");
  const Found found = warm.find("short");
  EXPECT_EQ(text_of(found.value), "value");
  EXPECT_EQ(found.flags, 9U);
  EXPECT_EQ(found.cas, cas);
  EXPECT_EQ(found.expires, warm.now + 5000);
  EXPECT_TRUE(warm.text("long") == large);
  EXPECT_EQ(warm.find("own").cas, 78U);
  EXPECT_TRUE(warm.find("own").stale);
}

TEST(WarmStore, IsOnTheSameAccountAsBefore) {
  WarmStore warm;
  for (int i = 0; i < 3000; ++i) {
    warm.put("key" + std::to_string(i % 1700), std::string(static_cast<std::size_t>(i) * 7, 'v'));
  }
  for (int i = 0; i < 100'000; ++i) warm.put("small" + std::to_string(i), "value");
  const Usage before = warm.store->usage();
  warm.begin();
  const Usage behind = warm.store->usage();
  EXPECT_EQ(behind.items, before.items);
  EXPECT_EQ(behind.total_bytes, StoreAudit(*warm.store).total());
  EXPECT_LE(behind.page_bytes, before.page_bytes);
  EXPECT_EQ(StoreAudit(*warm.store).linked().items, before.items);
  for (int i = 0; i < 100'000; i += 97) ASSERT_EQ(warm.text("small" + std::to_string(i)), "value");
}

TEST(WarmStore, ExpiresByTheDate) {
  WarmStore warm;
  warm.put("gone", "1", {.expires = warm.now + 5000});
  warm.put("stays", "2", {.expires = warm.now + 50'000});
  warm.now += 10'000;
  warm.begin();
  EXPECT_EQ(warm.text("gone"), "(nothing)");
  EXPECT_EQ(warm.text("stays"), "2");
  EXPECT_EQ(warm.store->recovered().items, 1U);
  warm.now += 40'000;
  EXPECT_EQ(warm.text("stays"), "(nothing)");
}

TEST(WarmStore, HasNothingBackThatWasRemovedOrFlushed) {
  WarmStore warm;
  warm.put("removed", "1");
  warm.put("flushed", "2");
  warm.store->remove(warm.store->key("removed"), {}, warm.now);
  warm.begin();
  EXPECT_EQ(warm.text("removed"), "(nothing)");
  EXPECT_EQ(warm.text("flushed"), "2");
  warm.store->flush(warm.now, warm.now);
  warm.put("later", "3");
  warm.begin();
  EXPECT_EQ(warm.text("flushed"), "(nothing)");
  EXPECT_EQ(warm.text("later"), "3");
}

TEST(WarmStore, FlushesLaterAllThatWasThere) {
  WarmStore warm;
  warm.put("before", "1");
  warm.store->flush(warm.now + 10'000, warm.now);
  warm.begin();
  EXPECT_EQ(warm.text("before"), "1");
  warm.now += 10'000;
  EXPECT_EQ(warm.text("before"), "(nothing)");
  warm.put("behind", "2");
  warm.store->flush(warm.now + 10'000, warm.now);
  warm.now += 20'000;
  warm.begin();
  EXPECT_EQ(warm.text("behind"), "(nothing)") << "it was to go while nobody ran";
}

TEST(WarmStore, HasNothingBackOfAFlushedPrefix) {
  WarmStore warm;
  warm.put("p:before", "1");
  warm.put("q:before", "2");
  EXPECT_EQ(warm.store->flush_prefix("p", warm.now, warm.now), Answer::kOk);
  warm.put("p:behind", "3");
  warm.begin();
  EXPECT_EQ(warm.text("p:before"), "(nothing)");
  EXPECT_EQ(warm.text("q:before"), "2");
  EXPECT_EQ(warm.text("p:behind"), "3");
  EXPECT_EQ(warm.store->recovered().items, 2U);
  EXPECT_EQ(warm.store->usage().flushed_prefixes, 0U) << "every page has been walked";
  warm.begin();
  EXPECT_EQ(warm.text("p:behind"), "3");
}

TEST(WarmStore, FlushesLaterWhatAPrefixHad) {
  WarmStore warm;
  warm.put("p:before", "1");
  warm.store->flush_prefix("p", warm.now + 5000, warm.now);
  warm.store->flush_prefix("p", warm.now + 10'000, warm.now);
  warm.now += 5000;
  warm.begin();
  EXPECT_EQ(warm.text("p:before"), "1");
  EXPECT_EQ(warm.store->usage().flushed_prefixes, 1U);
  warm.now += 5000;
  EXPECT_EQ(warm.text("p:before"), "(nothing)");
  warm.put("p:behind", "2");
  warm.store->flush_prefix("p", warm.now + 10'000, warm.now);
  warm.now += 20'000;
  warm.begin();
  EXPECT_EQ(warm.text("p:behind"), "(nothing)") << "it was to go while nobody ran";
}

// Records move with every change.
TEST(WarmStore, FlushesAsManyPrefixesAsThereIsRoomFor) {
  WarmStore warm;
  for (std::size_t i = 0; i < limits::kFlushedPrefixes; ++i) {
    const std::string prefix = "p" + std::to_string(i);
    warm.put(prefix + ":k", "v");
    ASSERT_EQ(warm.store->flush_prefix(prefix, warm.now + 10'000, warm.now), Answer::kOk);
    warm.store->flush_prefix("p0", warm.now + 20'000 + static_cast<UnixMs>(i), warm.now);
  }
  warm.now += 10'000;
  warm.begin();
  EXPECT_EQ(warm.store->recovered().items, 1U);
  EXPECT_EQ(warm.text("p0:k"), "v");
  EXPECT_EQ(warm.store->usage().flushed_prefixes, 1U);
}

TEST(WarmStore, NeverGivesALowerNumber) {
  WarmStore warm;
  warm.put("key", "1");
  const Cas last = warm.put("key", "2").cas;
  warm.store->remove(warm.store->key("key"), {}, warm.now);
  warm.now -= 3600 * 1000;
  warm.begin();
  EXPECT_GT(warm.put("key", "3").cas, last) << "though nothing in the file has that one";
}

// Pieces of 1 KiB are all that is free, and far more of them than a list holds.
TEST(WarmStore, KeepsAValueOfManyPieces) {
  WarmStore warm({.memory_bytes = 16 * kMiB, .item_bytes = 8 * kMiB});
  for (int i = 0; i < 2500; ++i) warm.put("small" + std::to_string(i), std::string(8300, 's'));
  std::string value(5 * kMiB, '.');
  for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i * i >> 7);
  ASSERT_EQ(warm.put("large", value).answer, Answer::kOk);
  warm.begin();
  EXPECT_EQ(warm.store->recovered().damaged, 0U);
  EXPECT_TRUE(warm.text("large") == value);
}

TEST(WarmStore, HasAllItsMemoryFromTheStart) {
  WarmStore warm;
  const std::size_t blocks = blocks_of(warm.path);
  EXPECT_GE(blocks, kLimits.memory_bytes);
  EXPECT_LE(blocks, kLimits.memory_bytes + 2 * kMiB);
  EXPECT_EQ(warm.store->most_memory(), kLimits.memory_bytes);
  for (int i = 0; i < 200; ++i) warm.put("key" + std::to_string(i), std::string(kMiB, 'v'));
  for (int i = 0; i < 200; ++i) {
    warm.store->remove(warm.store->key("key" + std::to_string(i)), {}, warm.now);
  }
  for (int i = 0; i < 10; ++i) warm.store->tend(warm.now += 1000);
  EXPECT_EQ(blocks_of(warm.path), blocks);
  warm.begin();
  EXPECT_EQ(blocks_of(warm.path), blocks);
}

// Pages that were in use are free, and nothing of them is found.
TEST(WarmStore, BeginsAnewWithTheMemoryOfTheOldOne) {
  WarmStore warm;
  for (int i = 0; i < 100; ++i) warm.put("key" + std::to_string(i), std::string(kMiB / 4, 'v'));
  warm.begin_with({.memory_bytes = 32 * kMiB, .item_bytes = 4 * kMiB});
  EXPECT_LE(blocks_of(warm.path), 34 * kMiB);
  EXPECT_EQ(warm.store->usage().items, 0U);
  warm.put("key", "1");
  warm.begin();
  EXPECT_EQ(warm.store->recovered().items, 1U);
  EXPECT_EQ(warm.store->recovered().damaged, 0U);
}

// ---- what does not

TEST(WarmStore, BeginsEmptyWithOtherLimits) {
  WarmStore warm;
  warm.put("key", "1");
  warm.begin_with({.memory_bytes = 32 * kMiB, .item_bytes = 4 * kMiB});
  EXPECT_EQ(warm.loss, "it was written with -m 64, not 32");
  EXPECT_EQ(warm.text("key"), "(nothing)");
  warm.begin_with({.memory_bytes = 32 * kMiB, .item_bytes = 1 * kMiB});
  EXPECT_EQ(warm.loss, "it was written with -I 4194304, not 1048576");
  warm.put("key", "2");
  warm.begin_with({.memory_bytes = 32 * kMiB, .item_bytes = 1 * kMiB, .evict = false});
  EXPECT_EQ(warm.loss, "");
  EXPECT_EQ(warm.text("key"), "2");
  warm.begin_with({.memory_bytes = 32 * kMiB, .item_bytes = 1 * kMiB, .delimiter = '/'});
  EXPECT_EQ(warm.loss, "it was written with -D :, not /");
  EXPECT_EQ(warm.text("key"), "(nothing)");
}

TEST(WarmStore, BeginsEmptyWhenTheHeadIsDamagedOrTheFileCut) {
  WarmStore warm;
  warm.put("key", "1");
  warm.store.reset();
  change_byte(warm.path, 20, 1);
  warm.begin();
  EXPECT_EQ(warm.loss, "its head is damaged");
  EXPECT_EQ(warm.text("key"), "(nothing)");
  warm.store.reset();
  change_byte(warm.path, 8, 4);
  warm.begin();
  EXPECT_EQ(warm.loss, "it was written by another version");
  warm.put("key", "1");
  warm.store.reset();
  std::filesystem::resize_file(std::string(warm.path), kMiB);
  warm.begin();
  EXPECT_EQ(warm.loss, "it was cut");
  EXPECT_EQ(warm.text("key"), "(nothing)");
  warm.store.reset();
  std::filesystem::resize_file(std::string(warm.path), 8);
  warm.begin();
  EXPECT_EQ(warm.loss, "it was not finished");
}

TEST(WarmStore, IsAskedForRoomBeforeAnythingIsLost) {
  WarmStore warm;
  warm.put("key", "1");
  warm.store.reset();
  const Limits too_much{.memory_bytes = std::size_t{1} << 50, .item_bytes = kMiB};
  EXPECT_EQ(failure_of(warm.path, too_much).find("reserving 112"), 0U)
      << failure_of(warm.path, too_much);
  warm.begin();
  EXPECT_EQ(warm.text("key"), "1");
}

TEST(WarmStore, BeginsEmptyWhenAFlushedPrefixIsDamaged) {
  WarmStore warm;
  warm.put("p:k", "1");
  warm.store->flush_prefix("p", warm.now, warm.now);
  warm.store.reset();
  constexpr std::size_t kHeadAndShards = 4096 + 4 * sizeof(WarmShardRecord);
  change_byte(warm.path, kHeadAndShards, 1);
  warm.begin();
  EXPECT_EQ(warm.loss, "its records are damaged");
}

TEST(WarmStore, LeavesDamagedItemsOut) {
  WarmStore warm;
  const std::string large(100'000, 'x');
  warm.put("first", "first value");
  warm.put("second", "second value");
  warm.put("third", "third value");
  warm.put("large", large + "the end of the large one");
  warm.put("fourth", "fourth value");
  warm.store.reset();
  change_byte(warm.path, offset_of(warm.path, "second value"), 0x10);
  change_byte(warm.path, offset_of(warm.path, "the end of the large one"), 0x10);
  warm.begin();
  EXPECT_EQ(warm.loss, "");
  EXPECT_EQ(warm.store->recovered().damaged, 2U);
  EXPECT_EQ(warm.text("second"), "(nothing)");
  EXPECT_EQ(warm.text("large"), "(nothing)");
  EXPECT_EQ(warm.text("first"), "first value");
  EXPECT_EQ(warm.text("third"), "third value");
  EXPECT_EQ(warm.text("fourth"), "fourth value");
}

TEST(WarmFile, LeavesFilesOfOthersAlone) {
  const TestPath path;
  std::ofstream(path) << "a letter";
  EXPECT_NE(failure_of(path).find("was not written by larder"), std::string::npos);
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), "a letter");
  EXPECT_NE(failure_of("/dev/null").find("is not a plain file"), std::string::npos);
}

TEST(WarmFile, IsOneProcess) {
  const TestPath path;
  std::unique_ptr<WarmFile> file = open_warm(path, kLimits);
  EXPECT_NE(failure_of(path).find("is in use by another process"), std::string::npos);
  file.reset();
  EXPECT_EQ(failure_of(path), "");
}

TEST(WarmFile, SaysWhereItCannotBe) {
  EXPECT_EQ(failure_of("/no/such/folder/file"),
            "opening /no/such/folder/file: No such file or directory");
}

// ---- records

TEST(WarmShardRecord, IsTheLatestThatIsWhole) {
  WarmShardRecord record;
  EXPECT_FALSE(record.read());
  const WarmShard first{.clock = 1, .watermark = 2, .flush_at = 3};
  const WarmShard second{.clock = 4, .watermark = 5, .flush_at = 6};
  record.write(first);
  EXPECT_EQ(record.read(), first);
  record.write(second);
  EXPECT_EQ(record.read(), second);
  auto* bytes = reinterpret_cast<char*>(&record);
  for (std::size_t i = 0; i < 80; ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
    const std::optional<WarmShard> read = record.read();
    EXPECT_TRUE(read == first || read == second) << i;
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
  }
}

TEST(WarmPrefixRecord, TellsWhenItIsDamaged) {
  WarmPrefixRecord record;
  EXPECT_TRUE(record.is_free());
  EXPECT_FALSE(record.read());
  record.write({.prefix = 1, .watermark = 2, .flush_at = 3});
  const std::optional<WarmPrefix> read = record.read();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->prefix, 1U);
  EXPECT_EQ(read->watermark, 2U);
  EXPECT_EQ(read->flush_at, 3);
  auto* bytes = reinterpret_cast<char*>(&record);
  for (std::size_t i = 0; i < sizeof record; ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
    EXPECT_FALSE(record.is_free() || record.read()) << i;
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
  }
  record.free();
  EXPECT_TRUE(record.is_free());
  EXPECT_FALSE(record.read());
}

TEST(WarmPageRecord, TellsWhenItIsDamaged) {
  WarmPageRecord record;
  EXPECT_FALSE(record.is_open());
  record.open(5, {.shard = 3, .use = Page::Use::kMain, .order = 99});
  record.fill(12'345);
  const auto place = record.place(5);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->shard, 3U);
  EXPECT_EQ(place->use, Page::Use::kMain);
  EXPECT_EQ(place->order, 99U);
  EXPECT_EQ(record.filled(), 12'345U);
  EXPECT_FALSE(record.place(6)) << "it is another page's";
  constexpr std::size_t kUsed = 19;
  auto* bytes = reinterpret_cast<char*>(&record);
  for (std::size_t i = 0; i < kUsed; ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
    EXPECT_FALSE(record.place(5) && record.filled()) << i;
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
  }
  record.close();
  EXPECT_FALSE(record.is_open());
}

}  // namespace
}  // namespace larder::store
