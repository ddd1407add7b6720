// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace larder::serve::edge {

// How the value of a variable is written, so that nobody's bytes can be taken for the text around
// them.
enum class Escape : std::uint8_t {
  kNone,     // as it is: fields, keys
  kDefault,  // nginx': `"`, `\`, control characters and what is no ASCII as \xHH; `-` when empty
  kW3c,      // a blank as `+`, what kDefault escapes as %HH; `-` when empty
  kJson,     // as a part of a string of JSON
};

// Of what stands in `out` from `begin` on.
void escape_from(std::string& out, std::size_t begin, Escape how);

}  // namespace larder::serve::edge
