// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/head.h"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

namespace larder::wire::http {
namespace {

// What a load generator sends: 50 bytes.
constexpr std::string_view kShort = "GET /object/123456 HTTP/1.1\r\nHost: example.org\r\n\r\n";

// What a browser sends: 700 bytes.
constexpr std::string_view kLong =
    "GET /static/images/2026/11/landscape-at-night-1920x1080.jpg?version=20261129 HTTP/1.1\r\n"
    "Host: www.example.com\r\n"
    "Connection: keep-alive\r\n"
    "sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r\n"
    "sec-ch-ua-mobile: ?0\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36\r\n"
    "Accept: image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8\r\n"
    "Referer: https://www.example.com/gallery/2026/november/index.html\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: en-US,en;q=0.9,ko;q=0.8\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=yes; visits=12; "
    "cart=3f2a1b0c9d8e7f6a\r\n"
    "If-None-Match: \"5f3c-61a2b3c4d5e6f\"\r\n"
    "\r\n";

void parse(benchmark::State& state, std::string_view text) {
  RequestHead head;
  for (auto _ : state) {
    benchmark::DoNotOptimize(parse_request_head(text, head));
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  state.counters["bytes"] = static_cast<double>(text.size());
}

void parse_short(benchmark::State& state) { parse(state, kShort); }
BENCHMARK(parse_short);

void parse_long(benchmark::State& state) { parse(state, kLong); }
BENCHMARK(parse_long);

// All that a session asks of a head before it looks for an object.
void judge(benchmark::State& state, std::string_view text) {
  RequestHead head;
  Target target;
  for (auto _ : state) {
    benchmark::DoNotOptimize(parse_request_head(text, head));
    benchmark::DoNotOptimize(parse_target(head.method, head.target, target));
    benchmark::DoNotOptimize(frame(head));
    benchmark::ClobberMemory();
  }
}

void judge_short(benchmark::State& state) { judge(state, kShort); }
BENCHMARK(judge_short);

void judge_long(benchmark::State& state) { judge(state, kLong); }
BENCHMARK(judge_long);

}  // namespace
}  // namespace larder::wire::http
