// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/bench.h"

#include <cstdio>
#include <string>
#include <string_view>

#include "cli/command_line.h"
#include "cli/fill.h"
#include "cli/floor.h"
#include "cli/load/report.h"
#include "cli/load/run.h"
#include "cli/replay.h"
#include "cli/server_options.h"

namespace larder::cli {
namespace {

void declare_target(CommandLine& line, load::Options& options) {
  declare_server(line, options.host, options.port, options.unix_path);
  line.option('\0', "server-pid", "pid", options.server_pid,
              "report the processor time that this process uses for a request; 0: none");
}

void declare_load(CommandLine& line, load::Options& options) {
  line.option('c', "connections", "number", options.connections, "connections in all");
  line.option('\0', "threads", "number", options.threads, "client threads, which share them");
  line.option('d', "depth", "number", options.depth,
              "requests that a connection sends at once, and the next when all are answered");
  line.option(
      '\0', "rate", "per second", options.rate,
      "send at this rate, latency counts from when each was to be sent; 0: as replies come");
  line.option('\0', "seconds", "seconds", options.seconds, "time to measure");
  line.option('\0', "warmup", "seconds", options.warmup_s, "time before that");
}

void declare_requests(CommandLine& line, load::Options& options) {
  line.option('\0', "protocol", "text|meta|http", options.protocol,
              "memcached's protocols, or HTTP/1.1: `GET /<key>`");
  line.option('\0', "fields", "lines", options.fields,
              "of a request by HTTP: `Host: a.example; X-More: than one`");
  line.option('\0', "keys", "number", options.keys, "different keys");
  line.option('\0', "key-bytes", "bytes", options.key_bytes, "length of a key");
  line.option('\0', "value-bytes", "sizes", options.value_bytes,
              "length of a value: 100, 10-1000, with weights 100:9,1000-8000:1, or twitter");
  line.option('\0', "ttl", "seconds", options.ttl_s,
              "time to live of what is set; 0: it does not expire");
  line.option('\0', "multiget", "keys", options.multiget, "keys of one get");
  line.option('\0', "distribution", "name", options.distribution,
              "how popular keys are: uniform, zipf (0.99), zipf:<exponent>, or once: each is asked "
              "for once, in their order, by gets and without a warm-up, and then the load ends");
  line.option('\0', "sets", "percent", options.sets_percent, "share of sets among the requests");
  line.option('\0', "seed", "number", options.seed, "of everything that is drawn");
  line.flag("no-fill", options.fill, false, "do not set every key before");
  line.flag("fill", options.fill, true, "set every key before (default, unless all is sets)");
  line.flag("verify", options.verify, true, "check every byte of every value");
}

void declare_report(CommandLine& line, load::Options& options) {
  line.flag("json", options.json, true, "print one JSON object");
  line.flag("histogram", options.histogram, true, "print every bucket of the latencies");
}

int fail(const std::string& what, int exit_code) {
  std::fprintf(stderr, "larder bench: %s\n", what.c_str());
  return exit_code;
}

}  // namespace

int bench(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "floor") return bench_floor(argc - 1, argv + 1);
  if (word == "fill") return bench_fill(argc - 1, argv + 1);
  if (word == "replay") return bench_replay(argc - 1, argv + 1);
  load::Options options;
  CommandLine line(
      "larder bench",
      "load on a memcached or HTTP server, and how fast it answers; `larder bench replay` "
      "replays traces and counts hits, `larder bench fill` fills and counts what is "
      "held, `larder bench floor` is a server that does nothing for its replies");
  declare_target(line, options);
  declare_load(line, options);
  declare_requests(line, options);
  declare_report(line, options);
  if (const auto ended = line.parse(argc, argv)) return *ended;
  if (const auto good = load::check(options); !good) return fail(good.failure().what, kExitUsage);
  auto outcome = load::run(options);
  if (!outcome) return fail(outcome.failure().what, 1);
  const std::string report =
      options.json ? load::to_json(options, *outcome) : load::to_text(options, *outcome);
  std::fputs(report.c_str(), stdout);
  return outcome->all_errors == 0 ? 0 : 1;
}

}  // namespace larder::cli
