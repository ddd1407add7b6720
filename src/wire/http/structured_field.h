// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace larder::wire::http {

// A value of a structured field (RFC 9651). Its parameters are read and let go.
struct StructuredValue {
  enum class Type : std::uint8_t {
    kInteger,
    kDecimal,
    kString,
    kToken,
    kBytes,
    kBoolean,
    kDate,
    kDisplayString,
    kInnerList,
  };
  Type type = Type::kBoolean;
  std::int64_t integer = 0;  // kInteger; kBoolean: 0 or 1
  std::string text = {};     // kString, without quotes and escapes
};

struct StructuredMember {
  std::string_view key;
  StructuredValue value;
};

// All lines of a field that is a dictionary, joined. Each key once, with the last of its values,
// in the order of keys. Nothing: a part of it cannot be parsed, and so none of it holds (4.2).
std::optional<std::vector<StructuredMember>> parse_dictionary(std::string_view text);

}  // namespace larder::wire::http
