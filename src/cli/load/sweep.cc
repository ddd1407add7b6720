// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/sweep.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "cli/load/crew.h"
#include "cli/load/progress.h"
#include "cli/load/workload.h"

namespace larder::cli::load {
namespace {

constexpr std::int64_t kShowNs = 100'000'000;

// The workload of one thread: for the keys (or places) from `begin` to before `end`.
using Part = std::function<std::unique_ptr<Workload>(std::uint32_t begin, std::uint32_t end,
                                                     std::uint64_t thread)>;

void watch(Crew& crew, const Options& options, const std::string& what) {
  Progress progress;
  while (!crew.wait(base::steady_now_ns() + kShowNs)) {
    const std::uint64_t done = crew.totals().requests;
    progress.show(static_cast<double>(done) / static_cast<double>(options.keys),
                  what + ": " + std::to_string(done) + " of " + std::to_string(options.keys));
  }
}

base::Result<Sweep> sweep(const Options& options, const Shape& shape, const io::Address& address,
                          const std::string& what, const Part& part) {
  Crew crew(shape);
  for (std::uint64_t i = 0; i < options.threads; ++i) {
    const ClientOptions client{
        .address = address,
        .connections = (i + 1) * options.connections / options.threads -
                       i * options.connections / options.threads,
        .depth = limits::kLoadFillDepth,
    };
    crew.add(client, part(static_cast<std::uint32_t>(i * options.keys / options.threads),
                          static_cast<std::uint32_t>((i + 1) * options.keys / options.threads), i));
  }
  if (auto connected = crew.connect(); !connected) return connected.failure();
  const std::int64_t begin_ns = base::steady_now_ns();
  crew.start();
  watch(crew, options, what);
  if (auto joined = crew.join(); !joined) {
    return base::Failure{what + ": " + joined.failure().what};
  }
  const double seconds = static_cast<double>(base::steady_now_ns() - begin_ns) / 1e9;
  return Sweep{crew.totals(), seconds, crew.first_error()};
}

}  // namespace

base::Result<Sweep> set_keys(const Options& options, const Shape& shape, const io::Address& address,
                             Order order, std::uint64_t seed) {
  std::vector<std::uint32_t> keys;
  if (order == Order::kRandom) keys = shuffled(static_cast<std::uint32_t>(options.keys), seed);
  return sweep(options, shape, address, "filling",
               [&](std::uint32_t begin, std::uint32_t end, std::uint64_t thread) {
                 return std::make_unique<Fill>(begin, end, seed + thread, keys);
               });
}

base::Result<Sweep> count_keys(const Options& options, Shape shape, const io::Address& address) {
  shape.protocol = Protocol::kMeta;
  shape.multiget = 1;
  shape.values = false;
  auto counted = sweep(options, shape, address, "counting",
                       [](std::uint32_t begin, std::uint32_t end, std::uint64_t) {
                         return std::make_unique<Look>(begin, end);
                       });
  if (!counted) return counted.failure();
  if (counted->totals.errors != 0) {
    return base::Failure{"counting: answered with " + counted->first_error};
  }
  return counted;
}

}  // namespace larder::cli::load
