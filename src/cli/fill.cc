// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/fill.h"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <string>

#include "base/limits.h"
#include "cli/command_line.h"
#include "cli/json_object.h"
#include "cli/load/options.h"
#include "cli/load/server_address.h"
#include "cli/load/sweep.h"
#include "cli/server_options.h"

namespace larder::cli {
namespace {

struct FillOptions {
  load::Options load;
  std::uint64_t rounds = 1;
  std::string order = "ascending";
  bool count = false;
};

struct Filled {
  std::string server;
  load::Totals totals;  // of all rounds
  double seconds = 0;
  std::string first_error;
  std::optional<std::uint64_t> held;
};

int fail(const std::string& what, int exit_code) {
  std::fprintf(stderr, "larder bench fill: %s\n", what.c_str());
  return exit_code;
}

void declare(CommandLine& line, FillOptions& options) {
  load::Options& load = options.load;
  declare_server(line, load.host, load.port, load.unix_path);
  line.option('c', "connections", "number", load.connections, "connections in all");
  line.option('\0', "threads", "number", load.threads, "client threads, which share them");
  line.option('\0', "protocol", "text|meta", load.protocol, "memcached's protocol to set by");
  line.option('\0', "keys", "number", load.keys, "different keys");
  line.option('\0', "key-bytes", "bytes", load.key_bytes, "length of a key");
  line.option('\0', "value-bytes", "sizes", load.value_bytes,
              "length of a value: 100, 10-1000, with weights 100:9,1000-8000:1, or twitter; sizes "
              "that are drawn are others in each round");
  line.option('\0', "ttl", "seconds", load.ttl_s,
              "time to live of what is set; 0: it does not expire");
  line.option('\0', "rounds", "number", options.rounds,
              "times that every key is set; 0: only count");
  line.option('\0', "order", "ascending|random", options.order, "of the keys in a round");
  line.option('\0', "seed", "number", load.seed, "of everything that is drawn");
  line.flag("count", options.count, true,
            "ask for every key, without its value, when all are set: how many does it hold?");
  line.flag("json", load.json, true, "print one JSON object");
}

base::Status check(const FillOptions& options) {
  if (options.rounds > limits::kMaxFillRounds) {
    return base::Failure{"--rounds is at most " + std::to_string(limits::kMaxFillRounds)};
  }
  if (options.order != "ascending" && options.order != "random") {
    return base::Failure{"--order is ascending or random: " + options.order};
  }
  return load::check(options.load);
}

// Round 0 has the sizes that `larder bench` gives these keys.
base::Status set_round(const FillOptions& options, load::Shape& shape, const io::Address& address,
                       std::uint64_t round, Filled& filled) {
  auto sizes = load::ValueSizes::parse(options.load.value_bytes, round);
  if (!sizes) return sizes.failure();
  shape.sizes = *std::move(sizes);
  const auto order = options.order == "random" ? load::Order::kRandom : load::Order::kAscending;
  const std::uint64_t seed = options.load.seed + round * limits::kMaxLoadThreads;
  auto swept = load::set_keys(options.load, shape, address, order, seed);
  if (!swept) return swept.failure();
  filled.totals.requests += swept->totals.requests;
  filled.totals.stored += swept->totals.stored;
  filled.totals.errors += swept->totals.errors;
  filled.seconds += swept->seconds;
  if (filled.first_error.empty()) filled.first_error = swept->first_error;
  return base::Done{};
}

base::Result<Filled> fill(const FillOptions& options) {
  auto shape = load::shape_of(options.load);
  if (!shape) return shape.failure();
  auto address = load::find_server(options.load.host, options.load.port, options.load.unix_path);
  if (!address) return address.failure();
  Filled filled;
  filled.server = address->text();
  for (std::uint64_t round = 0; round < options.rounds; ++round) {
    if (auto set = set_round(options, *shape, *address, round, filled); !set) return set.failure();
  }
  if (options.count) {
    auto counted = load::count_keys(options.load, *shape, *address);
    if (!counted) return counted.failure();
    filled.held = counted->totals.hits;
  }
  return filled;
}

double per_second(const Filled& filled) {
  if (filled.seconds == 0) return 0;
  return static_cast<double>(filled.totals.requests) / filled.seconds;
}

std::string to_text(const FillOptions& options, const Filled& filled) {
  std::string text = fmt::format("{}: {} keys of {} bytes, values of {} bytes, {} rounds\n",
                                 filled.server, options.load.keys, options.load.key_bytes,
                                 options.load.value_bytes, options.rounds);
  text +=
      fmt::format("sets      {} stored, {} refused in {:.2f} s: {:.0f} a second\n",
                  filled.totals.stored, filled.totals.errors, filled.seconds, per_second(filled));
  if (filled.held) text += fmt::format("held      {} of the keys\n", *filled.held);
  if (filled.totals.errors != 0) text += "refused   the first: " + filled.first_error + "\n";
  return text;
}

std::string to_json(const FillOptions& options, const Filled& filled) {
  JsonObject object;
  object.add("server", filled.server)
      .add("keys", options.load.keys)
      .add("key_bytes", options.load.key_bytes)
      .add("value_bytes", options.load.value_bytes)
      .add("ttl_s", options.load.ttl_s)
      .add("rounds", options.rounds)
      .add("order", options.order)
      .add("seed", options.load.seed)
      .add("seconds", filled.seconds)
      .add("sets_per_s", per_second(filled))
      .add("stored", filled.totals.stored)
      .add("refused", filled.totals.errors);
  if (filled.totals.errors != 0) object.add("first_refusal", filled.first_error);
  if (filled.held) object.add("held", *filled.held);
  return object.text() + "\n";
}

}  // namespace

int bench_fill(int argc, char** argv) {
  FillOptions options;
  CommandLine line("larder bench fill",
                   "sets every key of a memcached server, and counts which of them it holds");
  declare(line, options);
  if (const auto ended = line.parse(argc, argv)) return *ended;
  if (const auto good = check(options); !good) return fail(good.failure().what, kExitUsage);
  auto filled = fill(options);
  if (!filled) return fail(filled.failure().what, 1);
  std::fputs((options.load.json ? to_json(options, *filled) : to_text(options, *filled)).c_str(),
             stdout);
  return 0;
}

}  // namespace larder::cli
