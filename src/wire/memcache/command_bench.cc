// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/command.h"

#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <string_view>

#include "wire/memcache/meta.h"
#include "wire/memcache/reply.h"

namespace larder::wire::memcache {
namespace {

constexpr std::string_view kKey = "user:profile:0123456789:avatar";  // 30 bytes

// One line at a time out of a full buffer, as a session with a pipelining client sees it.
template <class Take>
void read_lines(benchmark::State& state, const std::string& line, Take take) {
  constexpr int kLines = 64;
  std::string buffer;
  for (int i = 0; i < kLines; ++i) buffer += line;
  for (auto _ : state) {
    std::string_view unread = buffer;
    while (!unread.empty()) {
      const Line taken = take_line(unread);
      take(parse_command(taken.text));
      unread.remove_prefix(taken.consumed);
    }
  }
  state.SetItemsProcessed(state.iterations() * kLines);
  state.counters["line_ns"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kLines,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void keep(const Command& command) { benchmark::DoNotOptimize(command.key.data()); }

void keep_meta(const Command& command) {
  const MetaFlags flags = parse_meta(command);
  benchmark::DoNotOptimize(&flags);
}

void get_line(benchmark::State& state) {
  read_lines(state, "get " + std::string(kKey) + "\r\n", keep);
}
BENCHMARK(get_line);

void multiget_line(benchmark::State& state) {
  std::string line = "get";
  for (int i = 0; i < 16; ++i) line += " " + std::string(kKey);
  read_lines(state, line + "\r\n", [](const Command& command) {
    std::string_view rest = command.rest;
    for (std::string_view key = command.key; !key.empty(); key = next_key(rest)) {
      benchmark::DoNotOptimize(key);
    }
  });
}
BENCHMARK(multiget_line);

void set_line(benchmark::State& state) {
  read_lines(state, "set " + std::string(kKey) + " 0 3600 1024\r\n", keep);
}
BENCHMARK(set_line);

void set_noreply_line(benchmark::State& state) {
  read_lines(state, "set " + std::string(kKey) + " 0 3600 1024 noreply\r\n", keep);
}
BENCHMARK(set_noreply_line);

void meta_get_line(benchmark::State& state) {
  read_lines(state, "mg " + std::string(kKey) + " k v\r\n", keep_meta);
}
BENCHMARK(meta_get_line);

void meta_set_line(benchmark::State& state) {
  read_lines(state, "ms " + std::string(kKey) + " 1024 T3600 F5 c\r\n", keep_meta);
}
BENCHMARK(meta_set_line);

void value_line(benchmark::State& state) {
  std::array<char, kMaxValueLineBytes> out;
  for (auto _ : state) {
    benchmark::DoNotOptimize(write_value_line(out.data(), kKey, 0, 1024, nullptr));
  }
}
BENCHMARK(value_line);

void value_line_with_cas(benchmark::State& state) {
  std::array<char, kMaxValueLineBytes> out;
  const std::uint64_t cas = 7'421'093'004'211'204;
  for (auto _ : state) {
    benchmark::DoNotOptimize(write_value_line(out.data(), kKey, 30, 1024, &cas));
  }
}
BENCHMARK(value_line_with_cas);

void meta_reply(benchmark::State& state) {
  const MetaFlags flags = parse_meta(parse_command("mg " + std::string(kKey) + " k v"));
  const MetaFacts facts{.key = kKey, .size = 1024};
  std::array<char, kMaxMetaReplyBytes> out;
  for (auto _ : state) {
    benchmark::DoNotOptimize(write_meta_reply(out.data(), MetaCode::kVa, flags, facts));
  }
}
BENCHMARK(meta_reply);

}  // namespace
}  // namespace larder::wire::memcache
