// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/prefix_account.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "store/store_audit.h"
#include "store/test_seed.h"
#include "store/test_store.h"

namespace larder::store {
namespace {

using collection::Type;

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr UnixMs kNow = TestStore::kStart;

TEST(Prefix, EndsAtTheFirstDelimiterThatIsNotTheFirstByte) {
  EXPECT_EQ(prefix_of("user:17:cart", ':'), "user");
  EXPECT_EQ(prefix_of("user:", ':'), "user");
  EXPECT_EQ(prefix_of("user", ':'), "");
  EXPECT_EQ(prefix_of(":user", ':'), "");
  EXPECT_EQ(prefix_of(":user:17", ':'), ":user");
  EXPECT_EQ(prefix_of("u", ':'), "");
  EXPECT_EQ(prefix_of("a/b:c", '/'), "a");
}

TEST(Prefix, HasANameOfSomeLetters) {
  for (const char* good : {"", "a", "aZ09_+.-", "_", "+-", "."}) EXPECT_TRUE(is_prefix_name(good));
  for (const char* bad : {"-", "-a", ":a", "a b", "a/b", "a@", "\x80"}) {
    EXPECT_FALSE(is_prefix_name(bad)) << bad;
  }
}

// ---- the table alone, beside a map

TEST(PrefixAccounts, AreAMapOfSums) {
  Ledger ledger(Limits{});
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  std::mt19937_64 random(seed);
  {
    PrefixAccounts accounts(ledger, seed, ':');
    const std::size_t at_rest = ledger.total();
    std::map<std::string, std::vector<std::size_t>> items;  // bytes of each
    const auto any = [&](std::size_t n) { return random() % n; };
    for (int i = 0; i < 200'000; ++i) {
      const std::size_t most = i < 100'000 ? 5000 : 50;  // grows, then shrinks
      const std::string prefix = "p" + std::to_string(any(5000));
      std::vector<std::size_t>& of_prefix = items[prefix];
      if (any(10'000) < most && of_prefix.size() < 3) {
        of_prefix.push_back(any(1000));
        accounts.enter(prefix + ":key", ItemType::kValue, of_prefix.back(), kNow);
      } else if (!of_prefix.empty()) {
        accounts.leave(prefix + ":key", ItemType::kValue, of_prefix.back());
        of_prefix.pop_back();
      }
      ASSERT_EQ(accounts.is_known(prefix, kNow), !of_prefix.empty());
      if (of_prefix.empty()) items.erase(prefix);
    }
    std::map<std::string, PrefixUsage> told;
    accounts.add_to([&](const PrefixUsage& usage) { told.emplace(usage.name, usage); });
    ASSERT_EQ(told.size(), items.size());
    for (const auto& [prefix, bytes] : items) {
      std::size_t sum = 0;
      for (const std::size_t each : bytes) sum += each;
      EXPECT_EQ(told.at(prefix).types[0].items, bytes.size());
      EXPECT_EQ(told.at(prefix).types[0].bytes, sum);
      for (const std::size_t each : bytes) {
        accounts.leave(prefix + ":key", ItemType::kValue, each);
      }
    }
    EXPECT_EQ(ledger.total(), at_rest) << "there is nothing left to know";
  }
  EXPECT_EQ(ledger.total(), 0U);
}

// ---- of a store

TestStore make_store(std::size_t memory_bytes = 64 * kMiB) {
  return TestStore({.memory_bytes = memory_bytes, .sticky_bytes = kMiB, .accounts_prefixes = true});
}

PrefixUsage usage_of(const TestStore& store, const std::string& name) {
  for (const PrefixUsage& each : store.store.prefixes()) {
    if (each.name == name) return each;
  }
  return {.name = "(none)"};
}
std::uint64_t items_of(const TestStore& store, const std::string& name, ItemType type) {
  return usage_of(store, name).types[static_cast<std::size_t>(type)].items;
}

TEST(PrefixUsage, IsToldByTypeAndForgottenWhenNothingIsLeft) {
  TestStore store = make_store();
  EXPECT_TRUE(store.store.prefixes().empty());
  store.put("red:1", "v");
  store.pass(5);
  store.put("red:2", "v");
  store.create("red:3", {.type = Type::kMap});
  store.put("plain", "v");
  EXPECT_EQ(store.store.prefixes().size(), 2U);
  EXPECT_EQ(items_of(store, "red", ItemType::kValue), 2U);
  EXPECT_EQ(items_of(store, "red", ItemType::kMap), 1U);
  EXPECT_EQ(items_of(store, "", ItemType::kValue), 1U);
  EXPECT_EQ(usage_of(store, "red").created, TestStore::kStart);
  for (const char* key : {"red:1", "red:2", "red:3"}) store.remove(key);
  EXPECT_EQ(usage_of(store, "red").name, "(none)");
  store.put("red:1", "v");
  EXPECT_EQ(usage_of(store, "red").created, store.in(0));
  StoreAudit(store.store).linked();
}

TEST(PrefixUsage, GrowsWithItsCollections) {
  TestStore store = make_store();
  const NewCollection what{.attributes = {.most = 100'000}};
  store.push("red:list", "1", {.create = what});
  const auto bytes = [&] {
    return usage_of(store, "red").types[static_cast<std::size_t>(ItemType::kList)].bytes;
  };
  const std::uint64_t before = bytes();
  for (int i = 0; i < 1000; ++i) store.push("red:list", std::string(100, 'e'));
  EXPECT_GT(bytes(), before + 100'000);
  StoreAudit(store.store).linked();
  store.pop("red:list", 1000);
  EXPECT_LT(bytes(), before + 1000);
}

// Until who holds it lets go.
TEST(PrefixUsage, OfAHeldCollectionThatIsGoneKeepsNothingAlive) {
  TestStore store = make_store();
  store.push("red:list", "1", {.create = NewCollection{.attributes = {.most = 9}}});
  const auto remove_it = [&](collection::Collection& each) {
    store.remove("red:list");
    EXPECT_EQ(usage_of(store, "red").name, "(none)");
    for (int i = 0; i < 100; ++i) store.store.tend(store.now);
    return each.as<collection::List>().insert(-1, std::string(1000, 'e'));
  };
  EXPECT_EQ(store.store.operate(store.store.key("red:list"), Type::kList, {}, remove_it, store.now)
                .answer,
            Answer::kOk);
  EXPECT_EQ(store.store.usage().block_bytes, 0U);
  const std::size_t total = StoreAudit(store.store).total();
  for (int i = 0; i < 100; ++i) store.store.tend(store.now);
  EXPECT_LT(StoreAudit(store.store).total(), total) << "the account was kept for it until now";
}

TEST(PrefixUsage, NamesAreCheckedWhenAnItemIsMade) {
  TestStore store = make_store();
  const std::string bad = "-bad:key";
  EXPECT_EQ(store.put(bad, "v").answer, Answer::kBadPrefix);
  EXPECT_EQ(store.put(bad, std::string(20'000, 'v')).answer, Answer::kBadPrefix);
  EXPECT_EQ(store.put(bad, "v", {.mode = PutMode::kReplace}).answer, Answer::kNotStored);
  EXPECT_EQ(store.count(bad, {.create_expires = 0}).answer, Answer::kBadPrefix);
  EXPECT_EQ(store.find(bad, {.create_expires = 0}).answer, Answer::kBadPrefix);
  EXPECT_EQ(store.create(bad, {}), Answer::kBadPrefix);
  EXPECT_EQ(store.push(bad, "1", {.create = NewCollection{.attributes = {.most = 9}}}).answer,
            Answer::kBadPrefix);
  EXPECT_EQ(store.put("-bad", "no prefix").answer, Answer::kOk);
  EXPECT_EQ(store.put("good:-bad:", "v").answer, Answer::kOk);
  EXPECT_EQ(store.store.usage().items, 2U);
  TestStore other;
  EXPECT_EQ(other.put(bad, "v").answer, Answer::kOk) << "nobody asks";
}

TEST(PrefixUsage, SaysWhatThereIsToFlush) {
  TestStore store = make_store();
  store.put("red:1", "v");
  store.put("red:x:2", "v");
  store.put("plain", "v");
  store.put(":plain", "v");
  EXPECT_EQ(store.flush_prefix("blue"), Answer::kMiss);
  EXPECT_EQ(store.flush_prefix("red:x"), Answer::kMiss) << "no prefix of its own";
  EXPECT_EQ(store.flush_prefix("red"), Answer::kOk);
  EXPECT_EQ(store.text("red:1"), TestStore::kNothing);
  EXPECT_EQ(store.text("red:x:2"), TestStore::kNothing);
  EXPECT_EQ(store.flush_prefix("red"), Answer::kOk) << "known a little longer";
  EXPECT_EQ(store.text("plain"), "v");
  EXPECT_EQ(store.flush_prefix(""), Answer::kOk);
  EXPECT_EQ(store.text("plain"), TestStore::kNothing);
  EXPECT_EQ(store.text(":plain"), TestStore::kNothing);
  store.put("red:3", "v");
  EXPECT_EQ(store.text("red:3"), "v");
  store.remove("red:3");
  store.pass(60);
  for (int i = 0; i < 100; ++i) store.store.tend(store.now);
  EXPECT_EQ(store.flush_prefix("red"), Answer::kMiss);
  EXPECT_EQ(store.flush_prefix(""), Answer::kMiss);
}

TEST(PrefixUsage, IsNotToldBehindAFlush) {
  TestStore store = make_store();
  for (int i = 0; i < 100; ++i) store.put("red:" + std::to_string(i), "v");
  store.put("blue:1", "v");
  store.flush_prefix_in("red", 5);
  EXPECT_EQ(items_of(store, "red", ItemType::kValue), 100U) << "not yet";
  EXPECT_EQ(store.flush_prefix("red"), Answer::kOk);
  EXPECT_EQ(usage_of(store, "red").name, "(none)");
  EXPECT_EQ(items_of(store, "blue", ItemType::kValue), 1U);
  store.put("red:new", "v");
  EXPECT_EQ(usage_of(store, "red").name, "red");
  while (store.store.tend(store.now)) {
  }
  EXPECT_EQ(items_of(store, "red", ItemType::kValue), 1U);
  StoreAudit(store.store).linked();
}

// ---- a random history, of which the accounts must say what a recount says

class History {
 public:
  explicit History(std::uint64_t seed)
      : random_(seed),
        store_({.memory_bytes = 2 * kMiB, .sticky_bytes = kMiB / 2, .accounts_prefixes = true},
               seed) {}

  void run(int operations) {
    for (int i = 0; i < operations && !testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE(i);
      step();
      if (i % 64 == 0) audit();
    }
    audit();
    EXPECT_GT(store_.store.usage().evicted, 100U);
    EXPECT_GT(store_.store.usage().expired, 100U);
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string any_prefix() {
    return one_in(5) ? "" : std::string(1, static_cast<char>('a' + below(6)));
  }
  std::string any_key() {
    const std::string prefix = any_prefix();
    return (prefix.empty() ? "" : prefix + ":") + (one_in(4) ? "list" : "key") +
           std::to_string(below(100)) + std::string(one_in(30) ? 300 : 0, 'x');
  }
  UnixMs any_expiry() {
    if (one_in(6)) return kSticky;
    return one_in(2) ? kNeverExpires : store_.now + static_cast<UnixMs>(below(3000));
  }
  NewCollection any_collection() {
    return {.flags = one_in(2) ? 5U : 0U,
            .expires = any_expiry(),
            .attributes = {.most = 1000, .overflow = collection::Overflow::kTailTrim}};
  }

  void step() {
    if (one_in(3)) store_.now += static_cast<UnixMs>(below(50));
    const std::string key = any_key();
    switch (below(12)) {
      case 0:
      case 1:
      case 2: {
        const std::size_t size = one_in(10) ? below(30'000) : below(500);
        store_.put(key, std::string(size, 'v'), {.expires = any_expiry()});
        return;
      }
      case 3: store_.put(key, "more", {.mode = PutMode::kAppend}); return;
      case 4: store_.remove(key, {.invalidate = one_in(2), .drop_value = one_in(3)}); return;
      case 5: store_.find(key, {.any_type = true, .expires = any_expiry()}); return;
      case 6:
      case 7:
      case 8:
        for (std::size_t i = below(30); i != 0; --i) {
          store_.push(key, std::string(below(300), 'e'), {.create = any_collection()});
        }
        return;
      case 9: store_.pop(key, static_cast<std::int64_t>(below(30))); return;
      case 10: store_.store.tend(store_.now); return;
      default:
        if (one_in(40)) store_.flush();
        if (one_in(4)) store_.flush_prefix_in(any_prefix(), static_cast<std::int64_t>(below(3)));
        if (one_in(4)) store_.count(key, {.create_expires = any_expiry()});
        if (one_in(10)) store_.store.set_memory_limit(kMiB + below(kMiB), store_.now);
    }
  }

  void audit() {
    const StoreAudit audit(store_.store);
    audit.linked();
    const Usage usage = store_.store.usage();
    EXPECT_EQ(audit.total(),
              usage.page_bytes + usage.heap_bytes + usage.index_bytes + usage.ghost_bytes);
  }

  std::mt19937_64 random_;
  TestStore store_;
};

TEST(PrefixUsage, IsWhatARecountSays) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
#ifdef LARDER_SANITIZED
  History(seed).run(20'000);
#else
  History(seed).run(200'000);
#endif
}

}  // namespace
}  // namespace larder::store
