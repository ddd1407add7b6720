// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/base64.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace larder::wire::memcache {
namespace {

std::string encoded(std::string_view raw) {
  std::string text(base64_bytes(raw.size()), '\0');
  const char* end = encode_base64(text.data(), raw);
  EXPECT_EQ(end, text.data() + text.size());
  return text;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string raw(text.size() / 4 * 3, '\0');
  const auto bytes = decode_base64(raw.data(), text);
  if (!bytes) return std::nullopt;
  raw.resize(*bytes);
  return raw;
}

TEST(base64, knows_the_examples_of_rfc_4648) {
  for (const auto& [raw, text] : std::to_array<std::pair<std::string_view, std::string_view>>(
           {{"", ""},
            {"f", "Zg=="},
            {"fo", "Zm8="},
            {"foo", "Zm9v"},
            {"foob", "Zm9vYg=="},
            {"fooba", "Zm9vYmE="},
            {"foobar", "Zm9vYmFy"},
            {std::string_view("a b\r\n\0\xff", 7), "YSBiDQoA/w=="}})) {
    EXPECT_EQ(encoded(raw), text);
    EXPECT_EQ(decoded(text), raw);
  }
}

TEST(base64, comes_back_for_every_byte_and_length) {
  std::string raw;
  for (int i = 0; i < 256; ++i) {
    raw.push_back(static_cast<char>(i * 7 + 3));
    EXPECT_EQ(decoded(encoded(raw)), raw);
  }
}

TEST(base64, refuses_what_it_would_not_write) {
  for (const std::string_view text :
       {"Zm9vYg", "Zm9",  "Z",        "Zm*v",  "ab_-",     "Zg=",   "Zg",
        "A===",   "Z===", "====",     "=",     "Zg==Zg==", "Zm9v=", "=m9v",
        "Z=9v",   "Zg=v", "Zm8=Zm9v", "Zm 9v", "Zm9v\n",   "Zh==",  "Zm9="}) {
    EXPECT_EQ(decoded(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace larder::wire::memcache
