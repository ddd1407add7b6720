// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// What a line costs the loop that says it: to be written, and to be handed to the log's thread.
#include "serve/edge/access_log.h"

#include <benchmark/benchmark.h>

#include <string>

#include "serve/edge/test_request.h"

namespace larder::serve::edge {
namespace {

using Format = AccessLogOptions::Format;

void write_line(benchmark::State& state) {
  TestRequest test("/images/logo.png?v=12");
  test.with("Host", "example.com").with("Accept", "*/*").with("Accept-Encoding", "gzip");
  test.with("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
  test.with("Referer", "https://example.com/a/page.html").with("Cookie", "sid=0123456789abcdef");
  const auto log = AccessLog::open(
      {.name = "bench", .path = "/dev/null", .format = static_cast<Format>(state.range(0))}, 1);
  const LogFacts facts = test.facts();
  for (auto _ : state) (*log)->write(0, facts);
  state.counters["dropped"] = static_cast<double>((*log)->dropped());
}
BENCHMARK(write_line)
    ->ArgName("format")
    ->Arg(static_cast<int>(Format::kCombined))
    ->Arg(static_cast<int>(Format::kW3c))
    ->Arg(static_cast<int>(Format::kJson));

}  // namespace
}  // namespace larder::serve::edge
