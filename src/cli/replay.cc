// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay.h"

#include <unistd.h>

#include <cstdio>
#include <string>

#include "cli/command_line.h"
#include "cli/load/server_address.h"
#include "cli/load/value_sizes.h"
#include "cli/replay/options.h"
#include "cli/replay/player.h"
#include "cli/replay/report.h"
#include "cli/server_options.h"

namespace larder::cli {
namespace {

int fail(const std::string& what, int exit_code) {
  std::fprintf(stderr, "larder bench replay: %s\n", what.c_str());
  return exit_code;
}

void declare_trace(CommandLine& line, replay::Options& options) {
  line.option('\0', "oracle", "file", options.oracle_path,
              "replay this trace of libCacheSim's format oracleGeneral; .zst is unpacked by zstd");
  line.option('\0', "csv", "file", options.csv_path, "replay this trace of lines; .zst as above");
  line.option('\0', "columns", "names", options.columns,
              "what the CSV has: of time (seconds), key, size (of key and value), key_size, "
              "value_size, ttl (seconds), op (get, set, delete, …) and - (anything else); or "
              "twitter, the format of Twitter's cache traces");
  line.option('\0', "generate", "pattern", options.generator,
              "replay zipf:ALPHA, scan (half of the requests for a hot set, half for new objects; "
              "or scan:SHARE of new ones), loop:F (F times the capacity, round and round), mixed "
              "(zipf:0.9 with scans between) or twitter (sizes and times to live as published)");
}

void declare_generator(CommandLine& line, replay::Options& options) {
  line.option('\0', "capacity", "objects", options.capacity,
              "what the cache holds, which scans and loops are measured by");
  line.option('\0', "objects", "number", options.objects,
              "population of zipf, mixed and twitter; 0: ten times the capacity");
  line.option('\0', "key-bytes", "bytes", options.key_bytes,
              "length of a generated key; 0: 24, of twitter 38");
  line.option('\0', "value-bytes", "sizes", options.value_bytes,
              "length of a generated value: 100, 10-1000, with weights 100:9,1000-8000:1, or "
              "twitter; otherwise 300, of twitter its own");
  line.option('\0', "trace-rate", "per second", options.trace_rate,
              "requests in a second of a generated trace");
  line.option('\0', "seed", "number", options.seed, "of everything that is generated");
}

void declare_replay(CommandLine& line, replay::Options& options) {
  line.option('\0', "requests", "number", options.requests,
              "count so many and end; 0: all of a file, a million of what is generated");
  line.option('\0', "warmup", "number", options.warmup, "requests before those that are counted");
  line.option('\0', "ttl", "seconds", options.ttl,
              "time to live of what has none in the trace, as --value-bytes; 0: it does not "
              "expire");
  line.option('\0', "on-miss", "set|nothing", options.on_miss,
              "what a get that misses is followed by");
  line.option('\0', "largest", "bytes", options.largest,
              "values above are never set, only asked for");
  line.option('\0', "depth", "number", options.depth,
              "requests that go out together; each key sees its own in their order, but what "
              "misses set follows all gets, so that up to so many objects are evicted a little "
              "later than with 1");
  line.option('\0', "speed", "factor", options.speed,
              "keep to the trace's times, so many times as fast, and divide times to live by it; "
              "0: as fast as replies come, with the trace's times to live");
  line.flag("json", options.json, true, "print one JSON object");
}

base::Result<replay::Outcome> play(const replay::Options& options) {
  auto trace = replay::open_trace(options);
  if (!trace) return trace.failure();
  auto ttls = load::ValueSizes::parse(options.ttl);
  if (!ttls) return ttls.failure();
  auto address = load::find_server(options.host, options.port, options.unix_path);
  if (!address) return address.failure();
  auto fd = load::open_connection(*address);
  if (!fd) return fd.failure();
  replay::Player player(options, **trace, *std::move(ttls), *fd);
  auto outcome = player.play();
  ::close(*fd);
  if (outcome) outcome->server = address->text();
  return outcome;
}

}  // namespace

int bench_replay(int argc, char** argv) {
  replay::Options options;
  CommandLine line("larder bench replay",
                   "replays a cache trace, real or generated, and counts hits: each get that "
                   "misses is followed by a set");
  declare_server(line, options.host, options.port, options.unix_path);
  declare_trace(line, options);
  declare_generator(line, options);
  declare_replay(line, options);
  if (const auto ended = line.parse(argc, argv)) return *ended;
  if (const auto good = replay::complete(options); !good) {
    return fail(good.failure().what, kExitUsage);
  }
  auto outcome = play(options);
  if (!outcome) return fail(outcome.failure().what, 1);
  std::fputs(
      (options.json ? replay::to_json(options, *outcome) : replay::to_text(options, *outcome))
          .c_str(),
      stdout);
  return 0;
}

}  // namespace larder::cli
