// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/uri.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace larder::wire::memcache {
namespace {

std::string encoded(std::string_view raw) {
  std::array<char, 1000> text;
  return {text.data(), encode_uri(text.data(), raw)};
}

TEST(Uri, LeavesPlainLettersAlone) { EXPECT_EQ(encoded("aZ09-._~"), "aZ09-._~"); }

TEST(Uri, WritesOtherBytesAsNumbers) {
  EXPECT_EQ(encoded("a b%/\r\n"), "a%20b%25%2F%0D%0A");
  EXPECT_EQ(encoded(std::string_view("\0\x7f\xff", 3)), "%00%7F%FF");
  EXPECT_EQ(encoded(""), "");
  const std::string most(250, '\n');
  EXPECT_EQ(encoded(most).size(), most_uri_bytes(most.size()));
}

}  // namespace
}  // namespace larder::wire::memcache
