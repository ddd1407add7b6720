// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/report.h"

#include <fmt/format.h>

#include <string_view>

#include "cli/json_object.h"

namespace larder::cli::load {
namespace {

struct Percentile {
  const char* name;
  double share;
};
constexpr Percentile kPercentiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};

double per_request(std::uint64_t ns, const Outcome& outcome) {
  if (outcome.totals.requests == 0) return 0;
  return static_cast<double>(ns) / static_cast<double>(outcome.totals.requests);
}

double percent_of_core(std::uint64_t ns, const Outcome& outcome) {
  return static_cast<double>(ns) / 1e7 / outcome.seconds;
}

double per_second(std::uint64_t count, const Outcome& outcome) {
  return static_cast<double>(count) / outcome.seconds;
}

double us(std::uint64_t ns) { return static_cast<double>(ns) / 1e3; }

// ---- text

std::string describe(const Options& options) {
  std::string text = fmt::format("{}, {} connections, depth {}", options.protocol,
                                 options.connections, options.depth);
  if (options.rate > 0) text += fmt::format(", {} requests/s wanted", options.rate);
  if (options.multiget > 1) text += fmt::format(", {} keys a get", options.multiget);
  return text + fmt::format(", {} % sets; {} keys of {} bytes, {}; values of {} bytes",
                            options.sets_percent, options.keys, options.key_bytes,
                            options.distribution, options.value_bytes);
}

std::string latency_line(const Histogram& latencies) {
  std::string line = fmt::format("latency   mean {:.1f}", latencies.mean() / 1e3);
  for (const auto& [name, share] : kPercentiles) {
    line += fmt::format(", {} {:.1f}", name, us(latencies.percentile(share)));
  }
  return line + fmt::format(", max {:.1f} us\n", us(latencies.max()));
}

std::string cpu_line(std::string_view whose, std::uint64_t ns, const Outcome& outcome) {
  return fmt::format("{:9} {:.3f} us of CPU a request, {:.1f} % of a core\n", whose,
                     per_request(ns, outcome) / 1e3, percent_of_core(ns, outcome));
}

std::string histogram_lines(const Histogram& latencies) {
  std::string lines = "     us or less      requests   share\n";
  std::uint64_t seen = 0;
  latencies.for_each([&](Histogram::Bucket bucket) {
    seen += bucket.count;
    lines += fmt::format("{:15.3f} {:13} {:7.3f} %\n", us(bucket.highest), bucket.count,
                         100 * static_cast<double>(seen) / static_cast<double>(latencies.count()));
  });
  return lines;
}

// ---- JSON

std::string latency_object(const Histogram& latencies) {
  JsonObject object;
  object.add("mean", latencies.mean() / 1e3);
  for (const auto& [name, share] : kPercentiles) object.add(name, us(latencies.percentile(share)));
  return object.add("max", us(latencies.max())).text();
}

std::string histogram_array(const Histogram& latencies) {
  std::string text;
  latencies.for_each([&](Histogram::Bucket bucket) {
    text +=
        fmt::format("{}[{:.3f}, {}]", text.empty() ? "" : ", ", us(bucket.highest), bucket.count);
  });
  return "[" + text + "]";
}

void add_load(JsonObject& object, const Options& options) {
  object.add("protocol", options.protocol)
      .add("connections", options.connections)
      .add("threads", options.threads)
      .add("depth", options.depth)
      .add("multiget", options.multiget)
      .add("keys", options.keys)
      .add("key_bytes", options.key_bytes)
      .add("value_bytes", options.value_bytes)
      .add("distribution", options.distribution)
      .add("sets_percent", options.sets_percent)
      .add("rate", options.rate);
}

void add_totals(JsonObject& object, const Outcome& outcome) {
  const Totals& totals = outcome.totals;
  object.add("seconds", outcome.seconds)
      .add("requests", totals.requests)
      .add("requests_per_s", per_second(totals.requests, outcome))
      .add("hits", totals.hits)
      .add("misses", totals.misses)
      .add("stored", totals.stored)
      .add("errors", outcome.all_errors)
      .add("behind", outcome.behind);
}

}  // namespace

std::string to_text(const Options& options, const Outcome& outcome) {
  const Totals& totals = outcome.totals;
  std::string text = outcome.server + ": " + describe(options) + "\n";
  text += fmt::format("requests  {} in {:.2f} s: {:.0f} a second\n", totals.requests,
                      outcome.seconds, per_second(totals.requests, outcome));
  text += fmt::format("keys      {} hits, {} misses, {} stored{}\n", totals.hits, totals.misses,
                      totals.stored, options.verify ? "; every byte of the hits was right" : "");
  text += latency_line(outcome.latencies);
  if (options.server_pid != 0) text += cpu_line("server", outcome.server_cpu_ns, outcome);
  text += cpu_line("client", outcome.client_cpu_ns, outcome);
  if (outcome.behind != 0) {
    text += fmt::format("behind    {} requests were due and not sent when the time was over\n",
                        outcome.behind);
  }
  if (outcome.all_errors != 0) {
    text += fmt::format("errors    {}, the first: {}\n", outcome.all_errors, outcome.first_error);
  }
  return options.histogram ? text + histogram_lines(outcome.latencies) : text;
}

std::string to_json(const Options& options, const Outcome& outcome) {
  JsonObject object;
  object.add("server", outcome.server);
  add_load(object, options);
  add_totals(object, outcome);
  object.add_bool("verified", options.verify)
      .raw("latency_us", latency_object(outcome.latencies))
      .add("client_cpu_ns_per_request", per_request(outcome.client_cpu_ns, outcome))
      .add("client_cpu_percent", percent_of_core(outcome.client_cpu_ns, outcome));
  if (options.server_pid != 0) {
    object.add("server_cpu_ns_per_request", per_request(outcome.server_cpu_ns, outcome))
        .add("server_cpu_percent", percent_of_core(outcome.server_cpu_ns, outcome));
  }
  if (outcome.all_errors != 0) object.add("first_error", outcome.first_error);
  if (options.histogram) object.raw("histogram_us", histogram_array(outcome.latencies));
  return object.text() + "\n";
}

}  // namespace larder::cli::load
