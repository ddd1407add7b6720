// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/warm_file.h"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/check.h"
#include "base/limits.h"
#include "store/store.h"

// A store in a file on /dev/shm: what a change costs there, and how long it takes to begin with it.
namespace larder::store {
namespace {

constexpr UnixMs kNow = 1'800'000'000'000;
constexpr std::size_t kKeys = 100'000;

class InFile {
 public:
  explicit InFile(std::size_t memory_bytes)
      : limits_{.memory_bytes = memory_bytes},
        path_("/dev/shm/larder-bench-" + std::to_string(::getpid())) {
    begin();
  }
  ~InFile() {
    store.reset();
    ::unlink(path_.c_str());
  }
  InFile(const InFile&) = delete;
  InFile& operator=(const InFile&) = delete;

  void begin() {
    auto file = WarmFile::open(path_, limits_, 0, kNow);
    LARDER_CHECK(file);
    store.emplace(*std::move(file), true, kNow);
  }
  void put(std::size_t number, const std::string& value) {
    const std::string key = "a-key-of-some-length-" + std::to_string(number);
    store->put(store->key(key), value, {}, kNow);
  }

  std::optional<Store> store;

 private:
  Limits limits_;
  std::string path_;
};

void put_over_in_file(benchmark::State& state) {
  InFile in_file(std::size_t{256} << 20);
  const std::string value(100, 'v');
  std::uint64_t number = 0;
  for (auto _ : state) in_file.put(++number * 7919 % kKeys, value);
}
BENCHMARK(put_over_in_file);

// Values of so many bytes.
void begin_again(benchmark::State& state) {
  constexpr std::size_t kBytes = std::size_t{512} << 20;
  InFile in_file(2 * kBytes);
  const std::string value(static_cast<std::size_t>(state.range(0)), 'v');
  for (std::size_t i = 0; in_file.store->usage().page_bytes < kBytes; ++i) {
    for (std::size_t more = 0; more < 100; ++more) in_file.put(i * 100 + more, value);
  }
  const std::size_t items = in_file.store->usage().items;
  const std::size_t pages = in_file.store->usage().page_bytes;
  for (auto _ : state) {
    state.PauseTiming();
    in_file.store.reset();
    state.ResumeTiming();
    in_file.begin();
    if (in_file.store->recovered().items != items) state.SkipWithError("items are missing");
  }
  state.counters["items"] = static_cast<double>(items);
  state.counters["GiB/s"] = benchmark::Counter(static_cast<double>(pages) / limits::GiB,
                                               benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(begin_again)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(3);

}  // namespace
}  // namespace larder::store
