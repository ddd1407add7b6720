// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/report.h"

#include <fmt/format.h>

#include "cli/json_object.h"

namespace larder::cli::replay {
namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string trace_of(const Options& options) {
  if (!options.generator.empty()) return options.generator;
  return options.csv_path.empty() ? options.oracle_path : options.csv_path;
}

void add_trace(JsonObject& object, const Options& options) {
  object.add("trace", trace_of(options));
  if (!options.generator.empty()) {
    object.add("capacity", options.capacity)
        .add("objects", options.objects)
        .add("key_bytes", options.key_bytes)
        .add("value_bytes", options.value_bytes)
        .add("trace_rate", options.trace_rate)
        .add("seed", options.seed);
  }
  object.add("ttl", options.ttl)
      .add("speed", options.speed)
      .add("depth", options.depth)
      .add("warmup", options.warmup)
      .add("on_miss", options.on_miss);
}

void add_counts(JsonObject& object, const Counts& counts) {
  object.add("requests", counts.requests)
      .add("gets", counts.gets)
      .add("hits", counts.hits)
      .add("misses", counts.gets - counts.hits)
      .add("hit_ratio", ratio(counts.hits, counts.gets))
      .add("bytes", counts.bytes)
      .add("hit_bytes", counts.hit_bytes)
      .add("byte_hit_ratio", ratio(counts.hit_bytes, counts.bytes))
      .add("stored", counts.stored)
      .add("refused", counts.refused)
      .add("too_large", counts.too_large)
      .add("deletes", counts.deletes);
}

double per_second(const Outcome& outcome) {
  return outcome.seconds == 0 ? 0 : static_cast<double>(outcome.counts.requests) / outcome.seconds;
}

double batch_mean(const Outcome& outcome) {
  return ratio(outcome.counts.requests, outcome.batches);
}

}  // namespace

std::string to_text(const Options& options, const Outcome& outcome) {
  const Counts& counts = outcome.counts;
  std::string text = fmt::format("{}: {}, after {} to warm up\n", outcome.server, trace_of(options),
                                 options.warmup);
  text += fmt::format("requests  {} in {:.2f} s: {:.0f} a second, {:.1f} a batch\n",
                      counts.requests, outcome.seconds, per_second(outcome), batch_mean(outcome));
  text += fmt::format("gets      {}: {} hits, {} misses\n", counts.gets, counts.hits,
                      counts.gets - counts.hits);
  text +=
      fmt::format("hit ratio {:.3f} %, of bytes {:.3f} %\n", 100 * ratio(counts.hits, counts.gets),
                  100 * ratio(counts.hit_bytes, counts.bytes));
  text += fmt::format("sets      {} stored, {} refused, {} too large to be sent; {} deletes\n",
                      counts.stored, counts.refused, counts.too_large, counts.deletes);
  if (options.speed != 0) text += fmt::format("behind    {:.3f} s at most\n", outcome.behind_s);
  if (counts.refused != 0) text += "refused   the first: " + outcome.first_refusal + "\n";
  return text;
}

std::string to_json(const Options& options, const Outcome& outcome) {
  JsonObject object;
  object.add("server", outcome.server);
  add_trace(object, options);
  add_counts(object, outcome.counts);
  object.add("seconds", outcome.seconds)
      .add("requests_per_s", per_second(outcome))
      .add("requests_per_batch", batch_mean(outcome))
      .add("behind_s", outcome.behind_s);
  if (outcome.counts.refused != 0) object.add("first_refusal", outcome.first_refusal);
  return object.text() + "\n";
}

}  // namespace larder::cli::replay
