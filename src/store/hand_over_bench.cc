// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "store/store.h"
#include "store/thread_load.h"

// The keys are the threads': each asks the others for what is theirs.
namespace larder::store {
namespace {

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Requests of one thread to one owner, answered where they lie: a queue there and back.
//
//      answered         asked         filled      all three only grow
//   ──────┴─ the owner's ─┴─ not yet told ─┴─ free
//
// What one side writes and the other looks at is in order with Peer::sleeping, hence seq_cst.
class Ring {
 public:
  explicit Ring(std::size_t slots) : slots_(std::bit_ceil(slots)) {}

  // ---- who asks
  void push(const Question& question) { at(filled_++).question = question; }
  bool is_untold() const { return filled_ != asked_.load(std::memory_order_relaxed); }
  void tell() { asked_.store(filled_, std::memory_order_seq_cst); }
  bool is_answered() const { return answered_.load(std::memory_order_seq_cst) == filled_; }

  // ---- the owner
  bool has_asked() const {
    return asked_.load(std::memory_order_seq_cst) != answered_.load(std::memory_order_relaxed);
  }
  void answer_all(Store& store) {
    const std::size_t from = answered_.load(std::memory_order_relaxed);
    const std::size_t to = asked_.load(std::memory_order_acquire);
    store::answer_all(store, to - from, [&](std::size_t i) -> Request& { return at(from + i); });
    answered_.store(to, std::memory_order_seq_cst);
  }

 private:
  Request& at(std::size_t number) { return slots_[number & (slots_.size() - 1)]; }

  std::vector<Request> slots_;
  std::size_t filled_ = 0;
  alignas(64) std::atomic<std::size_t> asked_{0};
  alignas(64) std::atomic<std::size_t> answered_{0};
};

// A thread that owns a part of the keys, asks the others and answers them.
struct alignas(64) Peer {
  Peer(const ThreadLoad& load, std::size_t number)
      : store({.memory_bytes = load.memory_mib * limits::MiB / load.threads}, 0, kSeed),
        draws(load, number),
        own(load.turn) {
    for (std::size_t i = 0; i < load.threads; ++i) {
      asking.push_back(std::make_unique<Ring>(load.turn));
    }
  }
  ~Peer() { close(wake_fd); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  Store store;
  Draws draws;
  std::vector<std::unique_ptr<Ring>> asking;  // by owner
  std::vector<Request> own;
  int wake_fd = eventfd(0, 0);
  alignas(64) std::atomic<bool> sleeping{false};
};

// Owners and what they share. A thread whose turn has been asked answers others until it has its
// answers; while it works between turns it answers nobody.
//
// It is given the better of some doubts: a ring is never full, a put's bytes need not move, a reply
// is in the asker's hands when the ring says so. Against it: an owner takes its shard's lock, two
// atomic instructions, though nobody else does.
class HandOvers {
 public:
  explicit HandOvers(const ThreadLoad& load) : load_(load) {
    for (std::size_t i = 0; i < load.threads; ++i) {
      peers_.push_back(std::make_unique<Peer>(load, i));
    }
    for (std::size_t i = 0; i < load.keys; ++i) {
      const std::string name = key_name(i);
      const Key key = peers_.front()->store.key(name);
      peers_[owner_of(key)]->store.put(key, kValue, {}, kNow);
    }
  }

  void begin() { running_ = load_.threads; }
  void run(std::size_t thread) {
    Peer& self = *peers_[thread];
    const std::size_t steps = steps_of(load_.work_ns * load_.turn);
    for (std::size_t turn = 0; turn < load_.turns(); ++turn) {
      work(steps);
      const std::int64_t before = clock_ns();
      ask(self);
      while (!all_answered(self)) {
        if (!serve(thread)) rest(thread, [&] { return all_answered(self); });
      }
      measured->turns.add(clock_ns() - before);
    }
    finish(thread);
  }

 private:
  // By bits that choose no shard and no line of an index.
  std::size_t owner_of(const Key& key) const {
    return ((key.hash * 0x9e3779b97f4a7c15) >> 32) % load_.threads;
  }

