// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace larder::wire::memcache {

template <class Number>
Number read_number(const char* in) noexcept {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = static_cast<Number>(number << 8 | static_cast<unsigned char>(in[i]));
  }
  return number;
}

// → the byte behind it.
template <class Number>
char* put_number(char* out, Number number) noexcept {
  for (std::size_t i = sizeof number; i != 0; --i) {
    out[i - 1] = static_cast<char>(number);
    number = static_cast<Number>(number >> 8);
  }
  return out + sizeof number;
}

}  // namespace larder::wire::memcache
