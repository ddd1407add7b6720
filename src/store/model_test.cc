// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/item.h"
#include "store/store_audit.h"
#include "store/store_model.h"
#include "store/test_seed.h"
#include "store/test_store.h"
#include "store/test_warm_file.h"

// A long random history, told to the store and to a plain map.
//
//   before each operation   the store's item is the model's, field by field (or evicted)
//   each operation          answers what the model predicts
//   pins                    held across everything, their bytes never change
//   every few operations    index, age order and account agree to the byte
namespace larder::store {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;
#ifdef LARDER_SANITIZED
constexpr unsigned kThousand = 100;
#else
constexpr unsigned kThousand = 1000;
#endif

struct Plan {
  Limits limits;
  unsigned operations = 0;
  bool may_lose = false;    // items may be evicted
  bool may_refuse = false;  // kNoMemory
  bool in_file = false;     // and begun again from it now and then
};

struct PinnedValue {
  Found found;
  std::string key;
  std::string bytes;
  const void* extents = nullptr;  // null: short
};

struct Incoming {
  Reservation reservation;
  std::string key;
  std::string value;
  std::uint32_t flags = 0;
};

class History {
 public:
  History(const Plan& plan, std::uint64_t seed)
      : plan_(plan), random_(seed), model_(plan.limits.item_bytes) {
    if (plan.in_file) path_.emplace();
    make_store(seed);
    for (std::size_t i = 0; i < 300; ++i) {
      constexpr std::size_t kSizes[] = {235, 3, 3, 3, 3, 3, 3, 300, 3, 3, 3, 3, 15'900};
      keys_.push_back(any_prefix() + std::string(kSizes[i % std::size(kSizes)], 'k') +
                      std::to_string(i));
    }
    noise_.resize(4 * kMiB);
    for (char& byte : noise_) byte = static_cast<char>(random_());
  }

  void run() {
    for (unsigned i = 0; i < plan_.operations && !testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE(i);
      step();
      if (i % 16 == 0) check_account();
      if (i % 4096 == 0) check_pins();
    }
    check_pins();
    pins_.clear();
    incoming_.clear();
    check_account();
    EXPECT_EQ(store_->usage().reserved_bytes, 0U);
    evicted_ += store_->usage().evicted;
    EXPECT_EQ(evicted_ > kThousand, plan_.may_lose) << evicted_;
    EXPECT_EQ(refusals_ > kThousand / 20, plan_.may_refuse) << refusals_;
  }

 private:
  using Entry = std::optional<StoreModel::Entry>;

  void make_store(std::uint64_t seed) {
    if (!path_) {
      store_.emplace(plan_.limits, 0, seed);
    } else {
      store_.emplace(open_warm(*path_, plan_.limits, now_), plan_.limits.evict, now_);
    }
    audit_.emplace(*store_);
  }
  // Everything is as before, but for what was on its way in or out.
  void begin_again() {
    incoming_.clear();
    check_pins();
    pins_.clear();
    const std::size_t items = audit_->linked().items;
    evicted_ += store_->usage().evicted;
    store_.reset();
    make_store(0);
    EXPECT_EQ(store_->recovered().damaged, 0U);
    EXPECT_LE(store_->recovered().items, items);
    check_account();
    if (plan_.may_lose) return;
    for (const std::string& key : keys_) {
      Entry entry = model_.get(key);
      compare(key, entry);
    }
  }

  // ---- choices

  bool one_in(unsigned n) { return random_() % n == 0; }
  std::size_t below(std::size_t n) { return random_() % n; }
  const std::string& any_key() { return keys_[one_in(3) ? below(keys_.size()) : below(20)]; }

  std::string any_value() {
    if (one_in(3)) return std::to_string(random_() >> below(64)) + std::string(below(3), ' ');
    std::size_t size = below(300);
    if (one_in(25)) size = below(80 * kKiB);
    if (one_in(700)) size = below(2 * kMiB);
    return noise_.substr(below(noise_.size() - size), size);
  }
  UnixMs any_expiry() {
    if (one_in(2)) return kNeverExpires;
    if (one_in(20)) return kExpired;
    return now_ + static_cast<UnixMs>(below(one_in(2) ? 500 : 60'000));
  }
  std::optional<UnixMs> maybe_expiry(unsigned n) {
    return one_in(n) ? std::optional(any_expiry()) : std::nullopt;
  }
  std::optional<Cas> maybe_cas() { return one_in(5) ? std::optional(below(1000)) : std::nullopt; }
  std::optional<Cas> maybe_expected(const Entry& entry) {
    if (!one_in(3)) return std::nullopt;
    const Cas right = entry ? entry->cas : 500;
    return one_in(2) ? right : right + 5 - below(10);
  }
  Put any_put(const Entry& entry) {
    Put how;
    how.mode = one_in(2) ? PutMode::kSet : static_cast<PutMode>(below(5));
    how.binary_key = one_in(4);
    how.keep_stale = one_in(2);
    how.flags = one_in(2) ? static_cast<std::uint32_t>(random_()) : 0;
    how.expires = any_expiry();
    how.expected = maybe_expected(entry);
    how.cas = maybe_cas();
    // Whether it was joined to nothing or to an evicted item could not be told afterwards.
    if (!entry || !entry->value.empty()) how.create_expires = maybe_expiry(2);
    return how;
  }

  // ---- one step

  void step() {
    if (one_in(3)) now_ += static_cast<UnixMs>(below(one_in(50) ? 5000 : 20));
    model_.pass(now_);
    const std::string& key = any_key();
    Entry entry = model_.get(key);
    compare(key, entry);
    if (testing::Test::HasFailure()) return;
    const std::size_t dice = below(1000);
    if (dice < 400) return find(key, entry);
    if (dice < 600) return put(key, entry);
    if (dice < 700) return count(key, entry);
    if (dice < 800) return remove(key, entry);
    if (dice < 850) return begin_incoming(key);
    if (dice < 990) return go_on_with_incoming();
    if (dice < 992) return one_in(2) ? flush() : flush_prefix();
    if (dice < 994 && plan_.may_lose) return set_limit();
    if (dice < 996) return flush_prefix();
    if (dice < 997) return void(store_->tend(now_));
    if (dice == 997 && plan_.in_file && one_in(4)) return begin_again();
    drop_a_pin();
  }

  // The item as it is now; learns a new number, and that an item was evicted.
  void compare(const std::string& key, Entry& entry) {
    const Found found = store_->find(store_->key(key), {.leave_no_trace = true}, now_);
    if (found.answer == Answer::kMiss && plan_.may_lose) {
      entry.reset();
      return model_.set(key, entry);
    }
    ASSERT_EQ(found.answer, entry ? Answer::kOk : Answer::kMiss) << key;
    if (!entry) return;
    EXPECT_EQ(found.flags, entry->flags);
    EXPECT_EQ(found.expires, entry->expires);
    EXPECT_EQ(found.stale, entry->stale);
    EXPECT_EQ(found.token_sent, entry->token_sent);
    EXPECT_EQ(found.fetched, entry->fetched);
    EXPECT_EQ(found.binary_key, entry->binary_key);
    EXPECT_EQ(found.idle_s, now_ / 1000 - static_cast<std::int64_t>(entry->access));
    EXPECT_TRUE(text_of(found.value) == entry->value) << key << " has other bytes";
    learn(found.cas, *entry);
    model_.set(key, entry);
  }

  static void learn(Cas cas, StoreModel::Entry& entry) {
    EXPECT_NE(cas, entry.not_cas) << "changed under the same number";
    if (entry.cas == StoreModel::kUnknown) entry.cas = cas;
    EXPECT_EQ(cas, entry.cas);
  }

  // Which of the two predictions came true: an operation may evict its own key before it begins.
  template <class Predict>
  StoreModel::Outcome judge(Answer answer, bool created, std::size_t size, const Entry& entry,
                            Predict predict) {
    StoreModel::Outcome outcome = predict(entry);
    const bool same = outcome.answer == answer && outcome.created == created &&
                      (size == kAnySize || (outcome.after && outcome.after->value.size() == size));
    if (!same && plan_.may_lose) outcome = predict(std::nullopt);
    EXPECT_EQ(answer, outcome.answer);
    return outcome;
  }
  static constexpr std::size_t kAnySize = ~std::size_t{0};

  // Whether a plan without enough memory had to be told so; nothing has changed then.
  bool is_refused(Answer answer) {
    if (answer != Answer::kNoMemory || !plan_.may_refuse) return false;
    ++refusals_;
    return true;
  }

  void find(const std::string& key, const Entry& entry) {
    Lookup how{.leave_no_trace = one_in(4), .want_value = !one_in(4), .compete = one_in(2)};
    how.expires = maybe_expiry(5);
    how.create_expires = maybe_expiry(6);
    how.create_cas = maybe_cas();
    if (one_in(4)) how.recache_below_s = static_cast<std::int64_t>(below(90)) - 5;
    how.recache_looks_after = one_in(2);
    Found found = store_->find(store_->key(key), how, now_);
    if (is_refused(found.answer)) return;
    StoreModel::Outcome outcome = judge(found.answer, found.created, kAnySize, entry,
                                        [&](const Entry& e) { return model_.find(e, how); });
    EXPECT_EQ(found.created, outcome.created);
    EXPECT_EQ(found.won, outcome.won);
    if (outcome.after) {
      EXPECT_TRUE(text_of(found.value) == (how.want_value ? outcome.after->value : ""));
      learn(found.cas, *outcome.after);
      if (how.want_value && one_in(20)) pin(key, std::move(found), outcome.after->value);
    }
    model_.set(key, outcome.after);
  }

  void put(const std::string& key, const Entry& entry) {
    const std::string value = any_value();
    const Put how = any_put(entry);
    settle_put(key, entry, value, how, store_->put(store_->key(key), value, how, now_));
  }
  void settle_put(const std::string& key, const Entry& entry, const std::string& value,
                  const Put& how, const Stored& stored) {
    if (is_refused(stored.answer)) return;
    const std::size_t size = stored.answer == Answer::kOk ? stored.size : kAnySize;
    StoreModel::Outcome outcome = judge(stored.answer, false, size, entry, [&](const Entry& e) {
      return model_.put(e, key, value, how);
    });
    EXPECT_EQ(stored.cas != 0, stored.answer == Answer::kOk);
    if (stored.answer == Answer::kOk && outcome.after) {
      EXPECT_EQ(stored.size, outcome.after->value.size());
      learn(stored.cas, *outcome.after);
    }
    model_.set(key, outcome.after);
  }

  void count(const std::string& key, const Entry& entry) {
    Count how{.down = one_in(2), .binary_key = one_in(4), .delta = random_() >> below(64)};
    how.expected = maybe_expected(entry);
    how.cas = maybe_cas();
    how.expires = maybe_expiry(4);
    how.create_expires = maybe_expiry(2);
    how.initial = random_() >> below(64);
    const Counted counted = store_->count(store_->key(key), how, now_);
    if (is_refused(counted.answer)) return;
    StoreModel::Outcome outcome = judge(counted.answer, counted.created, kAnySize, entry,
                                        [&](const Entry& e) { return model_.count(e, how); });
    if (counted.answer == Answer::kOk && outcome.after) {
      EXPECT_EQ(counted.number, outcome.number);
      EXPECT_EQ(counted.created, outcome.created);
      learn(counted.cas, *outcome.after);
    }
    model_.set(key, outcome.after);
  }

  void remove(const std::string& key, const Entry& entry) {
    Remove how{.invalidate = one_in(2), .drop_value = one_in(3)};
    how.expected = maybe_expected(entry);
    how.expires = maybe_expiry(3);
    how.cas = maybe_cas();
    const Answer answer = store_->remove(store_->key(key), how, now_);
    if (is_refused(answer)) return;
    const StoreModel::Outcome outcome = judge(
        answer, false, kAnySize, entry, [&](const Entry& e) { return model_.remove(e, how); });
    model_.set(key, outcome.after);
  }

  void flush() {
    const UnixMs at = one_in(3) ? now_ : now_ + static_cast<UnixMs>(below(20'000));
    store_->flush(at, now_);
    model_.flush(at);
  }

  // Of no key, of some, or of some of these.
  std::string any_prefix() {
    std::string prefix;
    while (prefix.size() < 10 && !one_in(3))
      prefix += std::string(1, static_cast<char>('a' + below(3))) + ':';
    return prefix;
  }
  void flush_prefix() {
    std::string prefix = any_prefix();
    if (!prefix.empty()) prefix.pop_back();
    const UnixMs at = one_in(2) ? now_ : now_ + static_cast<UnixMs>(below(20'000));
    EXPECT_EQ(store_->flush_prefix(prefix, at, now_), Answer::kOk);
    model_.flush_prefix(prefix, at);
  }

  void set_limit() { store_->set_memory_limit(400 * kKiB + below(kMiB), now_); }

  // ---- values on their way in

  void begin_incoming(const std::string& key) {
    if (incoming_.size() >= 8) return;
    Incoming in{.reservation = {}, .key = key, .value = any_value()};
    in.flags = one_in(2) ? 1 : 0;
    in.reservation = store_->reserve(store_->key(key), in.value.size(), in.flags, now_);
    if (is_refused(in.reservation.answer())) return;
    const bool fits =
        fits_item_limit(key.size(), in.value.size(), in.flags, plan_.limits.item_bytes);
    ASSERT_EQ(in.reservation.answer(), fits ? Answer::kOk : Answer::kTooLarge);
    if (fits) incoming_.push_back(std::move(in));
  }

  void go_on_with_incoming() {
    if (incoming_.empty()) return;
    std::swap(incoming_[below(incoming_.size())], incoming_.back());
    Incoming& in = incoming_.back();
    if (in.reservation.missing() != 0 && !one_in(10)) {
      const std::size_t filled = fill_some(in.reservation, in.value, 1 + below(200 * kKiB));
      if (filled != 0) return;
      EXPECT_TRUE(is_refused(in.reservation.answer()));
    } else if (in.reservation.missing() == 0) {
      Entry entry = model_.get(in.key);
      compare(in.key, entry);
      Put how = any_put(entry);
      how.flags = in.flags;
      settle_put(in.key, entry, in.value, how,
                 store_->commit(in.reservation, store_->key(in.key), how, now_));
    }
    incoming_.pop_back();
  }

  // ---- pins

  void pin(const std::string& key, Found found, const std::string& bytes) {
    if (pins_.size() >= 64) return;
    const void* extents = audit_->extents_of(store_->key(key));
    pins_.push_back({std::move(found), key, bytes, extents});
  }
  void drop_a_pin() {
    if (pins_.empty()) return;
    std::swap(pins_[below(pins_.size())], pins_.back());
    check_pin(pins_.back());
    pins_.pop_back();
  }
  static void check_pin(const PinnedValue& pin) {
    EXPECT_TRUE(text_of(pin.found.value) == pin.bytes) << pin.key << " changed under a pin";
  }
  void check_pins() const {
    for (const PinnedValue& pin : pins_) check_pin(pin);
  }

  void check_account() {
    const StoreAudit::Sum linked = audit_->linked();
    std::set<const void*> unlinked;  // long values that only pins hold
    for (const PinnedValue& pin : pins_) {
      if (audit_->extents_of(store_->key(pin.key)) != pin.extents) unlinked.insert(pin.extents);
    }
    unlinked.erase(nullptr);
    std::size_t unlinked_bytes = 0;
    for (const void* extents : unlinked) unlinked_bytes += StoreAudit::bytes_of(extents);
    const Usage usage = store_->usage();
    EXPECT_EQ(usage.items, linked.items);
    EXPECT_EQ(usage.item_bytes, linked.bytes);
    EXPECT_EQ(usage.pinned_bytes % Arena::kLeaseBytes, unlinked_bytes % Arena::kLeaseBytes);
    EXPECT_GE(usage.pinned_bytes, unlinked_bytes);
    EXPECT_EQ(audit_->total(),
              usage.page_bytes + usage.heap_bytes + usage.index_bytes + usage.ghost_bytes);
    EXPECT_EQ(audit_->total(), usage.total_bytes);
    EXPECT_GE(audit_->total(), usage.item_bytes + usage.pinned_bytes + usage.index_bytes +
                                   usage.ghost_bytes + usage.reserved_bytes);
    check_limit();
  }
  // Over the limit there is only what somebody holds.
  void check_limit() {
    store_->set_memory_limit(store_->memory_limit(), now_);  // what pins kept until now may go
    if (!audit_->is_over_limit()) return;
    const StoreAudit::Sum linked = audit_->linked();
    EXPECT_EQ(linked.items, plan_.limits.evict ? linked.in_use : linked.items);
    const auto holds_page = [](const PinnedValue& pin) { return pin.extents == nullptr; };
    EXPECT_TRUE(linked.in_use != 0 || store_->usage().pinned_bytes != 0 || !incoming_.empty() ||
                std::ranges::any_of(pins_, holds_page));
  }

  Plan plan_;
  std::mt19937_64 random_;
  std::optional<TestPath> path_;
  std::optional<Store> store_;
  std::optional<StoreAudit> audit_;
  StoreModel model_;
  UnixMs now_ = TestStore::kStart;
  unsigned refusals_ = 0;
  std::uint64_t evicted_ = 0;
  std::vector<std::string> keys_;
  std::string noise_;
  std::vector<PinnedValue> pins_;
  std::vector<Incoming> incoming_;
};

void run(const Plan& plan) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  History(plan, seed).run();
}

TEST(StoreModel, IsTheStoreThatHasEnoughMemory) {
  run({.limits = {.memory_bytes = 1024 * kMiB, .item_bytes = 2 * kMiB},
       .operations = 1000 * kThousand});
}

TEST(StoreModel, IsTheStoreThatEvictsButForLostItems) {
  run({.limits = {.memory_bytes = 512 * kKiB, .item_bytes = 2 * kMiB},
       .operations = 1000 * kThousand,
       .may_lose = true,
       .may_refuse = true});
}

TEST(StoreModel, IsTheStoreInAFileThatHasEnoughMemory) {
  run({.limits = {.memory_bytes = 1024 * kMiB, .item_bytes = 2 * kMiB},
       .operations = 300 * kThousand,
       .in_file = true});
}

TEST(StoreModel, IsTheStoreInAFileThatEvictsButForLostItems) {
  run({.limits = {.memory_bytes = 512 * kKiB, .item_bytes = 2 * kMiB},
       .operations = 500 * kThousand,
       .may_lose = true,
       .may_refuse = true,
       .in_file = true});
}

TEST(StoreModel, IsTheStoreInAFileThatRefusesButForRefusals) {
  run({.limits = {.memory_bytes = 512 * kKiB, .item_bytes = 2 * kMiB, .evict = false},
       .operations = 1000 * kThousand,
       .may_refuse = true,
       .in_file = true});
}

TEST(StoreModel, IsTheStoreThatRefusesButForRefusals) {
  run({.limits = {.memory_bytes = 512 * kKiB, .item_bytes = 2 * kMiB, .evict = false},
       .operations = 500 * kThousand,
       .may_refuse = true});
}

}  // namespace
}  // namespace larder::store
