// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "serve/edge/access_log.h"
#include "wire/http/field.h"

namespace larder::serve::edge {

// One of nginx' variables, or of our own.
struct Variable {
  std::string_view name;  // with a `_` at its end: what follows is an argument
  bool is_plain;          // nothing in its value ever needs an escape
  void (*append)(std::string& out, const LogFacts& facts, const VariableName& argument);
};

// What a response's fields are named by.
constexpr std::string_view kSentField = "sent_http_";

// The variable that `name` says, and its argument. A failure names the likely one.
struct Chosen {
  const Variable* variable;
  VariableName argument;
};
base::Result<Chosen> choose_variable(std::string_view name);

}  // namespace larder::serve::edge
