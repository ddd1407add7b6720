// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/byte_source.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "cli/replay/memory_source.h"

namespace larder::cli::replay {
namespace {

// Of all lines; "FAILURE" for what ended them, if it was one.
std::vector<std::string> lines_of(const std::string& bytes, std::size_t piece) {
  ByteReader reader(in_pieces(bytes, piece));
  std::vector<std::string> lines;
  for (;;) {
    auto line = reader.take_line();
    if (!line) lines.emplace_back("FAILURE");
    if (!line || !*line) return lines;
    lines.emplace_back(**line);
  }
}

TEST(ByteReader, TakesLinesHoweverTheyCome) {
  const std::vector<std::string> lines = {"one", "", "two and a half", "last"};
  for (const std::size_t piece : {1U, 2U, 3U, 5U, 100U}) {
    EXPECT_EQ(lines_of("one\n\r\ntwo and a half\r\nlast", piece), lines);
    EXPECT_EQ(lines_of("one\r\n\ntwo and a half\nlast\n", piece), lines);
    EXPECT_TRUE(lines_of("", piece).empty());
  }
}

TEST(ByteReader, RefusesEndlessLines) {
  const std::string longest(limits::kMaxTraceLineBytes, 'x');
  for (const std::size_t piece : {1000UL, limits::kTraceReadBytes}) {
    EXPECT_EQ(lines_of(longest + "\ny", piece), (std::vector<std::string>{longest, "y"}));
    EXPECT_EQ(lines_of(longest, piece), std::vector<std::string>{longest});
    EXPECT_EQ(lines_of(longest + "x\ny", piece), std::vector<std::string>{"FAILURE"});
    EXPECT_EQ(lines_of(longest + "x", piece), std::vector<std::string>{"FAILURE"});
  }
}

TEST(ByteReader, TakesMoreThanItsBlock) {
  std::string bytes;
  std::vector<std::string> lines;
  while (bytes.size() < 3 * limits::kTraceReadBytes) {
    lines.push_back("line " + std::to_string(lines.size()));
    bytes += lines.back() + "\n";
  }
  EXPECT_EQ(lines_of(bytes, bytes.size()), lines);
  EXPECT_EQ(lines_of(bytes, 4099), lines);
}

TEST(ByteReader, TakesRecordsAndRefusesACutOne) {
  for (const std::size_t piece : {1U, 3U, 100U}) {
    ByteReader reader(in_pieces("abcdefgh", piece));
    EXPECT_EQ(**reader.take_record(3), "abc");
    EXPECT_EQ(**reader.take_record(3), "def");
    auto cut = reader.take_record(3);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.failure().what, "the last record has 2 bytes of 3");
    ByteReader whole(in_pieces("abcdef", piece));
    EXPECT_EQ(**whole.take_record(6), "abcdef");
    EXPECT_EQ(whole.share(), 1);
    EXPECT_FALSE(*whole.take_record(6));
  }
}

}  // namespace
}  // namespace larder::cli::replay
