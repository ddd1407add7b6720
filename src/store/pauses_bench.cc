// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "store/collection/collection.h"
#include "store/store.h"

// What single operations cost at worst, and what they did then: while the index grows, at the
// limit, while a million items expire or have been flushed, while a collection of a million
// elements goes. One thread.
//
//   round 1 … 3   the same operations on a new store, each with the processor time of its thread
//                 ─► of each operation the least: what an interrupt or a neighbour adds is not its
//   last round    the same again; what the longest ones change in Usage tells what they did
//
// Store::tend comes as often as a loop calls it, by the operations' own clock, on which each takes
// a microsecond. The clock's own call is in every time: some 200 ns.
namespace larder::store {
namespace {

constexpr std::size_t kRounds = 3;
constexpr std::size_t kShown = 10;
constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kKeyBytes = 24;
constexpr std::size_t kMostValueBytes = 512 * limits::KiB;
constexpr std::uint64_t kOperationsOfAMs = 1000;
constexpr UnixMs kBusyMs = (limits::kTendBusyMs + 1) / limits::kTendPieces;
static_assert(kBusyMs == 1);

constexpr std::string_view kTreePrefix = "tree";
constexpr std::string_view kTree = "tree:large";

enum class Kind : std::uint8_t { kGet, kPut, kTend, kFlush, kInsert, kRemove, kFlushPrefix };
constexpr std::array kKinds{Kind::kGet, Kind::kPut, Kind::kTend, Kind::kRemove, Kind::kFlushPrefix};

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::kGet: return "get";
    case Kind::kPut: return "put";
    case Kind::kTend: return "tend";
    case Kind::kFlush: return "flush";
    case Kind::kInsert: return "insert";
    case Kind::kRemove: return "remove";
    case Kind::kFlushPrefix: return "flush_prefix";
  }
  return "";
}

struct Operation {
  Kind kind = Kind::kGet;
  std::uint64_t key = 0;  // of kInsert: the bkey, in the one tree
  std::size_t value_bytes = 0;
  UnixMs ttl = 0;  // 0: it does not expire
};

// ---- one operation after the other

// A store with a clock of its own, and what an operation costs there.
class Bench {
 public:
  Bench(std::size_t memory_bytes, UnixMs begin)
      : store_({.memory_bytes = memory_bytes}, 0, kSeed), begin_(begin), next_tend_(begin) {}

  // Nanoseconds.
  std::uint32_t run(const Operation& operation) {
    ++operations_;
    write_name(operation.key);
    const std::string_view value = std::string_view(values()).substr(0, operation.value_bytes);
    const std::int64_t before = processor_ns();
    execute(operation, value);
    return static_cast<std::uint32_t>(processor_ns() - before);
  }
  bool is_tend_due() const { return now() >= next_tend_; }
  Usage usage() const { return store_.usage(); }

 private:
  static const std::string& values() {
    static const std::string kMade(kMostValueBytes, 'v');
    return kMade;
  }
  static std::int64_t processor_ns() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
  }
  UnixMs now() const { return begin_ + static_cast<UnixMs>(operations_ / kOperationsOfAMs); }
  void write_name(std::uint64_t key) {
    for (std::size_t at = kKeyBytes; at-- != 0; key /= 10) {
      name_[at] = static_cast<char>('0' + key % 10);
    }
  }
  void execute(const Operation& operation, std::string_view value) {
    const std::string_view name{name_.data(), name_.size()};
    switch (operation.kind) {
      case Kind::kGet: benchmark::DoNotOptimize(store_.find(store_.key(name), {}, now())); break;
      case Kind::kPut: {
        const UnixMs expires = operation.ttl == 0 ? kNeverExpires : now() + operation.ttl;
        const Stored stored = store_.put(store_.key(name), value, {.expires = expires}, now());
        LARDER_CHECK(stored.answer == Answer::kOk);
        break;
      }
      case Kind::kTend:
        next_tend_ = now() + (store_.tend(now()) ? kBusyMs : limits::kTendIdleMs);
        break;
      case Kind::kFlush: store_.flush(now(), now()); break;
      case Kind::kInsert: insert_into_tree(operation, value); break;
      case Kind::kRemove:
        LARDER_CHECK(store_.remove(store_.key(kTree), {}, now()) == Answer::kOk);
        break;
      case Kind::kFlushPrefix:
        LARDER_CHECK(store_.flush_prefix(kTreePrefix, now(), now()) == Answer::kOk);
        break;
    }
  }
  void insert_into_tree(const Operation& operation, std::string_view value) {
    constexpr collection::Type kType = collection::Type::kBTree;
    CollectionUse use{.grows = true};
    use.create = {.type = kType,
                  .expires = operation.ttl == 0 ? kNeverExpires : now() + operation.ttl,
                  .attributes = {.most = 1'000'000}};
    const CollectionUsed used = store_.operate(
        store_.key(kTree), kType, use,
        [&](collection::Collection& tree) {
          return tree.as<collection::BTree>().insert(
              {collection::Bkey::of(operation.key), {}, value});
        },
        now());
    LARDER_CHECK(used.answer == Answer::kOk);
  }

  Store store_;
  UnixMs begin_;
  UnixMs next_tend_;
  std::uint64_t operations_ = 0;
  std::array<char, kKeyBytes> name_{};
};

