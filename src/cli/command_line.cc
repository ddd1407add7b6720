// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <utility>
#include <vector>

namespace larder::cli {
namespace {

using base::Done;
using base::Status;

template <class Number>
Status set_number(Number& into, const std::string& text, const char* expected) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, into);
  if (error != std::errc{} || stopped != end) return base::refuse_option(text, expected);
  return Done{};
}

template <class Value>
std::string with_default(const std::string& meaning, const Value& value) {
  const std::string text = fmt::format("{}", value);
  return text.empty() ? meaning : fmt::format("{} (default {})", meaning, text);
}

}  // namespace

CommandLine::CommandLine(std::string command, std::string summary)
    : table_(std::move(command), std::move(summary)) {}

void CommandLine::add(char letter, const std::string& name, const std::string& argument,
                      const std::string& meaning, decltype(base::Option::set) set) {
  table_.add({letter, name, argument, meaning, std::move(set)});
}

void CommandLine::option(char letter, const std::string& name, const std::string& argument,
                         std::string& into, const std::string& meaning) {
  add(letter, name, argument, with_default(meaning, into), [&into](const std::string& text) {
    into = text;
    return Status(Done{});
  });
}

void CommandLine::option(char letter, const std::string& name, const std::string& argument,
                         std::uint64_t& into, const std::string& meaning) {
  add(letter, name, argument, with_default(meaning, into), [&into](const std::string& text) {
    return set_number(into, text, "a whole number is expected");
  });
}

void CommandLine::option(char letter, const std::string& name, const std::string& argument,
                         double& into, const std::string& meaning) {
  add(letter, name, argument, with_default(meaning, into),
      [&into](const std::string& text) { return set_number(into, text, "a number is expected"); });
}

void CommandLine::flag(const std::string& name, bool& into, bool value,
                       const std::string& meaning) {
  add('\0', name, "", meaning, [&into, value](const std::string&) {
    into = value;
    return Status(Done{});
  });
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  table_.add({'h', "help", "", "print this and exit", [this](const std::string&) {
                wants_help_ = true;
                return Status(Done{});
              }});
  flag("man", wants_man_page_, true, "print the man page and exit");
  if (const auto parsed = table_.parse(std::vector<std::string>(argv, argv + argc)); !parsed) {
    fmt::print(stderr, "{}\n", parsed.failure().what);
    return kExitUsage;
  }
  if (wants_help_) fmt::print("{}", table_.help());
  if (wants_man_page_) fmt::print("{}", table_.man_page());
  if (wants_help_ || wants_man_page_) return 0;
  return std::nullopt;
}

}  // namespace larder::cli
