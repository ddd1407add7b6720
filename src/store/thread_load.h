// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/check.h"
#include "store/store.h"

// Who enters a shard: every thread by its lock (call), or its owner for all others (hand over).
//
// Each thread does as a loop does: it takes the requests of a turn (a tenth puts of 100 bytes, the
// rest finds), hashes and prefetches their keys, has them answered with the values copied into
// replies, and does other work in place of parsing and of the kernel's part. A miss puts. Calls
// run twice more with each operation timed: by the clock for op_p50 to op_p999, by the thread's CPU
// time, which preemption does not spoil, for op_max.
//
//   cpu     ns of all threads for each request      turn_p50 ..  us until a turn has its answers
//   looked  of them, in looking for work            op_p50 ..    ns of an operation, without its
//   sleeps  of a thread, for each turn                           wait: the lock is held for less
//   woke    by the other threads, for each turn     wait_p50 ..  ns until the lock was had, of
//   held    per cent of operations that found               those that found it held
//           the lock held                         cores       in use on average: with fewer than
//                                                             threads, locks are found held less
namespace larder::store {

constexpr std::size_t kKeyBytes = 30;
constexpr std::size_t kValueBytes = 100;
constexpr std::size_t kPutEvery = 10;
constexpr std::size_t kDraws = 1 << 18;
constexpr double kSkew = 0.99;
constexpr std::size_t kPrefetched = 16;
constexpr std::size_t kRounds = 100;
constexpr std::size_t kMostRounds = 400;
constexpr double kUsed = .8;
constexpr std::chrono::milliseconds kPause{5};  // so that all begin with a fresh slice of time
constexpr std::uint64_t kSeed = 1;
constexpr UnixMs kNow = 1'800'000'000'000;

inline const std::string kValue(kValueBytes, 'v');

inline std::int64_t clock_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

inline std::int64_t thread_cpu_ns() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::int64_t{spent.tv_sec} * 1'000'000'000 + spent.tv_nsec;
}

using Clock = std::int64_t (*)();  // none: not timed

// How much too long its times are.
inline std::int64_t cost_of(Clock clock) {
  constexpr std::size_t kReads = 1001;
  std::vector<std::int64_t> costs(kReads);
  for (std::int64_t& cost : costs) {
    const std::int64_t before = clock();
    cost = clock() - before;
  }
  std::nth_element(costs.begin(), costs.begin() + kReads / 2, costs.end());
  return costs[kReads / 2];
}

// ---- what is measured

// Counts of times by their five upper bits: each is told at most 3 % too short.
class Times {
 public:
  void add(std::int64_t time) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(time, 0));
    ++counts_[place_of(value)];
    ++count_;
    most_ = std::max(most_, value);
  }
  void add(const Times& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    most_ = std::max(most_, other.most_);
  }
  std::uint64_t count() const { return count_; }
  double most() const { return static_cast<double>(most_); }
  double at(double share) const {
    const double wanted = share * static_cast<double>(count_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > 0 && static_cast<double>(seen) >= wanted) return value_at(i);
    }
    return 0;
  }

 private:
  static constexpr unsigned kBits = 5;
  static constexpr std::size_t kSteps = 1 << kBits;

  static std::size_t place_of(std::uint64_t value) {
    if (value < kSteps) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return (shift + 1) * kSteps + ((value >> shift) - kSteps);
  }
  static double value_at(std::size_t place) {
    if (place < kSteps) return static_cast<double>(place);
    return std::ldexp(static_cast<double>(place % kSteps + kSteps),
                      static_cast<int>(place / kSteps - 1));
  }

  std::array<std::uint64_t, kSteps * (64 - kBits + 1)> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t most_ = 0;
};

struct Measured {
  Times operations;  // ns by `clock`
  Times waits;       // ns, of those that found the lock held
  Times turns;       // ns
  Clock clock = nullptr;
  std::int64_t clock_cost = 0;
  std::int64_t waited = 0;  // by `clock`
  std::int64_t cpu_ns = 0;
  std::int64_t begun = std::numeric_limits<std::int64_t>::max();  // by clock_ns
  std::int64_t ended = 0;
  std::int64_t span_ns = 0;  // of rounds
  std::int64_t sleeps = 0;
  std::int64_t wakes = 0;
  std::int64_t looks = 0;
  std::size_t rounds = 0;

  void begin() {
    rusage used{};
    getrusage(RUSAGE_THREAD, &used);
    sleeps -= used.ru_nvcsw;
    begun = clock_ns();
    cpu_ns -= thread_cpu_ns();
  }
  void end() {
    cpu_ns += thread_cpu_ns();
    ended = clock_ns();
    rusage used{};
    getrusage(RUSAGE_THREAD, &used);
    sleeps += used.ru_nvcsw;
  }
  void add(const Measured& other) {
    operations.add(other.operations);
    waits.add(other.waits);
    turns.add(other.turns);
    cpu_ns += other.cpu_ns;
    begun = std::min(begun, other.begun);
    ended = std::max(ended, other.ended);
    sleeps += other.sleeps;
    wakes += other.wakes;
    looks += other.looks;
  }
};

