// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/frame.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace larder::wire::memcache {
namespace {

using namespace std::string_literals;

TEST(ParseFrame, TellsTheHeadAndWhatIsBehindIt) {
  const std::string datagram = "\x12\x34\x01\x02\xFF\xFE\x09\x08get k\r\n"s;
  const auto frame = parse_frame(datagram);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->head.request_id, 0x1234);
  EXPECT_EQ(frame->head.sequence, 0x0102);
  EXPECT_EQ(frame->head.total, 0xFFFE);
  EXPECT_EQ(frame->bytes, "get k\r\n");
}

TEST(ParseFrame, WantsMoreThanAHead) {
  const std::string datagram = "\0\x01\0\0\0\x01\0\0x"s;
  for (std::size_t size = 0; size <= kFrameHeadBytes; ++size) {
    EXPECT_FALSE(parse_frame(std::string_view(datagram).substr(0, size))) << size;
  }
  EXPECT_TRUE(parse_frame(datagram));
}

TEST(WriteFrameHead, WritesWhatIsRead) {
  std::array<char, kFrameHeadBytes + 1> bytes;
  bytes.fill('x');
  char* const end =
      write_frame_head(bytes.data(), {.request_id = 0xABCD, .sequence = 0x0102, .total = 0x0304});
  EXPECT_EQ(end, bytes.data() + kFrameHeadBytes);
  EXPECT_EQ(std::string(bytes.data(), bytes.size()), "\xAB\xCD\x01\x02\x03\x04\0\0x"s);
  EXPECT_EQ(parse_frame({bytes.data(), bytes.size()})->head.request_id, 0xABCD);
}

TEST(FramesOf, CountsWhatTheBytesNeed) {
  EXPECT_EQ(kFrameBytes, 1392U);
  EXPECT_EQ(frames_of(0), 0U);
  EXPECT_EQ(frames_of(1), 1U);
  EXPECT_EQ(frames_of(kFrameBytes), 1U);
  EXPECT_EQ(frames_of(kFrameBytes + 1), 2U);
}

}  // namespace
}  // namespace larder::wire::memcache
