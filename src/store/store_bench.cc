// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/store.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

// 100k keys of 30 bytes with 100-byte values, drawn by zipf 0.99; one thread.
namespace larder::store {
namespace {

constexpr std::size_t kKeys = 100'000;
constexpr std::size_t kKeyBytes = 30;
constexpr std::size_t kDraws = 1 << 18;
constexpr double kSkew = 0.99;
constexpr UnixMs kNow = 1'800'000'000'000;

const std::string kValue(100, 'v');

// Of two prefixes.
std::string key_name(std::size_t number) {
  const std::string digits = std::to_string(number);
  std::string name = std::string(kKeyBytes - digits.size(), 'k') + digits;
  name[kKeyBytes / 3] = name[2 * kKeyBytes / 3] = ':';
  return name;
}

// The keys, and draws of them one behind the other as in a receive buffer, made once.
struct Load {
  Load() {
    std::vector<double> weights;
    for (std::size_t i = 0; i < kKeys; ++i) {
      keys.push_back(key_name(i * 7919 % kKeys));
      weights.push_back(1 / std::pow(static_cast<double>(i + 1), kSkew));
    }
    std::mt19937_64 random(1);  // NOLINT(cert-msc51-cpp): the same draws in every run
    std::discrete_distribution<std::size_t> zipf(weights.begin(), weights.end());
    for (std::size_t i = 0; i < kDraws; ++i) stream += keys[zipf(random)];
  }
  std::string_view next() {
    at = (at + 1) % kDraws;
    return std::string_view(stream).substr(at * kKeyBytes, kKeyBytes);
  }

  std::vector<std::string> keys;
  std::string stream;
  std::size_t at = 0;
};

Load& load() {
  static Load made;
  return made;
}

void fill(Store& store) {
  for (const std::string& key : load().keys) store.put(store.key(key), kValue, {}, kNow);
}

void find_hit(benchmark::State& state) {
  Store store({.memory_bytes = std::size_t{256} << 20});
  fill(store);
  for (auto _ : state) {
    const Found found = store.find(store.key(load().next()), {}, kNow);
    if (found.answer != Answer::kOk) state.SkipWithError("a key that was put is missing");
    benchmark::DoNotOptimize(found.value.spans().front().back());
  }
}
BENCHMARK(find_hit);

// While so many prefixes are flushed, of which no key is, and nothing has been swept.
void find_hit_flushed(benchmark::State& state) {
  Store store({.memory_bytes = std::size_t{256} << 20});
  fill(store);
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    store.flush_prefix(std::to_string(i), kNow, kNow);
  }
  for (auto _ : state) {
    const Found found = store.find(store.key(load().next()), {}, kNow);
    if (found.answer != Answer::kOk) state.SkipWithError("a key that was put is missing");
    benchmark::DoNotOptimize(found.value.spans().front().back());
  }
}
BENCHMARK(find_hit_flushed)->Arg(0)->Arg(1)->Arg(1000);

// A flush of another prefix each time, of a store that nobody sweeps.
void flush_prefix(benchmark::State& state) {
  Store store({.memory_bytes = std::size_t{256} << 20});
  fill(store);
  std::uint64_t number = 0;
  for (auto _ : state) {
    const std::string prefix = std::to_string(++number);
    if (store.flush_prefix(prefix, kNow, kNow) != Answer::kOk) state.SkipWithError("refused");
  }
}
BENCHMARK(flush_prefix)->Iterations(1000);
BENCHMARK(flush_prefix)->Iterations(100'000);

// The walk that ends it, a page and its items at a time.
void sweep(benchmark::State& state) {
  Store store({.memory_bytes = std::size_t{256} << 20});
  fill(store);
  for (auto _ : state) {
    if (store.usage().flushed_prefixes == 0) store.flush_prefix("none", kNow, kNow);
    benchmark::DoNotOptimize(store.tend(kNow));
  }
}
BENCHMARK(sweep);

// One key again and again: what the instructions cost when everything is in the nearest cache.
void find_hit_warm(benchmark::State& state) {
  Store store({.memory_bytes = std::size_t{256} << 20});
  fill(store);
  const std::string& name = load().keys.front();
  for (auto _ : state) {
    const Found found = store.find(store.key(name), {}, kNow);
    benchmark::DoNotOptimize(found.value.spans().front().back());
  }
}
BENCHMARK(find_hit_warm);

// As a session does it: the keys of a batch are hashed and prefetched, then looked up.
void find_hit_batch(benchmark::State& state) {
  Store store({.memory_bytes = std::size_t{256} << 20});
  fill(store);
  std::vector<Key> batch(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    for (Key& key : batch) {
      key = store.key(load().next());
      store.prefetch_line(key);
    }
    for (const Key& key : batch) store.prefetch_item(key);
    for (const Key& key : batch) {
      const Found found = store.find(key, {}, kNow);
      benchmark::DoNotOptimize(found.value.spans().front().back());
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(find_hit_batch)->Arg(4)->Arg(16);

void find_miss(benchmark::State& state) {
  Store store({.memory_bytes = std::size_t{256} << 20});
  fill(store);
  std::string name = key_name(0);
  name[0] = 'm';
  unsigned number = 0;
  for (auto _ : state) {
    name[1] = static_cast<char>('a' + (++number % 26));
    benchmark::DoNotOptimize(store.find(store.key(name), {}, kNow));
  }
}
BENCHMARK(find_miss);

void put_over(benchmark::State& state) {
  Store store({.memory_bytes = std::size_t{256} << 20});
  fill(store);
  for (auto _ : state) {
    benchmark::DoNotOptimize(store.put(store.key(load().next()), kValue, {}, kNow));
  }
}
BENCHMARK(put_over);

// Always a new key in a full store: every put evicts.
void put_evicting(benchmark::State& state) {
  Store store({.memory_bytes = std::size_t{16} << 20});
  fill(store);
  std::uint64_t number = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(store.put(store.key(key_name(++number)), kValue, {}, kNow));
  }
}
BENCHMARK(put_evicting);

void count(benchmark::State& state) {
  Store store({.memory_bytes = std::size_t{256} << 20});
  for (const std::string& key : load().keys) store.put(store.key(key), "1000000", {}, kNow);
  for (auto _ : state) {
    benchmark::DoNotOptimize(store.count(store.key(load().next()), {}, kNow));
  }
}
BENCHMARK(count);

}  // namespace
}  // namespace larder::store