// ---- what is done

// The same operations in every round.
class Script {
 public:
  virtual ~Script() = default;
  virtual std::uint64_t filled_before() const = 0;  // operations that are not timed
  virtual std::uint64_t timed() const = 0;          // those that are, but for tend
  virtual Operation next() = 0;

 protected:
  std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  // As many of each power of two.
  std::size_t draw_size(std::size_t least, std::size_t most) {
    const double span = std::log2(static_cast<double>(most) / static_cast<double>(least));
    const double at = static_cast<double>(draw(1 << 20)) / (1 << 20);
    return static_cast<std::size_t>(static_cast<double>(least) * std::exp2(span * at));
  }

 private:
  std::mt19937_64 random_{kSeed};  // NOLINT(cert-msc51-cpp): the same draws in every round
};

// New keys, and between two of them a get and every other time an overwrite of a known one.
class Growth : public Script {
 public:
  explicit Growth(std::uint64_t items) : items_(items) {}
  std::uint64_t filled_before() const override { return kFirstItems; }
  std::uint64_t timed() const override { return (items_ - kFirstItems) / 2 * 5; }
  Operation next() override {
    constexpr std::size_t kValueBytes = 10;
    constexpr std::uint64_t kTurn = 5;
    if (keys_ < kFirstItems) return {Kind::kPut, keys_++, kValueBytes};
    const std::uint64_t step = step_++ % kTurn;
    if (step == 4) return {Kind::kPut, draw(keys_), kValueBytes};
    return step % 2 == 0 ? Operation{Kind::kPut, keys_++, kValueBytes}
                         : Operation{Kind::kGet, draw(keys_)};
  }

 private:
  static constexpr std::uint64_t kFirstItems = 65'536;
  std::uint64_t items_;
  std::uint64_t keys_ = 0;
  std::uint64_t step_ = 0;
};

// New keys where there is no room, and gets of late ones, so that some are moved, and not evicted.
class Turnover : public Script {
 public:
  Turnover(std::uint64_t fill, std::size_t least_bytes, std::size_t most_bytes)
      : fill_(fill), least_bytes_(least_bytes), most_bytes_(most_bytes) {}
  std::uint64_t filled_before() const override { return fill_; }
  std::uint64_t timed() const override { return 2 * fill_; }
  Operation next() override {
    const bool puts = keys_ < fill_ || step_++ % 2 == 0;
    if (puts) return {Kind::kPut, keys_++, draw_size(least_bytes_, most_bytes_)};
    return {Kind::kGet, keys_ - 1 - draw_size(1, fill_)};
  }

 private:
  std::uint64_t fill_;
  std::size_t least_bytes_;
  std::size_t most_bytes_;
  std::uint64_t keys_ = 0;
  std::uint64_t step_ = 0;
};

// A million items that die at once, and gets of others meanwhile.
class Death : public Script {
 public:
  enum class By : std::uint8_t { kExpiry, kFlush };
  explicit Death(By by) : by_(by) {}
  std::uint64_t filled_before() const override { return kLasting + kDying; }
  std::uint64_t timed() const override { return 8'000'000; }  // eight seconds
  Operation next() override {
    constexpr UnixMs kTtl = 5000;
    constexpr std::size_t kValueBytes = 100;
    const std::uint64_t step = step_++;
    if (step < kLasting) return {Kind::kPut, step, kValueBytes};
    if (step < kLasting + kDying) {
      return {Kind::kPut, step, kValueBytes, by_ == By::kExpiry ? kTtl : 0};
    }
    if (step == kLasting + kDying && by_ == By::kFlush) return {Kind::kFlush};
    return {Kind::kGet, draw(kLasting)};
  }

 private:
  static constexpr std::uint64_t kLasting = 100'000;
  static constexpr std::uint64_t kDying = 1'000'000;
  By by_;
  std::uint64_t step_ = 0;
};

