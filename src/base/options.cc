// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>

namespace larder::base {
namespace {

// getopt_long's code of an option without a letter: above every letter.
constexpr int kFirstNamed = 256;

std::string spelling(const Option& option) {
  std::string text = option.letter == '\0' ? "    " : fmt::format("-{}, ", option.letter);
  text += "--" + option.name;
  if (!option.argument.empty()) text += "=<" + option.argument + ">";
  return text;
}

std::size_t last_taken(int next) { return static_cast<std::size_t>(std::max(next - 1, 0)); }

std::string troff_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '-') escaped += '\\';
    escaped += c == '\\' ? std::string("\\e") : std::string(1, c);
  }
  return escaped;
}

}  // namespace

const Option* OptionTable::find(int letter_or_index) const {
  if (letter_or_index >= kFirstNamed) {
    return &options_[static_cast<std::size_t>(letter_or_index - kFirstNamed)];
  }
  const auto found = std::ranges::find_if(options_, [letter_or_index](const Option& option) {
    return option.letter != '\0' && option.letter == letter_or_index;
  });
  return found == options_.end() ? nullptr : &*found;
}

Status OptionTable::parse(std::vector<std::string> arguments) const {
  std::string letters = ":";  // a missing value is told apart from an unknown option
  std::vector<option> names;
  for (std::size_t i = 0; i < options_.size(); ++i) {
    const Option& one = options_[i];
    const bool takes_value = !one.argument.empty();
    if (one.letter != '\0') letters += one.letter;
    if (one.letter != '\0' && takes_value) letters += ':';
    const int code = one.letter != '\0' ? one.letter : kFirstNamed + static_cast<int>(i);
    names.push_back(
        {one.name.c_str(), takes_value ? required_argument : no_argument, nullptr, code});
  }
  names.push_back({});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const int argc = static_cast<int>(arguments.size());

  optind = 0;  // glibc: begin anew, whatever was parsed before
  opterr = 0;
  for (;;) {
    const int code = getopt_long(argc, argv.data(), letters.c_str(), names.data(), nullptr);
    if (code == -1) break;
    if (code == '?' || code == ':') return refuse(code, optopt, argv[last_taken(optind)]);
    const Option* chosen = find(code);
    if (auto set = chosen->set(optarg == nullptr ? "" : optarg); !set) {
      return Failure{fmt::format("{}: --{}: {}", command_, chosen->name, set.failure().what)};
    }
  }
  if (optind < argc) {
    return Failure{fmt::format("{}: unexpected argument {}", command_,
                               argv[static_cast<std::size_t>(optind)])};
  }
  return Done{};
}

// getopt_long names a wrong letter or an option used wrongly by `code`, an unknown name by 0; the
// argument is the one that it took last.
Status OptionTable::refuse(int verdict, int code, const char* argument) const {
  if (verdict == ':') return Failure{fmt::format("{}: {} needs a value", command_, argument)};
  if (code == 0) return Failure{fmt::format("{}: unknown option {}", command_, argument)};
  if (find(code) == nullptr) {
    return Failure{fmt::format("{}: unknown option -{}", command_, static_cast<char>(code))};
  }
  return Failure{fmt::format("{}: {}: it takes no value", command_, argument)};
}

std::string OptionTable::help() const {
  std::size_t width = 0;
  for (const Option& one : options_) width = std::max(width, spelling(one).size());
  std::string text = fmt::format("{}\n\nusage: {} [options]\n\n", summary_, command_);
  for (const Option& one : options_) {
    text += fmt::format("  {:<{}}  {}\n", spelling(one), width, one.meaning);
  }
  return text;
}

std::string OptionTable::man_page() const {
  std::string name = command_;
  std::ranges::replace(name, ' ', '-');
  std::string text = fmt::format(".TH {} 1\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n[options]\n",
                                 troff_escaped(name), troff_escaped(name), troff_escaped(summary_),
                                 troff_escaped(command_));
  text += ".SH OPTIONS\n";
  for (const Option& one : options_) {
    std::string spelled = spelling(one);
    spelled.erase(0, spelled.find_first_not_of(' '));
    text += fmt::format(".TP\n.B {}\n{}\n", troff_escaped(spelled), troff_escaped(one.meaning));
  }
  return text;
}

Status refuse_option(const std::string& value, std::string_view why) {
  return Failure{fmt::format("{}: {}", value.empty() ? "(empty)" : value, why)};
}

}  // namespace larder::base
