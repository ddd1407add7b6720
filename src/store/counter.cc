// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/counter.h"

#include "base/decimal.h"

namespace larder::store {

namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::uint64_t> counter_number(std::string_view value) noexcept {
  const char* at = value.data();
  const char* const end = at + value.size();
  while (at != end && is_space(*at)) ++at;
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '+' || *at == '-')) ++at;
  const char* const digits = at;
  while (at != end && is_digit(*at)) ++at;
  if (at != end && !is_space(*at) && *at != '\0') return std::nullopt;
  const auto number = base::parse_decimal<std::uint64_t>({digits, at});
  return negative && number != 0 ? std::nullopt : number;
}

}  // namespace larder::store
