// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/run.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "cli/load/crew.h"
#include "cli/load/process_cpu.h"
#include "cli/load/progress.h"
#include "cli/load/server_address.h"
#include "cli/load/sweep.h"
#include "cli/load/workload.h"
#include "io/address.h"

namespace larder::cli::load {
namespace {

constexpr std::int64_t kShowNs = 100'000'000;
// Seeds of the parts of a run, so that no two draw the same numbers.
constexpr std::uint64_t kFillSeed = 1'000'000;

std::int64_t to_ns(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }

// Part `index` of `amount` in `count` parts.
std::uint64_t share(std::uint64_t amount, std::uint64_t count, std::uint64_t index) {
  return amount * (index + 1) / count - amount * index / count;
}

ClientOptions client_options(const Options& options, const io::Address& address,
                             std::uint64_t thread) {
  ClientOptions client{.address = address};
  client.connections = share(options.connections, options.threads, thread);
  client.depth = options.depth;
  client.verify = options.verify;
  client.rate = options.rate / static_cast<double>(options.threads);
  if (options.rate > 0) {
    client.schedule_delay_ns = to_ns(static_cast<double>(thread) / options.rate);
  }
  return client;
}

// What the thread asks for.
std::unique_ptr<Workload> workload_of(const Options& options, const Shape& shape,
                                      const Popularity& popularity, std::uint64_t thread) {
  if (popularity.once) {
    const auto at = [&](std::uint64_t part) {
      return static_cast<std::uint32_t>(options.keys * part / options.threads);
    };
    return std::make_unique<Look>(at(thread), at(thread + 1));
  }
  return std::make_unique<Mix>(shape.keys, popularity, options.sets_percent / 100,
                               options.seed + thread);
}

base::Status fill(const Options& options, const Shape& shape, const io::Address& address) {
  auto filled = set_keys(options, shape, address, Order::kAscending, options.seed + kFillSeed);
  if (!filled) return filled.failure();
  if (filled->totals.errors != 0) {
    return base::Failure{"filling: answered with " + filled->first_error};
  }
  return base::Done{};
}

// ---- measuring

struct Instant {
  std::int64_t ns = 0;
  Totals totals;
  std::uint64_t server_cpu_ns = 0;
  std::uint64_t client_cpu_ns = 0;
};

base::Result<Instant> read_instant(const Options& options, const Crew& crew) {
  Instant instant;
  if (options.server_pid != 0) {
    auto cpu = cpu_ns_of(static_cast<pid_t>(options.server_pid));
    if (!cpu) return cpu.failure();
    instant.server_cpu_ns = *cpu;
  }
  instant.ns = base::steady_now_ns();
  instant.totals = crew.totals();
  auto own_cpu = cpu_ns_of(::getpid());
  if (!own_cpu) return own_cpu.failure();
  instant.client_cpu_ns = *own_cpu;
  return instant;
}

// True: ended sooner.
bool watch(Crew& crew, Progress& progress, double seconds, const char* what) {
  const std::int64_t begin_ns = base::steady_now_ns();
  const std::int64_t end_ns = begin_ns + to_ns(seconds);
  std::uint64_t before = crew.totals().requests;
  for (std::int64_t next_ns = begin_ns; next_ns < end_ns;) {
    next_ns = std::min(next_ns + kShowNs, end_ns);
    if (crew.wait(next_ns)) return true;
    const double passed = static_cast<double>(next_ns - begin_ns) / 1e9;
    const std::uint64_t now = crew.totals().requests;
    char text[120];
    std::snprintf(text, sizeof text, "%s %.1f/%.1f s %10.0f requests/s", what, passed, seconds,
                  static_cast<double>(now - before) * 1e9 / static_cast<double>(kShowNs));
    progress.show(passed / seconds, text);
    before = now;
  }
  return false;
}

base::Result<std::pair<Instant, Instant>> measure(const Options& options, Crew& crew) {
  Progress progress;
  const bool warms_up = options.warmup_s > 0 && options.distribution != "once";
  bool ended_early = false;
  if (warms_up) {
    crew.start();
    ended_early = watch(crew, progress, options.warmup_s, "warm-up");
  }
  crew.set_stage(Stage::kMeasure);
  auto begin = read_instant(options, crew);
  if (!warms_up) crew.start();
  if (!ended_early) watch(crew, progress, options.seconds, "load");
  auto end = read_instant(options, crew);
  crew.set_stage(Stage::kStop);
  // A failed client explains more than what could not be read about a server that is gone.
  if (auto joined = crew.join(); !joined) return joined.failure();
  if (!begin) return begin.failure();
  if (!end) return end.failure();
  return std::pair(*begin, *end);
}

base::Result<Outcome> load(const Options& options, const Shape& shape, const io::Address& address) {
  auto popularity = Popularity::parse(options.distribution);
  if (!popularity) return popularity.failure();
  Crew crew(shape);
  for (std::uint64_t i = 0; i < options.threads; ++i) {
    crew.add(client_options(options, address, i), workload_of(options, shape, *popularity, i));
  }
  if (auto connected = crew.connect(); !connected) return connected.failure();
  auto instants = measure(options, crew);
  if (!instants) return instants.failure();
  const auto& [begin, end] = *instants;
  Outcome outcome;
  outcome.server = address.text();
  outcome.seconds = static_cast<double>(end.ns - begin.ns) / 1e9;
  outcome.totals = end.totals.since(begin.totals);
  outcome.latencies = crew.latencies();
  outcome.server_cpu_ns = end.server_cpu_ns - begin.server_cpu_ns;
  outcome.client_cpu_ns = end.client_cpu_ns - begin.client_cpu_ns;
  outcome.behind = crew.behind();
  outcome.all_errors = crew.totals().errors;
  outcome.first_error = crew.first_error();
  return outcome;
}

}  // namespace

base::Result<Outcome> run(const Options& options) {
  auto shape = shape_of(options);
  if (!shape) return shape.failure();
  auto address = find_server(options.host, options.port, options.unix_path);
  if (!address) return address.failure();
  if (options.fill && options.sets_percent < 100) {
    if (auto filled = fill(options, *shape, *address); !filled) return filled.failure();
  }
  return load(options, *shape, *address);
}

}  // namespace larder::cli::load
