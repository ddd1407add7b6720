// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/dialect_choice.h"

#include <optional>
#include <string_view>

namespace larder::app {
namespace {

using serve::memcache::Dialect;
using serve::memcache::dialect_of;

// Letters of both dialects that take no value, so that another may follow in the same word.
constexpr std::string_view kSwitches = "dvkrMCLhiS";

// -E engine, -z ensemble, or -vE engine.
bool names_arcus_letter(std::string_view word) {
  if (word.size() < 2 || word[0] != '-' || word[1] == '-') return false;
  const std::size_t letter = word.find_first_not_of(kSwitches, 1);
  return letter != std::string_view::npos && (word[letter] == 'E' || word[letter] == 'z');
}

}  // namespace

base::Result<Dialect> choose_dialect(const std::vector<std::string>& arguments) {
  constexpr std::string_view kOption = "--dialect";
  std::optional<std::string> named;
  bool implied = false;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == kOption && i + 1 < arguments.size()) named = arguments[++i];
    if (word.starts_with(kOption) && word.substr(kOption.size()).starts_with('=')) {
      named = word.substr(kOption.size() + 1);
    }
    implied = implied || names_arcus_letter(word);
  }
  if (!named) return implied ? Dialect::kArcus : Dialect::kMemcached;
  if (const auto dialect = dialect_of(*named)) return *dialect;
  return base::Failure{"--dialect " + *named + ": memcached or arcus is expected"};
}

}  // namespace larder::app
