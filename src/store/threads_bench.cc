// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/limits.h"
#include "base/mutex.h"
#include "store/store.h"
#include "store/thread_load.h"

// Every thread enters any shard, by its lock.
namespace larder::store {

// The linker puts the second in the place of Mutex::wait (CMakeLists.txt), so that the engine is
// the very one of the server.
extern "C" {
void wait_for_mutex(base::Mutex* mutex) asm("__real__ZN6larder4base5Mutex4waitEv");
void measure_wait(base::Mutex* mutex) asm("__wrap__ZN6larder4base5Mutex4waitEv");
void measure_wait(base::Mutex* mutex) {
  if (measured == nullptr) return wait_for_mutex(mutex);
  const Clock clock = measured->clock;
  const std::int64_t before_by_clock = clock != nullptr ? clock() : 0;
  const std::int64_t before = clock_ns();
  wait_for_mutex(mutex);
  measured->waits.add(clock_ns() - before);
  if (clock != nullptr) measured->waited += clock() - before_by_clock;
}
}

namespace {

class Calls {
 public:
  explicit Calls(const ThreadLoad& load)
      : load_(load), store_({.memory_bytes = load.memory_mib * limits::MiB}, 0, kSeed) {
    for (std::size_t i = 0; i < load.threads; ++i) draws_.emplace_back(load, i);
    for (std::size_t i = 0; i < load.keys; ++i) {
      store_.put(store_.key(key_name(i)), kValue, {}, kNow);
    }
  }

  void begin() {}
  void run(std::size_t thread) {
    Draws& draws = draws_[thread];
    std::vector<Request> requests(load_.turn);
    const std::size_t steps = steps_of(load_.work_ns * load_.turn);
    for (std::size_t turn = 0; turn < load_.turns(); ++turn) {
      work(steps);
      const std::int64_t before = clock_ns();
      for (Request& request : requests) request.question = draws.next(store_);
      answer_all(store_, load_.turn, [&](std::size_t i) -> Request& { return requests[i]; });
      measured->turns.add(clock_ns() - before);
    }
  }

 private:
  ThreadLoad load_;
  Store store_;
  std::vector<Draws> draws_;
};

void call(benchmark::State& state) {
  ThreadLoad load = load_of(state);
  for (auto _ : state) {
    Calls way(load);
    load.clock = nullptr;
    tell(state, load, run_rounds(way, load, Rounds::kUndisturbed));
    load.clock = clock_ns;
    const Times operations = run_rounds(way, load, Rounds::kUndisturbed).operations;
    state.counters["op_p50"] = operations.at(.5);
    state.counters["op_p99"] = operations.at(.99);
    state.counters["op_p999"] = operations.at(.999);
    load.clock = thread_cpu_ns;
    state.counters["op_max"] = run_rounds(way, load, Rounds::kAll).operations.most();
  }
}

BENCHMARK(call)->Apply(shape)->Apply([](auto* benchmark) {
  for (const std::int64_t threads : {1, 2, 4, 8}) {
    loads(benchmark, threads, 0);
    benchmark->Args({threads, 100'000, 1024, 16, 0, 0});  // 16 shards
    benchmark->Args({threads, 100'000, 8, 16, 0, 0});     // which they do not fit: puts evict
  }
});

}  // namespace
}  // namespace larder::store
