// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>
#include <vector>

#include "app/check_command.h"
#include "app/commands.h"
#include "app/edge_command.h"
#include "base/version.h"
#include "cli/bench.h"
#include "cli/import_command.h"
#include "cli/kv.h"

namespace {

constexpr const char* kUsage =
    "Larder {}: one cache for every tier of a service\n"
    "\n"
    "usage: larder <command> [options]\n"
    "\n"
    "  serve    every role there is, on loopback\n"
    "  cache    a cache node with memcached's options; also by calling this program `memcached`\n"
    "  edge     an HTTP edge: router, balancer, TLS end point and cache\n"
    "  kv       copy items from a live memcached or Larder into another\n"
    "  check    tell what is wrong with an edge's configuration\n"
    "  import   print nginx' configuration as one of the edge\n"
    "  bench    put load on a cache node and measure it\n"
    "  version  print the version\n"
    "\n"
    "`larder <command> --help` tells the options.\n";

bool is_called_memcached(std::string_view program) {
  return program.substr(program.find_last_of('/') + 1) == "memcached";
}

}  // namespace

int main(int argc, char** argv) {
  namespace app = larder::app;
  const std::vector<std::string> arguments(argv, argv + argc);
  if (is_called_memcached(arguments[0])) return app::run_cache("memcached", arguments);
  const std::string command = arguments.size() > 1 ? arguments[1] : "help";
  const std::vector<std::string> rest(arguments.begin() + (arguments.size() > 1 ? 1 : 0),
                                      arguments.end());
  if (command == "serve") return app::run_serve(rest);
  if (command == "cache") return app::run_cache("larder cache", rest);
  if (command == "edge") return app::run_edge(rest);
  if (command == "kv") return larder::cli::kv(argc - 1, argv + 1);
  if (command == "check") return app::run_check(rest);
  if (command == "import") return larder::cli::import_command(argc - 1, argv + 1);
  if (command == "bench") return larder::cli::bench(argc - 1, argv + 1);
  if (command == "version" || command == "--version" || command == "-V") {
    fmt::print("larder {}\n", larder::base::kVersion);
    return 0;
  }
  const bool asked = command == "help" || command == "--help" || command == "-h";
  fmt::print(asked ? stdout : stderr, fmt::runtime(kUsage), larder::base::kVersion);
  return asked ? 0 : app::kExitUsage;
}
