// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/check_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "app/commands.h"
#include "base/input_file.h"
#include "base/limits.h"
#include "serve/edge/config.h"

namespace larder::app {
namespace {

constexpr const char* kUsage =
    "usage: larder check FILE\n"
    "       larder check --schema\n"
    "\n"
    "Tells everything that is wrong with an edge's configuration, by line; the exit status is 1\n"
    "when something is. --schema prints what such a file may say, as JSON Schema. `-` reads\n"
    "standard input.\n";

std::string summary_of(const serve::edge::Config& config) {
  std::size_t rules = 0;
  for (const serve::edge::Site& site : config.sites) rules += site.rules.size();
  const auto count = [](std::size_t number, std::string_view what) {
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
  };
  return fmt::format("{}, {}, {}, {}", count(config.sites.size(), "site"), count(rules, "rule"),
                     count(config.upstreams.size(), "upstream"),
                     count(config.listen.size(), "listener"));
}

int check_file(const std::string& file) {
  const auto text = base::read_file(file, limits::kMaxConfigBytes);
  if (!text) {
    fmt::print(stderr, "larder check: {}\n", text.failure().what);
    return 1;
  }
  serve::edge::Config config;
  const auto complaints = serve::edge::read_config(*text, file, config);
  for (const serve::edge::Complaint& one : complaints) {
    fmt::print(stderr, "{}\n", text_of(one));
  }
  if (!complaints.empty()) return 1;
  fmt::print("{}: ok: {}\n", file, summary_of(config));
  return 0;
}

}  // namespace

int run_check(const std::vector<std::string>& arguments) {
  const std::string word = arguments.size() == 2 ? arguments[1] : "";
  if (word == "--schema") {
    fmt::print("{}", serve::edge::schema_text());
    return 0;
  }
  const bool asked = word == "--help" || word == "-h";
  if (!word.empty() && (word == "-" || !word.starts_with('-'))) return check_file(word);
  std::fputs(kUsage, asked ? stdout : stderr);
  return asked ? 0 : kExitUsage;
}

}  // namespace larder::app
