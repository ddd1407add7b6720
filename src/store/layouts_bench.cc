// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "store/item.h"
#include "store/size_class_model.h"
#include "store/store.h"

// How much the log holds, and how much size classes would, in equally many bytes. The results are
// the counters and the same in every run; the times mean nothing.
//
//   items   held                          dense    bytes of items (header, key, value) / memory
//   kept    items / items when fresh      moved    bytes copied between pages / bytes put
//   own     items of keys of the phase    hits     per cent of the reads in its last quarter
//   fresh   items before the overwriting  index    bytes of it for each item
namespace larder::store {
namespace {

constexpr std::size_t kMemoryBytes = 64 * limits::MiB;
constexpr std::size_t kKeyBytes = 24;
constexpr std::uint64_t kSeed = 1;
constexpr UnixMs kDayMs = UnixMs{24} * 3600 * kMsPerS;
constexpr std::uint64_t kPutsPerMs = 50;

// As the log packs it, with a time to live.
std::size_t item_bytes_of(std::size_t value_bytes) {
  return Item::bytes_of(Item::kHasExpiry, kKeyBytes, value_bytes);
}

// ---- layouts

class Layout {
 public:
  Layout() = default;
  virtual ~Layout() = default;
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  virtual void put(std::size_t key, std::size_t value_bytes) = 0;
  virtual bool find(std::size_t key) = 0;
  virtual bool has(std::size_t key) = 0;  // and leaves no trace
  virtual std::size_t items() const = 0;
  virtual std::size_t item_bytes() const = 0;
  virtual std::size_t moved_bytes() const = 0;
};

class Log : public Layout {
 public:
  void put(std::size_t key, std::size_t value_bytes) override {
    if (++puts_ % kPutsPerMs == 0) ++now_;
    const auto value = std::string_view(values_).substr(0, value_bytes);
    const Stored stored = store_.put(key_of(key), value, {.expires = now_ + kDayMs}, now_);
    LARDER_CHECK(stored.answer == Answer::kOk);
  }
  bool find(std::size_t key) override {
    return store_.find(key_of(key), {.want_value = false}, now_).answer == Answer::kOk;
  }
  bool has(std::size_t key) override {
    const Lookup look{.leave_no_trace = true, .want_value = false};
    return store_.find(key_of(key), look, now_).answer == Answer::kOk;
  }
  std::size_t items() const override { return store_.usage().items; }
  std::size_t item_bytes() const override { return store_.usage().item_bytes; }
  std::size_t moved_bytes() const override { return store_.usage().moved_bytes; }
  std::size_t index_bytes() const { return store_.usage().index_bytes; }

 private:
  Key key_of(std::size_t key) {
    for (std::size_t at = kKeyBytes; at-- != 0; key /= 10) {
      name_[at] = static_cast<char>('0' + key % 10);
    }
    return store_.key({name_.data(), name_.size()});
  }

  Store store_{{.memory_bytes = kMemoryBytes}, 0, kSeed};
  UnixMs now_ = base::unix_now_ms();
  std::uint64_t puts_ = 0;
  std::string values_ = std::string(limits::kMaxContiguousBytes, 'v');
  std::array<char, kKeyBytes> name_{};
};

// One model for each shard, with its part of the memory and of the keys.
class SizeClasses : public Layout {
 public:
  SizeClasses(const SizeClassModel::Shape& shape, std::size_t shards, double index_bytes_of_item)
      : shards_(shards, SizeClassModel(shape, kMemoryBytes / shards, index_bytes_of_item)) {}

  void put(std::size_t key, std::size_t value_bytes) override {
    shards_[key % shards_.size()].put(key / shards_.size(), item_bytes_of(value_bytes));
  }
  bool find(std::size_t key) override {
    return shards_[key % shards_.size()].find(key / shards_.size());
  }
  bool has(std::size_t key) override {
    return shards_[key % shards_.size()].has(key / shards_.size());
  }
  std::size_t items() const override { return sum(&SizeClassModel::items); }
  std::size_t item_bytes() const override { return sum(&SizeClassModel::item_bytes); }
  std::size_t moved_bytes() const override { return sum(&SizeClassModel::moved_bytes); }

 private:
  std::size_t sum(std::size_t (SizeClassModel::*count)() const) const {
    std::size_t all = 0;
    for (const SizeClassModel& shard : shards_) all += (shard.*count)();
    return all;
  }

