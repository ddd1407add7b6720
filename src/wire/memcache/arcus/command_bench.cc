// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/arcus/command.h"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

namespace larder::wire::memcache::arcus {
namespace {

const std::string kKey = "user:profile:0123456789:avatar";  // 30 bytes

// One line at a time out of a full buffer, as a session with a pipelining client sees it.
void read_lines(benchmark::State& state, const std::string& line) {
  constexpr int kLines = 64;
  std::string buffer;
  for (int i = 0; i < kLines; ++i) buffer += line;
  Command command;
  for (auto _ : state) {
    std::string_view unread = buffer;
    while (!unread.empty()) {
      const Line taken = take_line(unread);
      parse_command(taken.text, {}, command);
      benchmark::DoNotOptimize(command.key.data());
      unread.remove_prefix(taken.consumed);
    }
  }
  state.counters["line_ns"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kLines,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void arcus_get(benchmark::State& state) { read_lines(state, "get " + kKey + "\r\n"); }
void arcus_set(benchmark::State& state) { read_lines(state, "set " + kKey + " 0 3600 1024\r\n"); }
void arcus_mget(benchmark::State& state) { read_lines(state, "mget 3099 100\r\n"); }
void arcus_lop_insert(benchmark::State& state) {
  read_lines(state, "lop insert " + kKey + " -1 100 create 0 0 1000\r\n");
}
void arcus_bop_insert(benchmark::State& state) {
  read_lines(state, "bop insert " + kKey + " 1234567890123 0x0102 100 create 0 0 1000\r\n");
}
void arcus_bop_get(benchmark::State& state) {
  read_lines(state, "bop get " + kKey + " 1234567890123..0 0 & 0x0F EQ 0x01,0x02 50\r\n");
}
BENCHMARK(arcus_get);
BENCHMARK(arcus_set);
BENCHMARK(arcus_mget);
BENCHMARK(arcus_lop_insert);
BENCHMARK(arcus_bop_insert);
BENCHMARK(arcus_bop_get);

}  // namespace
}  // namespace larder::wire::memcache::arcus
