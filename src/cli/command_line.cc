// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <CLI/CLI.hpp>

namespace larder::cli {

CommandLine::CommandLine(const std::string& command, const std::string& what)
    : app_(std::make_unique<CLI::App>(what, command)) {
  app_->set_help_flag("-h,--help", "Prints this and exits");
  app_->get_formatter()->column_width(34);
}

CommandLine::~CommandLine() = default;

void CommandLine::option(const std::string& name, std::string& into, const std::string& help) {
  app_->add_option(name, into, help)->capture_default_str()->type_name("");
}

void CommandLine::option(const std::string& name, std::uint64_t& into, const std::string& help) {
  app_->add_option(name, into, help)->capture_default_str()->type_name("N");
}

void CommandLine::option(const std::string& name, double& into, const std::string& help) {
  app_->add_option(name, into, help)->capture_default_str()->type_name("X");
}

void CommandLine::flag(const std::string& name, bool& into, const std::string& help) {
  app_->add_flag(name, into, help);
}

void CommandLine::epilogue(const std::string& text) { app_->footer(text); }

std::optional<int> CommandLine::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app_->exit(error) == 0 ? 0 : kUsageExit;
  }
  return std::nullopt;
}

}  // namespace larder::cli
