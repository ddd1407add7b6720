// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace larder::base {

// One option of a command line, as the user knows it.
struct Option {
  char letter;           // '\0': it has only its name
  std::string name;      // without the dashes
  std::string argument;  // what stands for its value in the help; empty: it takes none
  std::string meaning;   // a sentence, with the default where there is one
  std::function<Status(const std::string& value)> set;  // judges and keeps the value
};

// The options of one command: parser, help and man page from one table, in the order of the table.
//
//   -p, --port=<port>     TCP port (default 11211)
//
// Parsed as getopt_long does, like the programs that this one replaces: `-p11211 -vv -d`.
class OptionTable {
 public:
  OptionTable(std::string command, std::string summary)
      : command_(std::move(command)), summary_(std::move(summary)) {}

  void add(Option option) { options_.push_back(std::move(option)); }

  // Sets every option that `arguments` (argv, the command's name first) have. A failure names the
  // option and what was wrong with it.
  Status parse(std::vector<std::string> arguments) const;

  std::string help() const;
  std::string man_page() const;  // troff, section 1

 private:
  const Option* find(int letter_or_index) const;
  Status refuse(int verdict, int code, const char* argument) const;

  std::string command_;
  std::string summary_;
  std::vector<Option> options_;
};

// ---- judges for Option::set

Status refuse_option(const std::string& value, std::string_view why);

}  // namespace larder::base