  std::vector<SizeClassModel> shards_;
};

// ---- loads

// A middle for each key, from 10 to 4096: of every doubling as many.
constexpr std::size_t kWide = 0;

// Sizes of values, evenly spread about a middle.
class Sizes {
 public:
  Sizes(std::size_t middle, double spread) : middle_(middle), spread_(1 - spread, 1 + spread) {}

  std::size_t next(std::size_t key, std::mt19937_64& random) {
    const double middle = middle_ == kWide ? middle_of(key) : static_cast<double>(middle_);
    return static_cast<std::size_t>(std::lround(middle * spread_(random)));
  }

 private:
  static double middle_of(std::size_t key) {
    constexpr double kLeast = 10;
    constexpr double kMost = 4096;
    constexpr double kGoldenRatio = 0.6180339887498949;
    const double turns = static_cast<double>(key) * kGoldenRatio;
    return kLeast * std::pow(kMost / kLeast, turns - std::floor(turns));
  }

  std::size_t middle_;
  std::uniform_real_distribution<double> spread_;
};

// New keys, of twice as many bytes as there is room for. How many that were.
std::size_t fill(Layout& layout, Sizes sizes, std::mt19937_64& random) {
  std::size_t keys = 0;
  for (std::size_t bytes = 0; bytes < 2 * kMemoryBytes; ++keys) {
    const std::size_t size = sizes.next(keys, random);
    bytes += item_bytes_of(size);
    layout.put(keys, size);
  }
  return keys;
}

double ratio(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

// Of a log that is full of values of that size.
double index_bytes_of_item(std::size_t value_bytes) {
  static std::map<std::size_t, double> known;
  if (const auto at = known.find(value_bytes); at != known.end()) return at->second;
  Log log;
  std::mt19937_64 random(kSeed);
  fill(log, {value_bytes, 0}, random);
  return known[value_bytes] = ratio(log.index_bytes(), log.items());
}

// The store has four shards in so much memory; memcached would have none.
struct Classes {
  const char* name;
  SizeClassModel::Shape shape;
  std::size_t shards;
};
constexpr std::array<Classes, 6> kClasses = {{
    {"64 KiB by 1.25", {64 * limits::KiB, 1.25}, 1},
    {"64 KiB by 1.08", {64 * limits::KiB, 1.08}, 1},
    {"64 KiB by 1.25, 4 shards", {64 * limits::KiB, 1.25}, 4},
    {"64 KiB by 1.08, 4 shards", {64 * limits::KiB, 1.08}, 4},
    {"1 MiB by 1.25", {limits::MiB, 1.25}, 1},
    {"1 MiB by 1.08", {limits::MiB, 1.08}, 1},
}};
constexpr std::size_t kLog = kClasses.size();

std::unique_ptr<Layout> layout_of(benchmark::State& state, std::size_t value_bytes) {
  const auto number = static_cast<std::size_t>(state.range(0));
  state.SetLabel(number == kLog ? "log" : kClasses[number].name);
  if (number == kLog) return std::make_unique<Log>();
  const Classes& classes = kClasses[number];
  return std::make_unique<SizeClasses>(classes.shape, classes.shards,
                                       index_bytes_of_item(value_bytes));
}

// ---- tables

void fill_once(benchmark::State& state) {
  const auto value_bytes = static_cast<std::size_t>(state.range(1));
  const std::unique_ptr<Layout> layout = layout_of(state, value_bytes);
  std::mt19937_64 random(kSeed);
  for (auto _ : state) fill(*layout, {value_bytes, 0}, random);
  state.counters["items"] = static_cast<double>(layout->items());
  state.counters["dense"] = ratio(layout->item_bytes(), kMemoryBytes);
  state.counters["moved"] = ratio(layout->moved_bytes(), 2 * kMemoryBytes);
  state.counters["index"] = index_bytes_of_item(value_bytes);
}

constexpr double kChurnSpread = 0.3;

// Every key ten times in random orders, as many keys as a fresh one held.
void overwrite(benchmark::State& state) {
  constexpr int kRounds = 10;
  const auto value_bytes = static_cast<std::size_t>(state.range(1));
  const std::unique_ptr<Layout> layout = layout_of(state, value_bytes);
  std::mt19937_64 random(kSeed);
  Sizes sizes(value_bytes, kChurnSpread);
  for (auto _ : state) {
    const std::size_t end = fill(*layout, sizes, random);
    const std::size_t fresh = layout->items();
    const std::size_t moved_before = layout->moved_bytes();
    std::vector<std::size_t> keys(fresh);
    std::iota(keys.begin(), keys.end(), end - fresh);
    std::size_t put_bytes = 0;
    for (int round = 0; round < kRounds; ++round) {
      std::ranges::shuffle(keys, random);
      for (const std::size_t key : keys) {
        const std::size_t size = sizes.next(key, random);
        put_bytes += item_bytes_of(size);
        layout->put(key, size);
      }
    }
    state.counters["fresh"] = static_cast<double>(fresh);
    state.counters["items"] = static_cast<double>(layout->items());
    state.counters["dense"] = ratio(layout->item_bytes(), kMemoryBytes);
    state.counters["kept"] = ratio(layout->items(), fresh);
    state.counters["moved"] = ratio(layout->moved_bytes() - moved_before, put_bytes);
  }
}

constexpr std::size_t kPhaseKeys = 1'000'000;
constexpr std::size_t kRequests = 4'000'000;  // of a phase

const std::vector<std::uint32_t>& zipf_draws() {
  static const std::vector<std::uint32_t> kDraws = [] {
    constexpr double kSkew = 0.9;
    std::vector<double> sums(kPhaseKeys);
    double sum = 0;
    for (std::size_t i = 0; i < kPhaseKeys; ++i) {
      sums[i] = sum += 1 / std::pow(static_cast<double>(i + 1), kSkew);
    }
    std::mt19937_64 random(kSeed);
    std::uniform_real_distribution<double> point(0, sum);
    std::vector<std::uint32_t> made(kRequests);
    for (std::uint32_t& draw : made) {
      const auto at = std::ranges::lower_bound(sums, point(random));
      draw = static_cast<std::uint32_t>(at - sums.begin());
    }
    return made;
  }();
  return kDraws;
}

struct Phase {
  std::size_t number;
  std::size_t middle;  // of its values
  std::size_t put_bytes = 0;
  std::size_t own = 0;  // items of it at its end
  double hits = 0;      // per cent of the reads of its last quarter
};

// Nine reads, each put where it misses, to one put; keys and sizes of the phase.
void run(Phase& phase, Layout& layout, std::mt19937_64& random) {
  constexpr std::size_t kRequestsPerPut = 10;
  constexpr double kSpread = 0.5;
  Sizes sizes(phase.middle, kSpread);
  const std::size_t start = random() % kRequests;
  std::size_t reads = 0;
  std::size_t hits = 0;
  for (std::size_t i = 0; i < kRequests; ++i) {
    const std::size_t key = phase.number * kPhaseKeys + zipf_draws()[(start + i) % kRequests];
    const bool is_read = i % kRequestsPerPut != 0;
    const bool hit = is_read && layout.find(key);
    if (is_read && i >= kRequests / 4 * 3) {
      ++reads;
      hits += hit ? 1U : 0U;
    }
    if (hit) continue;
    const std::size_t size = sizes.next(key, random);
    phase.put_bytes += item_bytes_of(size);
    layout.put(key, size);
  }
  phase.hits = 100 * ratio(hits, reads);
  for (std::size_t key = 0; key < kPhaseKeys; ++key) {
    phase.own += layout.has(phase.number * kPhaseKeys + key) ? 1U : 0U;
  }
}

void shift(benchmark::State& state) {
  constexpr std::array<std::size_t, 3> kMiddles = {100, 500, 100};
  const std::unique_ptr<Layout> layout = layout_of(state, kMiddles[0]);
  std::mt19937_64 random(kSeed);
  for (auto _ : state) {
    std::size_t put_bytes = 0;
    for (std::size_t i = 0; i < kMiddles.size(); ++i) {
      Phase phase{.number = i, .middle = kMiddles[i]};
      run(phase, *layout, random);
      put_bytes += phase.put_bytes;
      const std::string name = std::to_string(i + 1) + "_";
      state.counters[name + "hits"] = phase.hits;
      state.counters[name + "items"] = static_cast<double>(layout->items());
      state.counters[name + "own"] = static_cast<double>(phase.own);
      state.counters[name + "dense"] = ratio(layout->item_bytes(), kMemoryBytes);
    }
    state.counters["moved"] = ratio(layout->moved_bytes(), put_bytes);
  }
}

const std::vector<std::int64_t> kLayouts = {kLog, 0, 1, 2, 3, 4, 5};
const std::vector<std::int64_t> kValueBytes = {10, 100, 500, kWide};

BENCHMARK(fill_once)->ArgsProduct({kLayouts, kValueBytes})->Iterations(1);
BENCHMARK(overwrite)->ArgsProduct({kLayouts, kValueBytes})->Iterations(1);
BENCHMARK(shift)->ArgsProduct({kLayouts})->Iterations(1);

}  // namespace
}  // namespace larder::store
