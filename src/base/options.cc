// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <sstream>

namespace larder::base {
namespace {

// getopt_long's code of an option without a letter: above every letter.
constexpr int kFirstNamed = 256;

std::string spelling(const Option& option) {
  std::string text = option.letter == '\0' ? "    " : fmt::format("-{}", option.letter);
  if (option.letter != '\0' && !option.name.empty()) text += ", ";
  if (!option.name.empty()) text += "--" + option.name;
  if (option.argument.empty()) return text;
  return text + (option.name.empty() ? " <" : "=<") + option.argument + ">";
}

bool may_lack_value(const Option& item) {
  return item.argument.empty() || item.argument.front() == '[';
}

std::string item_spelling(const Option& item) {
  if (item.argument.empty()) return item.name;
  return may_lack_value(item) ? fmt::format("{}[=<{}>]", item.name,
                                            item.argument.substr(1, item.argument.size() - 2))
                              : fmt::format("{}=<{}>", item.name, item.argument);
}

// As one refers to it in a message.
std::string short_spelling(const Option& option) {
  return option.name.empty() ? fmt::format("-{}", option.letter) : "--" + option.name;
}

std::string item_of(const Option& list, std::string_view item) {
  return fmt::format("-{} {}", list.letter, item);
}

std::string comes_to(const Option& option) {
  switch (option.effect) {
    case Effect::kWorks: return "";
    case Effect::kNone: return "without effect: " + option.why;
    case Effect::kRefused: return "refused: " + option.why;
  }
  return "";
}

std::string meaning_and_effect(const Option& option) {
  if (option.effect == Effect::kWorks) return option.meaning;
  return fmt::format("{} ({})", option.meaning, comes_to(option));
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

Status OptionTable::parse(std::vector<std::string> arguments,
                          std::vector<std::string>* notes) const {
  std::string letters = ":";  // a missing value is told apart from an unknown option
  std::vector<option> names;
  for (std::size_t i = 0; i < options_.size(); ++i) {
    const Option& one = options_[i];
    const bool takes_value = !one.argument.empty();
    if (one.letter != '\0') letters += one.letter;
    if (one.letter != '\0' && takes_value) letters += ':';
    if (one.name.empty()) continue;
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
    const std::string value = optarg == nullptr ? "" : optarg;
    auto taken = chosen->items.empty() ? take(*chosen, value, short_spelling(*chosen), notes)
                                       : take_list(*chosen, value, notes);
    if (!taken) return taken;
  }
  if (optind < argc) {
    return Failure{fmt::format("{}: unexpected argument {}", command_,
                               argv[static_cast<std::size_t>(optind)])};
  }
  return Done{};
}

Status OptionTable::take(const Option& option, const std::string& value, const std::string& spelled,
                         Notes notes) const {
  if (option.effect == Effect::kRefused) {
    return Failure{fmt::format("{}: {}: {}", command_, spelled, option.why)};
  }
  if (option.set) {
    if (auto set = option.set(value); !set) {
      return Failure{fmt::format("{}: {}: {}", command_, spelled, set.failure().what)};
    }
  }
  if (option.effect == Effect::kNone && notes != nullptr) {
    notes->push_back(fmt::format("{}: {}", spelled, comes_to(option)));
  }
  return Done{};
}

Status OptionTable::take_list(const Option& list, const std::string& value, Notes notes) const {
  std::istringstream pieces(value);
  for (std::string piece; std::getline(pieces, piece, ',');) {
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    const std::string name = piece.substr(0, equals);
    const auto item = std::ranges::find(list.items, name, &Option::name);
    if (item == list.items.end()) {
      return Failure{fmt::format("{}: Illegal suboption \"{}\"", command_, piece)};
    }
    if (equals == std::string::npos && !may_lack_value(*item)) {
      return Failure{fmt::format("{}: {} needs a value", command_, item_of(list, name))};
    }
    const std::string given = equals == std::string::npos ? "" : piece.substr(equals + 1);
    if (auto taken = take(*item, given, item_of(list, name), notes); !taken) return taken;
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

namespace {

// Calls `what` with every option, and behind it with each item of its list, which then has a list.
template <class What>
void for_each(const std::vector<Option>& options, What what) {
  for (const Option& one : options) {
    what(one, nullptr);
    for (const Option& item : one.items) what(item, &one);
  }
}

// In the help, options stand in columns.
std::string help_spelling(const Option& option, const Option* list) {
  return list == nullptr ? spelling(option) : "         " + item_spelling(option);
}

std::string document_spelling(const Option& option, const Option* list) {
  if (list != nullptr) return item_of(*list, item_spelling(option));
  const std::string spelled = spelling(option);
  return spelled.substr(spelled.find_first_not_of(' '));
}

std::string markdown_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string OptionTable::help() const {
  std::size_t width = 0;
  for_each(options_, [&](const Option& one, const Option* list) {
    width = std::max(width, help_spelling(one, list).size());
  });
  std::string text = fmt::format("{}\n\nusage: {} [options]\n\n", summary_, command_);
  for_each(options_, [&](const Option& one, const Option* list) {
    text += fmt::format("  {:<{}}  {}\n", help_spelling(one, list), width, meaning_and_effect(one));
  });
  return text;
}

std::string OptionTable::man_page() const {
  std::string name = command_;
  std::ranges::replace(name, ' ', '-');
  std::string text = fmt::format(".TH {} 1\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n[options]\n",
                                 troff_escaped(name), troff_escaped(name), troff_escaped(summary_),
                                 troff_escaped(command_));
  text += ".SH OPTIONS\n";
  for_each(options_, [&](const Option& one, const Option* list) {
    text += fmt::format(".TP\n.B {}\n{}\n", troff_escaped(document_spelling(one, list)),
                        troff_escaped(meaning_and_effect(one)));
  });
  return text;
}

std::string OptionTable::markdown() const {
  std::string text = "| option | what it asks for | here |\n|---|---|---|\n";
  for_each(options_, [&](const Option& one, const Option* list) {
    const std::string effect = one.effect == Effect::kWorks ? "works" : comes_to(one);
    text += fmt::format("| `{}` | {} | {} |\n", markdown_escaped(document_spelling(one, list)),
                        markdown_escaped(one.meaning), markdown_escaped(effect));
  });
  return text;
}

Status refuse_option(const std::string& value, std::string_view why) {
  return Failure{fmt::format("{}: {}", value.empty() ? "(empty)" : value, why)};
}

}  // namespace larder::base
