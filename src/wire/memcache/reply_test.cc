// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/reply.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "wire/memcache/fault.h"

namespace larder::wire::memcache {
namespace {

std::string value_line(std::string_view key, std::uint32_t flags, std::size_t bytes,
                       const std::uint64_t* cas) {
  std::array<char, kMaxValueLineBytes> out;
  return {out.data(), write_value_line(out.data(), key, flags, bytes, cas)};
}

TEST(write_value_line, writes_cas_only_for_gets) {
  const std::uint64_t cas = 5000;
  EXPECT_EQ(value_line("apple", 7, 3, nullptr), "VALUE apple 7 3\r\n");
  EXPECT_EQ(value_line("k", 0, 0, &cas), "VALUE k 0 0 5000\r\n");
}

TEST(write_value_line, fits_into_its_room) {
  const std::string key(limits::kMaxKeyBytes, 'k');
  const std::uint64_t cas = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(value_line(key, 4294967295, std::numeric_limits<std::size_t>::max(), &cas),
            "VALUE " + key + " 4294967295 18446744073709551615 18446744073709551615\r\n");
}

TEST(reply_of, says_each_fault_in_one_line) {
  EXPECT_EQ(reply_of(Fault::kNone), "");
  for (int i = 1; i < static_cast<int>(Fault::kCount); ++i) {
    const std::string_view reply = reply_of(static_cast<Fault>(i));
    EXPECT_EQ(reply.find("\r\n"), reply.size() - 2) << reply;
    EXPECT_GT(reply.size(), 2U);
  }
  EXPECT_EQ(reply_of(Fault::kUnknownCommand), "ERROR\r\n");
  EXPECT_EQ(reply_of(Fault::kBadFormat), "CLIENT_ERROR bad command line format\r\n");
}

}  // namespace
}  // namespace larder::wire::memcache
