// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace larder::base {

// What comes of an option that is given. A program that takes another's place knows all of the
// other's options, and says of each where it stands.
enum class Effect : std::uint8_t {
  kWorks,
  kNone,     // taken, its value judged; what it governs does not exist here. A note says so
  kRefused,  // a failure: without it the user would not get what was asked for
};

// One option of a command line, as the user knows it.
struct Option {
  char letter;           // '\0': it has only its name
  std::string name;      // without the dashes; empty: it has only its letter
  std::string argument;  // what stands for its value in the help; empty: it takes none
  std::string meaning;   // a sentence, with the default where there is one
  std::function<Status(const std::string& value)> set = {};  // judges and keeps the value
  Effect effect = Effect::kWorks;
  std::string why = {};            // it has no effect, or is refused
  std::vector<Option> items = {};  // not empty: its value is a list of these, which have no letter
};

// The options of one command: parser, help, man page and the table of a document from one table,
// in its order.
//
//   -p, --port=<port>     TCP port (default 11211)
//   -o, --extended=<list> more options: name,name=value
//           modern        …                                  an item, in brackets: [value] may lack
//
// Parsed as getopt_long does, like the programs that this one replaces: `-p11211 -vv -d`; lists as
// getsubopt does, which takes a value for an item that needs none.
class OptionTable {
 public:
  OptionTable(std::string command, std::string summary)
      : command_(std::move(command)), summary_(std::move(summary)) {}

  void add(Option option) { options_.push_back(std::move(option)); }

  // Sets every option that `arguments` (argv, the command's name first) have. A failure names the
  // option and what was wrong with it. `notes` gets a line for each one that has no effect.
  Status parse(std::vector<std::string> arguments, std::vector<std::string>* notes = nullptr) const;

  std::string help() const;
  std::string man_page() const;  // troff, section 1
  std::string markdown() const;  // a table: option, meaning, what comes of it

 private:
  using Notes = std::vector<std::string>*;
  const Option* find(int letter_or_index) const;
  Status refuse(int verdict, int code, const char* argument) const;
  Status take(const Option& option, const std::string& value, const std::string& spelled,
              Notes notes) const;
  Status take_list(const Option& list, const std::string& value, Notes notes) const;

  std::string command_;
  std::string summary_;
  std::vector<Option> options_;
};

// ---- judges for Option::set

Status refuse_option(const std::string& value, std::string_view why);

}  // namespace larder::base
