// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/oracle_trace.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "cli/replay/memory_source.h"

namespace larder::cli::replay {
namespace {

using namespace std::string_view_literals;

// Two records, byte by byte.
constexpr std::string_view kTwo =
    "\x05\x00\x00\x00"                  // 5 s
    "\xef\xcd\xab\x89\x67\x45\x23\x01"  // object 0x0123456789abcdef
    "\x00\x01\x00\x00"                  // 256 bytes
    "\xff\xff\xff\xff\xff\xff\xff\xff"  // never again
    "\xff\xff\xff\xff"                  // 2^32 - 1 s
    "\x2f\x00\x00\x00\x00\x00\x00\x00"  // object 0x2f
    "\x07\x00\x00\x00"                  // 7 bytes: less than the key
    "\x01\x00\x00\x00\x00\x00\x00\x00"sv;

TEST(OracleTrace, ReadsItsRecords) {
  static_assert(kTwo.size() == 2 * OracleTrace::kRecordBytes);
  for (const std::size_t piece : {1U, 7U, 1000U}) {
    OracleTrace trace(in_pieces(std::string(kTwo), piece));
    Request request;
    ASSERT_TRUE(*trace.next(request));
    EXPECT_EQ(request.operation, Operation::kGet);
    EXPECT_EQ(request.time_ms, 5000);
    EXPECT_EQ(request.key, "0123456789abcdef");
    EXPECT_EQ(request.value_bytes, 256U - 16);
    EXPECT_EQ(request.ttl_s, 0U);
    ASSERT_TRUE(*trace.next(request));
    EXPECT_EQ(request.time_ms, 4'294'967'295'000);
    EXPECT_EQ(request.key, "000000000000002f");
    EXPECT_EQ(request.value_bytes, 0U);
    EXPECT_FALSE(*trace.next(request));
    EXPECT_EQ(trace.share(), 1);
  }
}

TEST(OracleTrace, RefusesACutRecord) {
  OracleTrace trace(in_pieces(std::string(kTwo.substr(0, 30)), 1000));
  Request request;
  EXPECT_TRUE(*trace.next(request));
  auto cut = trace.next(request);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.failure().what, "the last record has 6 bytes of 24");
}

}  // namespace
}  // namespace larder::cli::replay
