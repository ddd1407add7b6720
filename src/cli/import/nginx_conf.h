// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace larder::cli::import {

// A statement of nginx' configuration: `name words… ;` or `name words… { … }`.
struct Directive {
  std::string name;
  std::vector<std::string> words = {};  // without quotes and escapes
  std::vector<Directive> block = {};
  bool has_block = false;
  std::size_t line = 0;

  // The words behind `from` with a blank between them.
  std::string text(std::size_t from = 0) const;
  const std::string& word(std::size_t at) const;  // empty: there are not so many
};

// Something that the user should know.
struct Remark {
  enum class Weight {
    kLost,  // it is not in what was written, and it matters
    kNote,  // nothing needs to be done
  };
  Weight weight = Weight::kLost;
  std::size_t line = 0;
  std::string what;
};

// All statements. What is no such thing is told in `remarks`, and what came before it is returned.
std::vector<Directive> parse_nginx_conf(std::string_view text, std::vector<Remark>& remarks);

}  // namespace larder::cli::import
