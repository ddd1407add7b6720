// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/bench.h"

#include <cstdio>
#include <string>
#include <string_view>

#include "cli/command_line.h"
#include "cli/floor.h"
#include "cli/load/report.h"
#include "cli/load/run.h"

namespace larder::cli {
namespace {

void declare_server(CommandLine& line, load::Options& options) {
  line.option("--host", options.host, "Of the server");
  line.option("-p,--port", options.port, "Of the server");
  line.option("--unix", options.unix_path, "Path of the server's socket, instead of host and port");
  line.option("--server-pid", options.server_pid,
              "Reports the processor time that this process uses for a request");
}

void declare_load(CommandLine& line, load::Options& options) {
  line.option("-c,--connections", options.connections, "In all");
  line.option("--threads", options.threads, "Of the client, which share the connections");
  line.option(
      "-d,--depth", options.depth,
      "Requests of a connection in flight: sent at once, and the next when all are answered");
  line.option(
      "--rate", options.rate,
      "Requests a second, latency counted from when each was to be sent; 0: as replies come");
  line.option("--seconds", options.seconds, "Measured");
  line.option("--warmup", options.warmup_s, "Seconds before that");
}

void declare_requests(CommandLine& line, load::Options& options) {
  line.option("--protocol", options.protocol, "text or meta");
  line.option("--keys", options.keys, "Different ones");
  line.option("--key-bytes", options.key_bytes, "Length of a key");
  line.option("--value-bytes", options.value_bytes,
              "Length of a value: 100, 10-1000, or with weights 100:9,1000-8000:1");
  line.option("--multiget", options.multiget, "Keys of one get");
  line.option("--distribution", options.distribution, "uniform, zipf or zipf:EXPONENT");
  line.option("--sets", options.sets_percent, "Percent of the requests");
  line.option("--seed", options.seed, "Of all that is drawn");
  line.flag("--fill,!--no-fill", options.fill,
            "Sets every key before (default, unless --sets 100)");
  line.flag("--verify", options.verify, "Checks every byte of every value");
}

void declare_report(CommandLine& line, load::Options& options) {
  line.flag("--json", options.json, "Prints one JSON object");
  line.flag("--histogram", options.histogram, "Prints every bucket of the latencies");
}

int fail(const std::string& what, int exit_code) {
  std::fprintf(stderr, "larder bench: %s\n", what.c_str());
  return exit_code;
}

}  // namespace

int bench(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "floor") return bench_floor(argc - 1, argv + 1);
  load::Options options;
  CommandLine line("larder bench", "Loads a memcached server, and reports how fast it answers.");
  declare_server(line, options);
  declare_load(line, options);
  declare_requests(line, options);
  declare_report(line, options);
  line.epilogue("`larder bench floor --help`: a server that does nothing for its replies.");
  if (const auto ended = line.parse(argc, argv)) return *ended;
  if (const auto good = load::check(options); !good) {
    return fail(good.failure().what, kUsageExit);
  }
  auto outcome = load::run(options);
  if (!outcome) return fail(outcome.failure().what, 1);
  const std::string report =
      options.json ? load::to_json(options, *outcome) : load::to_text(options, *outcome);
  std::fputs(report.c_str(), stdout);
  return outcome->all_errors == 0 ? 0 : 1;
}

}  // namespace larder::cli