  void ask(Peer& self) {
    const Peer* const me = &self;
    std::size_t own = 0;
    for (std::size_t i = 0; i < load_.turn; ++i) {
      const Question question = self.draws.next(self.store);
      const std::size_t owner = owner_of(question.key);
      if (peers_[owner].get() == me) {
        self.own[own++].question = question;
      } else {
        self.asking[owner]->push(question);
      }
    }
    for (std::size_t owner = 0; owner < load_.threads; ++owner) {
      if (!self.asking[owner]->is_untold()) continue;
      self.asking[owner]->tell();
      wake(*peers_[owner]);
    }
    answer_all(self.store, own, [&](std::size_t i) -> Request& { return self.own[i]; });
  }

  static bool all_answered(const Peer& self) {
    return std::all_of(self.asking.begin(), self.asking.end(),
                       [](const auto& ring) { return ring->is_answered(); });
  }

  // False: nobody had asked.
  bool serve(std::size_t thread) {
    bool served = false;
    for (const auto& peer : peers_) {
      Ring& ring = *peer->asking[thread];
      if (!ring.has_asked()) continue;
      ring.answer_all(peers_[thread]->store);
      wake(*peer);
      served = true;
    }
    return served;
  }

  bool is_asked(std::size_t thread) const {
    return std::any_of(peers_.begin(), peers_.end(),
                       [&](const auto& peer) { return peer->asking[thread]->has_asked(); });
  }

  // Looks for what there is to do for a while, then sleeps until there is.
  template <class Done>
  void rest(std::size_t thread, Done done) {
    for (std::size_t look = 0; look < load_.looks; ++look) {
      if (done() || is_asked(thread)) return;
      relax();
      ++measured->looks;
    }
    Peer& self = *peers_[thread];
    self.sleeping.store(true, std::memory_order_seq_cst);
    if (!done() && !is_asked(thread)) {
      std::uint64_t count = 0;
      LARDER_CHECK(read(self.wake_fd, &count, sizeof count) == sizeof count);
    }
    self.sleeping.store(false, std::memory_order_relaxed);
  }

  static void wake(Peer& peer) {
    if (!peer.sleeping.load(std::memory_order_seq_cst) || !peer.sleeping.exchange(false)) return;
    ++measured->wakes;
    const std::uint64_t one = 1;
    LARDER_CHECK(write(peer.wake_fd, &one, sizeof one) == sizeof one);
  }

  // The others still ask.
  void finish(std::size_t thread) {
    if (running_.fetch_sub(1) == 1) {
      for (const auto& peer : peers_) wake(*peer);
    }
    const auto done = [&] { return running_.load() == 0; };
    while (!done()) {
      if (!serve(thread)) rest(thread, done);
    }
  }

  ThreadLoad load_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::atomic<std::size_t> running_{0};
};

constexpr std::size_t kManyLooks = 10'000;  // with them nobody sleeps

double look_ns() {
  constexpr std::size_t kLooks = 100'000;
  const std::int64_t before = thread_cpu_ns();
  for (std::size_t i = 0; i < kLooks; ++i) relax();
  return static_cast<double>(thread_cpu_ns() - before) / static_cast<double>(kLooks);
}

void hand_over(benchmark::State& state) {
  const ThreadLoad load = load_of(state);
  for (auto _ : state) {
    HandOvers way(load);
    const bool never_sleeps = load.looks >= kManyLooks;
    const Measured sum = run_rounds(way, load, never_sleeps ? Rounds::kUndisturbed : Rounds::kAll);
    tell(state, load, sum);
    state.counters["looked"] = static_cast<double>(sum.looks) * look_ns() /
                               (load.requests() * static_cast<double>(sum.rounds));
  }
}

// 100 looks are about a microsecond, as base::Mutex takes.
BENCHMARK(hand_over)->Apply(shape)->Apply([](auto* benchmark) {
  for (const std::int64_t threads : {2, 4, 8}) {
    for (const std::int64_t looks : {0, 100}) loads(benchmark, threads, looks);
  }
  loads(benchmark, 2, kManyLooks);
});

}  // namespace
}  // namespace larder::store
