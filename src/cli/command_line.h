// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace larder::cli {

// The options of a command: declared once, with the variable that each fills and its help. What
// the variable holds before is the default, and the help shows it.
//
//   CommandLine line("larder bench", "Loads a memcached server.");
//   line.option("--depth", depth, "Requests in flight");
//   if (const auto ended = line.parse(argc, argv)) return *ended;
//
// The variables must live until parse has returned.
class CommandLine {
 public:
  CommandLine(const std::string& command, const std::string& what);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  void option(const std::string& name, std::string& into, const std::string& help);
  void option(const std::string& name, std::uint64_t& into, const std::string& help);
  void option(const std::string& name, double& into, const std::string& help);
  // `name` may name the opposite too: "--fill,!--no-fill".
  void flag(const std::string& name, bool& into, const std::string& help);
  void epilogue(const std::string& text);

  // Arguments from argv[1] on. Nothing: go on. A number: exit with it, help or the error has been
  // printed.
  std::optional<int> parse(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
};

// The exit code for arguments that are wrong.
constexpr int kUsageExit = 2;

}  // namespace larder::cli