inline thread_local Measured* measured = nullptr;

// ---- the load

struct ThreadLoad {
  std::size_t keys;
  std::size_t memory_mib;
  std::size_t threads;
  std::size_t turn;       // requests
  std::size_t work_ns;    // of other things, for each request
  std::size_t looks;      // for work, before a thread sleeps
  Clock clock = nullptr;  // for each operation

  // Of each thread, in a round, which is to be shorter than a slice of the processor's time.
  std::size_t turns() const { return (work_ns < 1000 ? 1 << 13 : 1 << 10) / threads / turn; }
  double requests() const { return static_cast<double>(turns() * threads * turn); }  // of a round
};

inline std::string key_name(std::size_t number) {
  std::string digits = std::to_string(number);
  return std::string(kKeyBytes - digits.size(), 'k') + digits;
}

// Draws one behind the other as in a receive buffer.
inline std::string draw(std::size_t keys) {
  std::vector<double> weights;
  for (std::size_t i = 0; i < keys; ++i) {
    weights.push_back(1 / std::pow(static_cast<double>(i + 1), kSkew));
  }
  std::mt19937_64 random(1);  // NOLINT(cert-msc51-cpp): the same draws in every run
  std::discrete_distribution<std::size_t> zipf(weights.begin(), weights.end());
  std::string stream;
  for (std::size_t i = 0; i < kDraws; ++i) stream += key_name(zipf(random) * 7919 % keys);
  return stream;
}

inline const std::string& draws_of(std::size_t keys) {
  static const std::string kOne = draw(1);
  static const std::string kMany = draw(100'000);
  return keys == 1 ? kOne : kMany;
}

struct Question {
  Key key;
  bool is_put = false;
};

struct alignas(64) Request {
  Question question;
  std::array<char, kValueBytes> reply;
};

// One thread's part of the load.
class Draws {
 public:
  Draws(const ThreadLoad& load, std::size_t thread)
      : stream_(draws_of(load.keys)), at_(kDraws / load.threads * thread) {}
  Question next(const Store& store) {
    at_ = (at_ + 1) % kDraws;
    const std::string_view name = std::string_view(stream_).substr(at_ * kKeyBytes, kKeyBytes);
    return {.key = store.key(name), .is_put = ++count_ % kPutEvery == 0};
  }

 private:
  const std::string& stream_;
  std::size_t at_;
  std::size_t count_ = 0;
};

inline void work(std::size_t steps) {
  std::uint64_t number = steps;
  for (std::size_t i = 0; i < steps; ++i) {
    number = (number ^ (number >> 31)) * 0x9e3779b97f4a7c15;
    benchmark::DoNotOptimize(number);
  }
}

inline std::size_t steps_of(std::size_t ns) {
  static const double kPerNs = [] {
    constexpr std::size_t kSteps = 10'000'000;
    const std::int64_t before = thread_cpu_ns();
    work(kSteps);
    return static_cast<double>(kSteps) / static_cast<double>(thread_cpu_ns() - before);
  }();
  return static_cast<std::size_t>(static_cast<double>(ns) * kPerNs);
}

// ---- answers

template <class Operation>
auto timed(Operation operation) {
  const Clock clock = measured->clock;
  if (clock == nullptr) return operation();
  const std::int64_t waited = measured->waited;
  const std::int64_t before = clock();
  auto outcome = operation();
  const std::int64_t took = clock() - before - measured->clock_cost;
  measured->operations.add(took - (measured->waited - waited));
  return outcome;
}

inline void answer(Store& store, Request& request) {
  const Key& key = request.question.key;
  if (!request.question.is_put) {
    const Found found = timed([&] { return store.find(key, {.want_details = false}, kNow); });
    if (found.answer == Answer::kOk) {
      found.value.copy_to(request.reply.data());
      return;
    }
  }
  const Stored stored = timed([&] { return store.put(key, kValue, {}, kNow); });  // of a miss, too
  LARDER_CHECK(stored.answer == Answer::kOk);
}

template <class RequestAt>
void answer_all(Store& store, std::size_t count, RequestAt at) {
  for (std::size_t from = 0; from < count; from += kPrefetched) {
    const std::size_t to = std::min(count, from + kPrefetched);
    for (std::size_t i = from; i < to; ++i) store.prefetch_line(at(i).question.key);
    for (std::size_t i = from; i < to; ++i) store.prefetch_item(at(i).question.key);
    for (std::size_t i = from; i < to; ++i) answer(store, at(i));
  }
}

// ---- runs

inline bool fits_cores(std::size_t threads) {
  return threads <= std::thread::hardware_concurrency();
}

// To a core of its own: a short round ends before the kernel has moved threads apart.
inline void pin_thread(std::size_t core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  LARDER_CHECK(pthread_setaffinity_np(pthread_self(), sizeof cores, &cores) == 0);
}

template <class Way>
Measured run_round(Way& way, const ThreadLoad& load) {
  std::vector<Measured> of_threads(load.threads);
  std::atomic<std::size_t> awaited{load.threads};
  way.begin();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < load.threads; ++i) {
    threads.emplace_back([&, i] {
      measured = &of_threads[i];
      measured->clock = load.clock;
      if (load.clock != nullptr) measured->clock_cost = cost_of(load.clock);
      if (fits_cores(load.threads)) pin_thread(i);
      std::this_thread::sleep_for(kPause);
      awaited.fetch_sub(1);
      while (awaited.load() > 0) {
        if (!fits_cores(load.threads)) std::this_thread::yield();
      }
      measured->begin();
      way.run(i);
      measured->end();
    });
  }
  for (std::thread& thread : threads) thread.join();
  Measured sum;
  for (const Measured& one : of_threads) sum.add(one);
  return sum;
}

