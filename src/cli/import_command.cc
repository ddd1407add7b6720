// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/input_file.h"
#include "base/limits.h"
#include "cli/command_line.h"
#include "cli/import/importer.h"

namespace larder::cli {
namespace {

constexpr const char* kUsage =
    "usage: larder import nginx.conf\n"
    "\n"
    "Prints nginx' configuration as one of Larder's edge. What could not be translated is told on\n"
    "standard error, by its line; with `note` in front where nothing is lost by that. `-` reads\n"
    "standard input. The exit status is 1 when something is lost.\n";

std::string to_text(const std::string& file, const import::Remark& remark) {
  const bool is_note = remark.weight == import::Remark::Weight::kNote;
  return fmt::format("{}:{}: {}{}\n", file, remark.line, is_note ? "note: " : "", remark.what);
}

int import_file(const std::string& file) {
  const auto text = base::read_file(file, limits::kMaxConfigBytes);
  if (!text) {
    fmt::print(stderr, "larder import: {}\n", text.failure().what);
    return 1;
  }
  const import::Imported imported = import::import_nginx(*text);
  for (const import::Remark& remark : imported.remarks) {
    std::fputs(to_text(file, remark).c_str(), stderr);
  }
  fmt::print("{}\n", imported.json);
  const auto& remarks = imported.remarks;
  const bool loses = std::any_of(remarks.begin(), remarks.end(), [](const import::Remark& one) {
    return one.weight == import::Remark::Weight::kLost;
  });
  return loses ? 1 : 0;
}

}  // namespace

int import_command(int argc, char** argv) {
  const std::string_view word = argc == 2 ? argv[1] : "";
  const bool asked = word == "--help" || word == "-h";
  const bool is_file = !word.empty() && (word == "-" || !word.starts_with('-'));
  if (is_file) return import_file(std::string(word));
  std::fputs(kUsage, asked ? stdout : stderr);
  return asked ? 0 : kExitUsage;
}

}  // namespace larder::cli
