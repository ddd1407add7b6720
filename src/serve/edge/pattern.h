// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace larder::serve::edge {

// What a text is held against. Matching takes time in the length of the text, whatever the pattern
// (RE2 is behind this).
//
//   /exact            = and nothing else          `=/exact`
//   /images/*         with any number of stars    `/images/*`, `*.example.com`
//   ~ \.(png|jpg)$    a regular expression        `~\.(png|jpg)$`, and `~*` whatever its case
class Pattern {
 public:
  // A failure says what is wrong with it, and where.
  static base::Result<std::shared_ptr<const Pattern>> parse(std::string_view text);
  virtual ~Pattern() = default;

  virtual bool matches(std::string_view text) const = 0;
  // `replacement` with $1 … for what a regular expression's groups matched; nothing: no match.
  virtual std::optional<std::string> replace(std::string_view text,
                                             std::string_view replacement) const = 0;
};

}  // namespace larder::serve::edge
