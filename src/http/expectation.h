// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "wire/http/field.h"

namespace larder::http {

// What a request expects of whoever answers it (RFC 9110, 10.1.1).
enum class Expectation : std::uint8_t {
  kNone,
  kContinue,  // 100, before it sends its body
  kUnknown,   // among others
};

// Of all lines of Expect, which is a list.
inline Expectation expectation_of(const wire::http::Fields& fields) {
  Expectation found = Expectation::kNone;
  const std::string list = fields.joined(wire::http::Name::kExpect);
  for (wire::http::Items members(list); members.next();) {
    if (!wire::http::equal_names(members.item(), "100-continue")) return Expectation::kUnknown;
    found = Expectation::kContinue;
  }
  return found;
}

}  // namespace larder::http
