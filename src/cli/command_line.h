// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/options.h"

namespace larder::cli {

// A tool's options over base's table: each is declared with the variable that it fills, and what
// the variable holds before is the default that the help shows.
//
//   CommandLine line("larder bench", "loads a memcached server");
//   line.option('d', "depth", "requests", depth, "Requests in flight");
//   if (const auto ended = line.parse(argc, argv)) return *ended;
//
// The variables must live until parse has returned.
class CommandLine {
 public:
  CommandLine(std::string command, std::string summary);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // `letter` may be '\0'; `argument` is what stands for the value in the help.
  void option(char letter, const std::string& name, const std::string& argument, std::string& into,
              const std::string& meaning);
  void option(char letter, const std::string& name, const std::string& argument,
              std::uint64_t& into, const std::string& meaning);
  void option(char letter, const std::string& name, const std::string& argument, double& into,
              const std::string& meaning);
  // Given, it makes `into` be `value`.
  void flag(const std::string& name, bool& into, bool value, const std::string& meaning);

  // Arguments from argv[1] on. Nothing: go on. A number: exit with it, help or the error has been
  // printed.
  std::optional<int> parse(int argc, char** argv);

 private:
  void add(char letter, const std::string& name, const std::string& argument,
           const std::string& meaning, decltype(base::Option::set) set);

  base::OptionTable table_;
  bool wants_help_ = false;
  bool wants_man_page_ = false;
};

// The exit code for arguments that are wrong.
constexpr int kExitUsage = 64;  // as sysexits.h has it

}  // namespace larder::cli