// A b+tree of a million elements that goes, and gets of other items meanwhile.
class DeathOfATree : public Script {
 public:
  enum class By : std::uint8_t { kRemoval, kExpiry, kPrefixFlush };
  explicit DeathOfATree(By by) : by_(by) {}
  std::uint64_t filled_before() const override { return kItems + kElements; }
  std::uint64_t timed() const override { return 8'000'000; }  // eight seconds
  Operation next() override {
    constexpr UnixMs kTtl = 5000;
    constexpr std::size_t kValueBytes = 100;
    constexpr std::size_t kElementBytes = 16;
    const std::uint64_t step = step_++;
    if (step < kItems) return {Kind::kPut, step, kValueBytes};
    if (step < kItems + kElements) {
      const std::uint64_t bkey = draw(~std::uint64_t{0});
      return {Kind::kInsert, bkey, kElementBytes, by_ == By::kExpiry ? kTtl : 0};
    }
    if (step == kItems + kElements && by_ == By::kRemoval) return {Kind::kRemove};
    if (step == kItems + kElements && by_ == By::kPrefixFlush) return {Kind::kFlushPrefix};
    return {Kind::kGet, draw(kItems)};
  }

 private:
  static constexpr std::uint64_t kItems = 100'000;
  static constexpr std::uint64_t kElements = 1'000'000;
  By by_;
  std::uint64_t step_ = 0;
};

// ---- rounds

using MakeScript = std::function<std::unique_ptr<Script>()>;
struct Scenario {
  std::string title;
  std::size_t memory_bytes;
  MakeScript make_script;
  UnixMs begin = base::unix_now_ms();  // of all rounds
};

// Calls visit(bench, operation) for each that is to be timed; it must run it.
template <class Visit>
void run_round(const Scenario& scenario, Visit visit) {
  Bench bench(scenario.memory_bytes, scenario.begin);
  const std::unique_ptr<Script> script = scenario.make_script();
  const std::uint64_t before = script->filled_before();
  const std::uint64_t all = before + script->timed();
  for (std::uint64_t i = 0; i < all; ++i) {
    if (bench.is_tend_due()) visit(bench, Operation{Kind::kTend});
    const Operation operation = script->next();
    if (i < before) {
      bench.run(operation);
    } else {
      visit(bench, operation);
    }
  }
}

struct Times {
  std::vector<std::uint32_t> ns;
  std::vector<Kind> kinds;
};

Times measure(const Scenario& scenario) {
  Times times;
  for (std::size_t round = 0; round < kRounds; ++round) {
    std::size_t at = 0;
    run_round(scenario, [&](Bench& bench, const Operation& operation) {
      const std::uint32_t ns = bench.run(operation);
      if (round == 0) {
        times.ns.push_back(ns);
        times.kinds.push_back(operation.kind);
      }
      LARDER_CHECK(at < times.ns.size() && times.kinds[at] == operation.kind);
      times.ns[at] = std::min(times.ns[at], ns);
      ++at;
    });
  }
  return times;
}

// ---- what they did

std::int64_t page_faults() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt;
}

std::string told(const char* what, std::uint64_t before, std::uint64_t after) {
  if (before == after) return {};
  return fmt::format(", {} {:+}", what, static_cast<std::int64_t>(after - before));
}

std::string describe(Bench& bench, const Operation& operation) {
  const Usage before = bench.usage();
  const std::int64_t faults_before = page_faults();
  bench.run(operation);
  const std::int64_t faults = page_faults() - faults_before;
  const Usage after = bench.usage();
  return fmt::format("{} among {} items", name_of(operation.kind), before.items) +
         told("items", before.items, after.items) + told("evicted", before.evicted, after.evicted) +
         told("expired", before.expired, after.expired) +
         told("bytes moved", before.moved_bytes, after.moved_bytes) +
         told("index", before.index_bytes, after.index_bytes) +
         told("ghost", before.ghost_bytes, after.ghost_bytes) +
         told("blocks", before.block_bytes, after.block_bytes) +
         told("pages", before.page_bytes, after.page_bytes) +
         told("free", before.free_bytes, after.free_bytes) +
         told("page faults", 0, static_cast<std::uint64_t>(faults));
}

// ---- figures

double to_us(std::uint32_t ns) { return ns / 1e3; }

double percentile(std::vector<std::uint32_t>& ns, double share) {
  const auto last = static_cast<double>(ns.size() - 1);
  const auto at = ns.begin() + static_cast<std::ptrdiff_t>(std::ceil(share * last));
  std::ranges::nth_element(ns, at);
  return to_us(*at);
}

