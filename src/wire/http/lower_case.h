// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "wire/http/octets.h"

namespace larder::wire::http {

// `text` with small letters: names that are compared byte by byte afterwards.
inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) letter = to_lower(letter);
  return lower;
}

}  // namespace larder::wire::http
