// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/hash.h"
#include "store/item.h"
#include "store/store_audit.h"
#include "store/test_seed.h"
#include "store/test_store.h"
#include "store/test_warm_file.h"

// Many threads on few keys. Meant for the thread sanitizer, and true without it.
namespace larder::store {
namespace {

constexpr unsigned kThreads = 8;
constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;
constexpr UnixMs kNow = TestStore::kStart;
#ifdef LARDER_SANITIZED
constexpr int kRounds = 5'000;
#else
constexpr int kRounds = 30'000;
#endif

// All threads begin together; what fails in one fails the test.
void in_threads(const std::function<void(unsigned)>& work) {
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (unsigned me = 0; me < kThreads; ++me) {
    threads.emplace_back([&, me] {
      start.arrive_and_wait();
      work(me);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// A value that says whose it is and whether it is whole:  <checksum>:<key> <sequence> <filling>
std::string make_value(const std::string& key, std::uint64_t sequence, std::size_t filling) {
  std::string body = key + " " + std::to_string(sequence) + " ";
  body.append(filling, static_cast<char>('a' + sequence % 26));
  return std::to_string(base::keyed_hash(body, 0)) + ":" + body;
}

bool is_whole_value_of(const std::string& key, const std::string& value) {
  const std::size_t end = value.find(':');
  if (end == std::string::npos) return false;
  const std::string body = value.substr(end + 1);
  return value.substr(0, end) == std::to_string(base::keyed_hash(body, 0)) &&
         body.starts_with(key + " ");
}

// One thread of the great mix: everything that there is, on keys that all threads use.
class Mixer {
 public:
  Mixer(Store& store, std::uint64_t seed) : store_(store), random_(seed) {}

  void run() {
    for (int round = 0; round < kRounds; ++round) step();
    for (const Kept& kept : kept_) check(kept.key, kept.found);
  }

 private:
  struct Kept {
    std::string key;
    Found found;
  };

  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }

  void step() {
    const std::size_t number = below(40);
    const std::string name = "of" + std::to_string(number % 4) + ":key" + std::to_string(number);
    const Key key = store_.key(name);
    store_.prefetch_line(key);
    store_.prefetch_item(key);
    const std::size_t dice = below(1000);
    if (dice < 500) return find(name, key);
    if (dice < 750) return put(name, key);
    if (dice < 850) return receive(name, key);
    if (dice < 900) return void(store_.remove(key, {.invalidate = one_in(2)}, now_));
    if (dice < 930) return void(store_.remove(key, {.invalidate = true, .cas = below(100)}, now_));
    if (dice < 960) return void(store_.count(key, {}, now_));
    if (dice < 980) return void(now_ += 1);
    if (dice < 985) return flush_prefix();
    if (dice < 990) return void(store_.tend(now_));
    if (dice < 993) return store_.flush(now_ + static_cast<UnixMs>(below(3)), now_);
    if (dice < 996) return store_.set_memory_limit(kMiB + below(4 * kMiB), now_);
    EXPECT_LE(store_.usage().items, 40U);
  }

  void flush_prefix() {
    const std::string prefix = "of" + std::to_string(below(4));
    const UnixMs at = now_ + static_cast<UnixMs>(below(3));
    EXPECT_EQ(store_.flush_prefix(prefix, at, now_), Answer::kOk);
  }

  void find(const std::string& name, const Key& key) {
    Lookup how{.compete = one_in(2)};
    if (one_in(10)) how.expires = now_ + static_cast<UnixMs>(below(50));
    Found found = store_.find(key, how, now_);
    if (found.answer != Answer::kOk) return;
    check(name, found);
    if (!one_in(5)) return;
    if (kept_.size() < 8) return kept_.push_back({name, std::move(found)});
    Kept& old = kept_[below(kept_.size())];
    check(old.key, old.found);
    old = {name, std::move(found)};
  }

  static void check(const std::string& name, const Found& found) {
    EXPECT_TRUE(is_whole_value_of(name, text_of(found.value))) << name << " is torn or another's";
  }

  std::string any_value(const std::string& name) {
    std::size_t filling = below(200);
    if (one_in(20)) filling = below(100 * kKiB);
    return make_value(name, random_(), filling);
  }

  void put(const std::string& name, const Key& key) {
    Put how{.mode = static_cast<PutMode>(below(3))};
    if (one_in(3)) how.expires = now_ + static_cast<UnixMs>(below(50));
    if (one_in(5)) how.cas = below(100);
    store_.put(key, any_value(name), how, now_);
  }

  void receive(const std::string& name, const Key& key) {
    const std::string value = any_value(name);
    Reservation reservation = store_.reserve(key, value.size(), 0, now_);
    while (reservation.missing() != 0) {
      if (fill_some(reservation, value, 1 + below(50 * kKiB)) == 0) return;
      if (one_in(10)) return;  // the client went away
    }
    if (reservation.answer() == Answer::kOk) store_.commit(reservation, key, {}, now_);
  }

  Store& store_;
  std::mt19937_64 random_;
  UnixMs now_ = kNow;
  std::vector<Kept> kept_;
};

TEST(Concurrency, KeepsEveryValueWhole) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  Store store({.memory_bytes = 2 * kMiB});
  in_threads([&](unsigned me) { Mixer(store, seed + me).run(); });
  const StoreAudit audit(store);
  EXPECT_EQ(audit.linked().bytes, store.usage().item_bytes);
  EXPECT_EQ(audit.linked().in_use, 0U);
  EXPECT_EQ(store.usage().reserved_bytes, 0U);
}

// And leaves a file that is so as well.
TEST(Concurrency, KeepsEveryValueWholeInAFile) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  const TestPath path;
  const Limits limits{.memory_bytes = 5 * kMiB};
  std::size_t items = 0;
  {
    Store store(open_warm(path, limits), limits.evict, kNow);
    in_threads([&](unsigned me) { Mixer(store, seed + me).run(); });
    items = store.usage().items;
    EXPECT_EQ(StoreAudit(store).linked().items, items);
  }
  Store store(open_warm(path, limits), limits.evict, kNow);
  EXPECT_EQ(store.recovered().damaged, 0U);
  EXPECT_LE(store.recovered().items, items) << "some had expired";
  for (int i = 0; i < 40; ++i) {
    const std::string name = "key" + std::to_string(i);
    const Found found = store.find(store.key(name), {.leave_no_trace = true}, kNow);
    if (found.answer == Answer::kOk) {
      EXPECT_TRUE(is_whole_value_of(name, text_of(found.value))) << name;
    }
  }
}

TEST(Concurrency, LosesNoCount) {
  Store store({});
  const Key key = store.key("counter");
  store.put(key, "0", {}, kNow);
  in_threads([&](unsigned me) {
    for (int i = 0; i < kRounds; ++i) {
      if (me % 2 == 0) {
        store.count(key, {}, kNow);
        continue;
      }
      const Found found = store.find(key, {}, kNow);
      const std::string once = text_of(found.value);
      EXPECT_EQ(text_of(found.value), once) << "counted in place under a pin";
    }
  });
  EXPECT_EQ(store.count(key, {.delta = 0}, kNow).number, kRounds * kThreads / 2);
}

TEST(Concurrency, LosesNoPartOfAJoin) {
  Store store({});
  const Key key = store.key("log");
  store.put(key, "", {}, kNow);
  constexpr int kParts = 1000;
  in_threads([&](unsigned me) {
    const std::string part(7, static_cast<char>('a' + me));
    for (int i = 0; i < kParts; ++i) {
      const PutMode mode = i % 2 == 0 ? PutMode::kAppend : PutMode::kPrepend;
      EXPECT_EQ(store.put(key, part, {.mode = mode}, kNow).answer, Answer::kOk);
    }
  });
  const std::string log = text_of(store.find(key, {}, kNow).value);
  ASSERT_EQ(log.size(), std::size_t{7} * kParts * kThreads);
  for (std::size_t at = 0; at < log.size(); at += 7) {
    ASSERT_EQ(log.substr(at, 7), std::string(7, log[at])) << "a part was torn at " << at;
  }
}

TEST(Concurrency, StoresOneOfManyWithTheSameNumber) {
  Store store({});
  const Key key = store.key("k");
  store.put(key, "0", {}, kNow);
  std::atomic<int> stored{0};
  in_threads([&](unsigned) {
    for (int i = 0; i < kRounds / 10; ++i) {
      const Found found = store.find(key, {}, kNow);
      const std::string next = std::to_string(std::stoi(text_of(found.value)) + 1);
      const Answer answer = store.put(key, next, {.expected = found.cas}, kNow).answer;
      stored += answer == Answer::kOk ? 1 : 0;
    }
  });
  EXPECT_EQ(text_of(store.find(key, {}, kNow).value), std::to_string(stored));
}

// ---- collections

NewCollection new_list() {
  return {.attributes = {.most = 1'000'000, .overflow = collection::Overflow::kTailTrim}};
}

// Each pushes one and pops one, so that the list is emptied and made again all the time, and in
// the end is gone. Whoever has pushed finds an element, its own or another's.
TEST(ConcurrentCollections, LoseNoElementToADropAndACreation) {
  Store store({});
  const Key key = store.key("list");
  std::atomic<std::uint64_t> drops{0};
  std::atomic<std::uint64_t> created{0};
  const auto push = [&](collection::Collection& each) {
    return each.as<collection::List>().insert(-1, "element");
  };
  in_threads([&](unsigned) {
    for (int i = 0; i < kRounds; ++i) {
      const CollectionUsed pushed =
          store.operate(key, collection::Type::kList, {.create = new_list()}, push, kNow);
      ASSERT_EQ(pushed.answer, Answer::kOk);
      created += pushed.created ? 1 : 0;
      collection::Got got;
      const auto pop = [&](collection::Collection& each) {
        got = each.as<collection::List>().get(0, 0, collection::Removal::kDrop);
        return got.verdict;
      };
      const CollectionUsed popped =
          store.operate(key, collection::Type::kList, {.drop_when_empty = true}, pop, kNow);
      ASSERT_EQ(popped.answer, Answer::kOk);
      ASSERT_EQ(got.elements.size(), 1U);
      drops += popped.dropped ? 1 : 0;
    }
  });
  const auto look = [](const collection::Collection&) {};
  EXPECT_EQ(store.inspect(key, look, kNow).answer, Answer::kMiss);
  EXPECT_EQ(created, drops);
  EXPECT_GT(drops, 0U);
}

// Whoever changes both sees both changed.
TEST(ConcurrentCollections, ChangeExpiryAndAttributesTogether) {
  Store store({});
  const Key key = store.key("list");
  store.create_collection(key, {.expires = kNow + 1, .attributes = {.most = 1}}, kNow - 1000);
  const auto admit = [](const collection::Collection*) { return collection::Verdict::kDone; };
  in_threads([&](unsigned me) {
    for (int i = 0; i < kRounds / 10; ++i) {
      if (me % 2 == 0) {
        const auto number = static_cast<std::uint32_t>(1 + me + 100 * i);
        const auto set = [&](collection::Collection& each) { each.attributes().most = number; };
        store.change(key, kNow + number, admit, set, kNow);
      } else {
        std::uint32_t most = 0;
        const auto look = [&](const collection::Collection& each) {
          most = each.attributes().most;
        };
        const Found found = store.inspect(key, look, kNow);
        EXPECT_EQ(found.expires, kNow + most);
      }
    }
  });
}

// One thread of a mix of everything, on few keys and in little memory.
class CollectionMixer {
 public:
  CollectionMixer(Store& store, std::uint64_t seed) : store_(store), random_(seed) {}

  void run() {
    for (int round = 0; round < kRounds; ++round) step();
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }

  void step() {
    const std::string name = "of" + std::to_string(below(3)) + ":" + std::to_string(below(8));
    const Key key = store_.key(name);
    const std::size_t dice = below(100);
    if (dice < 45) return push(key);
    if (dice < 65) return pop(key);
    if (dice < 70) return void(store_.put(key, std::string(below(20'000), 'v'), {}, now_));
    if (dice < 80) return void(store_.remove(key, {}, now_));
    if (dice < 85) return touch(key);
    if (dice < 88) return void(store_.tend(now_));
    if (dice < 90) return store_.flush(now_, now_);
    if (dice < 92)
      return void(store_.flush_prefix("of1", now_ + static_cast<UnixMs>(below(2)), now_));
    if (dice < 94) return store_.set_memory_limit(kMiB + below(kMiB), now_);
    if (dice < 96) return void(now_ += 1);
    if (dice < 97) return void(store_.prefixes());
    read(key);
  }

  void push(const Key& key) {
    NewCollection what = new_list();
    what.attributes.most = 200;
    if (one_in(4)) what.expires = now_ + static_cast<UnixMs>(below(20));
    if (one_in(4)) what.expires = kSticky;
    const std::string element(1 + below(one_in(10) ? 8000 : 300),
                              static_cast<char>('a' + below(26)));
    const auto push = [&](collection::Collection& each) {
      return each.as<collection::List>().insert(one_in(2) ? 0 : -1, element);
    };
    store_.operate(key, collection::Type::kList, {.create = what, .grows = true}, push, now_);
  }
  void pop(const Key& key) {
    const auto pop = [&](collection::Collection& each) {
      return each.as<collection::List>().erase(0, one_in(3) ? 1000 : 3);
    };
    store_.operate(key, collection::Type::kList, {.drop_when_empty = true}, pop, now_);
  }
  void touch(const Key& key) {
    const auto admit = [](const collection::Collection*) { return collection::Verdict::kDone; };
    const auto set = [](collection::Collection& each) { each.attributes().readable = true; };
    store_.change(key, now_ + static_cast<UnixMs>(below(50)), admit, set, now_);
    store_.inspect(
        key, [](const collection::Collection& each) { EXPECT_LE(each.tree().size(), 200U); }, now_);
  }
  // Elements are of one letter each, also when they are looked at long behind the lock.
  void read(const Key& key) {
    for (collection::Snapshot::Walk walk(kept_); !walk.is_done(); walk.step()) {
      const std::string_view entry = walk.entry();
      ASSERT_EQ(entry.find_first_not_of(entry.front()), std::string_view::npos);
    }
    kept_ = collection::Snapshot();
    const auto get = [&](collection::Collection& each) {
      collection::Got got = each.as<collection::List>().get(0, -1, collection::Removal::kKeep);
      kept_ = std::move(got.elements);
      return got.verdict;
    };
    store_.operate(key, collection::Type::kList, {}, get, now_);
  }

  Store& store_;
  std::mt19937_64 random_;
  UnixMs now_ = kNow;
  collection::Snapshot kept_;
};

TEST(ConcurrentCollections, AndTheirAccountsAgreeInTheEnd) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  Store store({.memory_bytes = 2 * kMiB, .sticky_bytes = kMiB / 4, .accounts_prefixes = true});
  in_threads([&](unsigned me) { CollectionMixer(store, seed + me).run(); });
  const StoreAudit audit(store);
  EXPECT_EQ(audit.linked().bytes, store.usage().item_bytes);
  EXPECT_EQ(audit.linked().in_use, 0U);
  store.flush(kNow, kNow);
  for (int i = 0; i < 10'000 && store.tend(kNow); ++i) continue;
  const Usage usage = store.usage();
  EXPECT_EQ(usage.items, 0U);
  EXPECT_EQ(usage.collection_bytes, 0U);
  EXPECT_EQ(usage.sticky_bytes, 0U);
  EXPECT_EQ(usage.block_bytes, 0U);
}

TEST(Concurrency, LetsOneReaderWin) {
  Store store({});
  constexpr int kKeys = 300;
  std::atomic<int> stale_wins{0};
  std::atomic<int> created{0};
  for (int i = 0; i < kKeys; ++i) {
    const std::string name = "stale" + std::to_string(i);
    store.put(store.key(name), "v", {}, kNow);
    store.remove(store.key(name), {.invalidate = true}, kNow);
  }
  in_threads([&](unsigned) {
    for (int i = 0; i < kKeys; ++i) {
      const std::string stale = "stale" + std::to_string(i);
      const std::string fresh = "fresh" + std::to_string(i);
      stale_wins += store.find(store.key(stale), {.compete = true}, kNow).won ? 1 : 0;
      created += store.find(store.key(fresh), {.create_expires = 0}, kNow).won ? 1 : 0;
    }
  });
  EXPECT_EQ(stale_wins, kKeys);
  EXPECT_EQ(created, kKeys);
}

TEST(Concurrency, PrefetchesWhileTheIndexGrowsAndShrinks) {
  Store store({.memory_bytes = 64 * kMiB});
  in_threads([&](unsigned me) {
    for (int i = 0; i < kRounds; ++i) {
      const std::string mine = std::to_string(me) + "." + std::to_string(i);
      const std::string other = std::to_string((me + 1) % kThreads) + "." + std::to_string(i);
      store.prefetch_line(store.key(other));
      store.prefetch_item(store.key(other));
      store.put(store.key(mine), mine, {}, kNow);
      if (me == 0 && i % 1000 == 999) {
        store.set_memory_limit(kMiB, kNow);
        store.set_memory_limit(64 * kMiB, kNow);
      }
      const Found found = store.find(store.key(other), {}, kNow);
      EXPECT_EQ(text_of(found.value), found.answer == Answer::kOk ? other : "");
    }
  });
  EXPECT_EQ(StoreAudit(store).linked().bytes, store.usage().item_bytes);
}

TEST(Concurrency, DropsPinsOnOtherThreads) {
  Store store({});
  const Key key = store.key("k");
  std::vector<Found> pins(kThreads * 100);
  for (std::size_t i = 0; i < pins.size(); ++i) {
    if (i % 10 == 0) store.put(key, std::string(i * 10, 'v'), {}, kNow);
    pins[i] = store.find(key, {}, kNow);
  }
  in_threads([&](unsigned me) {
    for (std::size_t i = me; i < pins.size(); i += kThreads) {
      EXPECT_EQ(text_of(pins[i].value), std::string(i / 10 * 100, 'v'));
      pins[i] = Found();
    }
  });
  store.remove(key, {}, kNow);
  EXPECT_EQ(store.usage().item_bytes, 0U);
}

}  // namespace
}  // namespace larder::store