void print_percentiles(const Times& times) {
  fmt::print("{:12}{:>11}{:>9}{:>9}{:>9}{:>9}{:>9}   us of processor time\n", "", "count", "p50",
             "p99", "p99.9", "p99.99", "max");
  for (const Kind kind : kKinds) {
    std::vector<std::uint32_t> ns;
    for (std::size_t i = 0; i < times.ns.size(); ++i) {
      if (times.kinds[i] == kind) ns.push_back(times.ns[i]);
    }
    if (ns.empty()) continue;
    fmt::print("{:12}{:11}{:9.2f}{:9.2f}{:9.2f}{:9.2f}{:9.2f}\n", name_of(kind), ns.size(),
               percentile(ns, 0.5), percentile(ns, 0.99), percentile(ns, 0.999),
               percentile(ns, 0.9999), percentile(ns, 1));
  }
}

// Numbers of the longest ones, the longest first.
std::vector<std::size_t> longest(const Times& times) {
  std::vector<std::size_t> numbers(times.ns.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
  const auto end = numbers.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, numbers.size()));
  std::ranges::partial_sort(
      numbers, end, [&](std::size_t a, std::size_t b) { return times.ns[a] > times.ns[b]; });
  numbers.erase(end, numbers.end());
  return numbers;
}

void print_longest(const Scenario& scenario, const Times& times,
                   const std::vector<std::size_t>& numbers) {
  std::vector<std::string> told(numbers.size());
  std::size_t at = 0;
  run_round(scenario, [&](Bench& bench, const Operation& operation) {
    const auto found = std::ranges::find(numbers, at++);
    if (found == numbers.end()) {
      bench.run(operation);
    } else {
      told[static_cast<std::size_t>(found - numbers.begin())] = describe(bench, operation);
    }
  });
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    fmt::print("{:9.1f} us  {}\n", to_us(times.ns[numbers[i]]), told[i]);
  }
}

void run(benchmark::State& state, const Scenario& scenario) {
  for (auto _ : state) {
    const Times times = measure(scenario);
    const std::vector<std::size_t> numbers = longest(times);
    fmt::print("\n{}\n", scenario.title);
    print_percentiles(times);
    print_longest(scenario, times, numbers);
    std::fflush(stdout);
    state.counters["max_us"] = to_us(times.ns[numbers.front()]);
  }
}

void pauses_growth(benchmark::State& state) {
  const auto items = static_cast<std::uint64_t>(state.range(0));
  run(state, {fmt::format("index growing to {} items", items), 2 * limits::GiB,
              [=] { return std::make_unique<Growth>(items); }});
}
BENCHMARK(pauses_growth)->Arg(10'000'000)->Iterations(1);

void pauses_at_limit(benchmark::State& state) {
  const auto fill = static_cast<std::uint64_t>(state.range(0));
  const auto least = static_cast<std::size_t>(state.range(1));
  const auto most = static_cast<std::size_t>(state.range(2));
  run(state, {fmt::format("at the limit, values of {} to {} bytes", least, most), 256 * limits::MiB,
              [=] { return std::make_unique<Turnover>(fill, least, most); }});
}
BENCHMARK(pauses_at_limit)
    ->Args({6'000'000, 1, 10})
    ->Args({500'000, 10, 8'000})
    ->Args({20'000, 1'000, kMostValueBytes})
    ->Iterations(1);

void pauses_expiry(benchmark::State& state) {
  run(state, {"a million items expiring", limits::GiB,
              [] { return std::make_unique<Death>(Death::By::kExpiry); }});
}
BENCHMARK(pauses_expiry)->Iterations(1);

void pauses_flush(benchmark::State& state) {
  run(state, {"a million items flushed", limits::GiB,
              [] { return std::make_unique<Death>(Death::By::kFlush); }});
}
BENCHMARK(pauses_flush)->Iterations(1);

void pauses_of_a_tree(benchmark::State& state, const char* how, DeathOfATree::By by) {
  run(state, {fmt::format("a b+tree of a million elements: {}", how), limits::GiB,
              [=] { return std::make_unique<DeathOfATree>(by); }});
}
BENCHMARK_CAPTURE(pauses_of_a_tree, removal, "removed", DeathOfATree::By::kRemoval)->Iterations(1);
BENCHMARK_CAPTURE(pauses_of_a_tree, expiry, "expiring", DeathOfATree::By::kExpiry)->Iterations(1);
BENCHMARK_CAPTURE(pauses_of_a_tree, flush, "its prefix flushed", DeathOfATree::By::kPrefixFlush)
    ->Iterations(1);

}  // namespace
}  // namespace larder::store