// Other processes leave a round undisturbed when its threads had most of the cores that they could
// use. Threads that sleep themselves do not use them, so of these all rounds count.
enum class Rounds : std::uint8_t { kAll, kUndisturbed };

inline bool is_undisturbed(const Measured& round, std::size_t threads) {
  const std::size_t cores = std::min<std::size_t>(threads, std::thread::hardware_concurrency());
  const auto could_use = static_cast<double>(round.ended - round.begun);
  return static_cast<double>(round.cpu_ns) > kUsed * could_use * static_cast<double>(cores);
}

template <class Way>
Measured run_rounds(Way& way, const ThreadLoad& load, Rounds which) {
  Measured sum;
  for (std::size_t round = 0; round < kMostRounds && sum.rounds < kRounds; ++round) {
    const Measured one = run_round(way, load);
    if (which == Rounds::kUndisturbed && !is_undisturbed(one, load.threads)) continue;
    sum.add(one);
    sum.rounds += 1;
    sum.span_ns += one.ended - one.begun;
  }
  return sum;
}

inline void tell(benchmark::State& state, const ThreadLoad& load, const Measured& plain) {
  if (plain.rounds == 0) return state.SkipWithError("other processes took the cores");
  const double requests = load.requests() * static_cast<double>(plain.rounds);
  const double turns = requests / static_cast<double>(load.turn);
  state.counters["cpu"] = static_cast<double>(plain.cpu_ns) / requests;
  state.counters["cores"] = static_cast<double>(plain.cpu_ns) / static_cast<double>(plain.span_ns);
  state.counters["rounds"] = static_cast<double>(plain.rounds);
  state.counters["turn_p50"] = plain.turns.at(.5) / 1000;
  state.counters["turn_p99"] = plain.turns.at(.99) / 1000;
  state.counters["sleeps"] = static_cast<double>(plain.sleeps) / turns;
  state.counters["woke"] = static_cast<double>(plain.wakes) / turns;
  state.counters["held"] = static_cast<double>(plain.waits.count()) / requests * 100;
  state.counters["wait_p50"] = plain.waits.at(.5);
  state.counters["wait_p99"] = plain.waits.at(.99);
  state.counters["wait_max"] = plain.waits.most();
}

inline ThreadLoad load_of(const benchmark::State& state) {
  const auto argument = [&](std::size_t number) {
    return static_cast<std::size_t>(state.range(number));
  };
  draws_of(argument(1));
  steps_of(0);
  return {.keys = argument(1),
          .memory_mib = argument(2),
          .threads = argument(0),
          .turn = argument(3),
          .work_ns = argument(4),
          .looks = argument(5)};
}

// At the default -m (4 shards): keys by zipf, without other work, with a pipelined request's, and
// with that of one that comes alone; one key for all; turns of eight connections' batches.
inline void loads(benchmark::internal::Benchmark* benchmark, std::int64_t threads,
                  std::int64_t looks) {
  benchmark->Args({threads, 100'000, 64, 16, 0, looks});
  benchmark->Args({threads, 100'000, 64, 16, 400, looks});
  benchmark->Args({threads, 100'000, 64, 1, 5000, looks});
  benchmark->Args({threads, 1, 64, 16, 0, looks});
  benchmark->Args({threads, 100'000, 64, 128, 400, looks});
}

inline void shape(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"threads", "keys", "MiB", "turn", "work", "looks"});
  benchmark->Iterations(1)->Unit(benchmark::kMillisecond);
}

}  // namespace larder::store
