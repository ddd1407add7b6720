// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/tree.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>
#include <vector>

#include "base/check.h"

// What one operation costs in trees of as many elements as Arcus' default allows, and of few. The
// goal for a whole request is 1.6 times as much, of which the tree is a part.
namespace larder::store::collection {
namespace {

// Entries as b+trees have them: 2 bytes of head, a bkey of 8, a value of 16.
constexpr std::size_t kHead = 2;
constexpr std::size_t kEntryBytes = kHead + 8 + 16;

using Entry = std::array<char, kEntryBytes>;

Entry entry_of(std::uint64_t bkey) {
  Entry entry{};
  std::memcpy(entry.data() + kHead, &bkey, sizeof bkey);
  return entry;
}

std::uint64_t bkey_of(std::string_view entry) {
  std::uint64_t bkey = 0;
  std::memcpy(&bkey, entry.data() + kHead, sizeof bkey);
  return bkey;
}

struct FilledTree {
  explicit FilledTree(std::size_t entries) : bkeys(entries) {
    std::mt19937_64 random(1);
    std::ranges::generate(bkeys, random);
    for (const std::uint64_t bkey : bkeys) insert(bkey);
    std::ranges::shuffle(bkeys, random);
  }

  Tree::Place find(std::uint64_t bkey) const {
    return tree.find([&](std::string_view entry) { return bkey_of(entry) < bkey; });
  }
  void insert(std::uint64_t bkey) {
    const Entry entry = entry_of(bkey);
    const std::string_view bytes(entry.data(), entry.size());
    LARDER_CHECK(tree.insert(find(bkey).rank, {&bytes, 1}));
  }
  std::uint64_t next() { return bkeys[turn++ % bkeys.size()]; }

  Ledger ledger{{.memory_bytes = 1024 * limits::MiB}};
  Arena arena{ledger};
  BlockPool pool{arena};
  Tree tree{pool};
  std::vector<std::uint64_t> bkeys;
  std::size_t turn = 0;
};

void find(benchmark::State& state) {
  FilledTree filled(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(filled.find(filled.next()));
}

void at_rank(benchmark::State& state) {
  FilledTree filled(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(filled.tree.at(filled.next() % filled.tree.size()));
  }
}

// Steady: each element that comes replaces one that goes.
void insert_and_erase(benchmark::State& state) {
  FilledTree filled(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    std::uint64_t& bkey = filled.bkeys[filled.turn++ % filled.bkeys.size()];
    const std::size_t rank = filled.find(bkey).rank;
    LARDER_CHECK(filled.tree.erase(rank, rank + 1));
    bkey = std::rotl(bkey * 0x9e3779b97f4a7c15, 31);
    filled.insert(bkey);
  }
}

void fill(benchmark::State& state) {
  for (auto _ : state) {
    FilledTree filled(static_cast<std::size_t>(state.range(0)));
    benchmark::DoNotOptimize(filled.tree.bytes());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(find)->Name("tree/find")->Arg(1000)->Arg(50'000);
BENCHMARK(at_rank)->Name("tree/at_rank")->Arg(1000)->Arg(50'000);
BENCHMARK(insert_and_erase)->Name("tree/insert_and_erase")->Arg(1000)->Arg(50'000);
BENCHMARK(fill)->Name("tree/fill")->Arg(1000)->Arg(50'000);

}  // namespace
}  // namespace larder::store::collection
