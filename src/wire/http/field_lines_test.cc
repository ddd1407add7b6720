// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/http/field.h"

namespace larder::wire::http {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

Lines lines_of(const FieldLines& lines) {
  Lines read;
  for (LineReader reader(lines.text()); reader.next();) {
    read.emplace_back(reader.name(), reader.value());
  }
  return read;
}

TEST(field_lines, are_read_as_they_were_written) {
  const Lines wanted = {{"A", "1"}, {"b", ""}, {"C", " blanks stay \t"}, {"D", "x: y:\xFF"}};
  FieldLines lines;
  for (const auto& [name, value] : wanted) lines.add(name, value);
  EXPECT_EQ(lines.text(), "A: 1\r\nb: \r\nC:  blanks stay \t\r\nD: x: y:\xFF\r\n");
  EXPECT_EQ(lines_of(lines), wanted);
  EXPECT_EQ(lines_of(FieldLines(std::string(lines.text()))), wanted);
}

TEST(field_lines, have_known_names_and_numbers) {
  FieldLines lines;
  EXPECT_TRUE(lines.empty());
  lines.add(Name::kCacheControl, "no-store");
  lines.add_number(Name::kContentLength, 18446744073709551615ULL);
  lines.add_number(Name::kAge, 0);
  EXPECT_EQ(lines.text(),
            "Cache-Control: no-store\r\nContent-Length: 18446744073709551615\r\nAge: 0\r\n");
  lines.clear();
  EXPECT_TRUE(lines.empty());
}

TEST(field_lines, are_removed_whole) {
  FieldLines lines;
  for (const std::string_view name : {"Via", "Via2", "VIA", "X", "via"}) lines.add(name, "Via: 1");
  lines.remove("vIA");
  EXPECT_EQ(lines.text(), "Via2: Via: 1\r\nX: Via: 1\r\n");
  lines.remove("none");
  lines.remove("Via2: Via");
  EXPECT_EQ(lines.text(), "Via2: Via: 1\r\nX: Via: 1\r\n");
  lines.remove("x");
  lines.remove("via2");
  EXPECT_TRUE(lines.empty());
}

TEST(field_lines, are_set_once) {
  FieldLines lines;
  lines.add("a", "1");
  lines.add("B", "2");
  lines.add("A", "3");
  lines.set("A", "4");
  EXPECT_EQ(lines.text(), "B: 2\r\nA: 4\r\n");
  lines.set("C", "5");
  EXPECT_EQ(lines.text(), "B: 2\r\nA: 4\r\nC: 5\r\n");
}

TEST(field_lines, may_be_changed_by_what_they_say) {
  FieldLines lines;
  for (const std::string_view name :
       {"Long-Enough-For-The-Heap", "B", "long-enough-for-the-heap"}) {
    lines.add(name, "value");
  }
  LineReader reader(lines.text());
  ASSERT_TRUE(reader.next());
  lines.remove(reader.name());
  EXPECT_EQ(lines.text(), "B: value\r\n");
  LineReader again(lines.text());
  ASSERT_TRUE(again.next());
  lines.set(again.name(), again.value());
  EXPECT_EQ(lines.text(), "B: value\r\n");
}

using FieldLinesDeathTest = testing::Test;

TEST(FieldLinesDeathTest, nobody_makes_two_lines_of_one) {
  FieldLines lines;
  EXPECT_DEATH(lines.add("A", "1\r\nB: 2"), "is_field_value");
  EXPECT_DEATH(lines.add("A: 1\r\nB", "2"), "is_token");
  EXPECT_DEATH(lines.add("", "2"), "is_token");
  EXPECT_DEATH(lines.set("A", std::string_view("\0", 1)), "is_field_value");
}

}  // namespace
}  // namespace larder::wire::http
