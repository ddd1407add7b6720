// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "wire/memcache/command.h"

namespace larder::wire::memcache {
namespace {

using State = Line::State;

std::string repeat(char letter, std::size_t count) { return std::string(count, letter); }

TEST(take_line, ends_at_lf_with_or_without_cr) {
  struct Case {
    std::string_view unread, text;
    std::size_t consumed;
  };
  for (const Case& c : std::vector<Case>{
           {"get a b\r\nget c\r\n", "get a b", 9},
           {"get a\nget c\n", "get a", 6},
           {"\r\n", "", 2},
           {"\n", "", 1},
           {"a\r\r\n", "a\r", 4},  // one CR belongs to the end, not two
           {"a\rb\r\n", "a\rb", 5},
           {std::string_view("a\0b\n", 4), std::string_view("a\0b", 3), 4},
       }) {
    const Line line = take_line(c.unread);
    EXPECT_EQ(line.state, State::kComplete) << c.unread;
    EXPECT_EQ(line.text, c.text);
    EXPECT_EQ(line.consumed, c.consumed);
  }
}

TEST(take_line, waits_without_lf) {
  for (const std::string_view unread : {"", "g", "get a", "get a\r", "\r"}) {
    const Line line = take_line(unread);
    EXPECT_EQ(line.state, State::kPartial) << unread;
    EXPECT_EQ(line.consumed, 0U);
    EXPECT_TRUE(line.text.empty());
  }
}

// What is known of a line after its first `cut` bytes, for all cuts: nothing but "come back" before
// the verdict, and then the verdict of the whole.
void expect_verdict(const std::string& whole, State verdict) {
  ASSERT_EQ(take_line(whole).state, verdict) << whole.substr(0, 30);
  bool refused = false;
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const Line line = take_line(std::string_view(whole).substr(0, cut));
    ASSERT_TRUE(line.state == State::kPartial ||
                (line.state == State::kTooLong && verdict == State::kTooLong))
        << whole.substr(0, 30) << " cut at " << cut;
    ASSERT_TRUE(!refused || line.state == State::kTooLong) << "forgiven at " << cut;
    refused = line.state == State::kTooLong;
  }
}

TEST(take_line, has_the_same_limit_in_one_piece_and_in_many) {
  constexpr std::size_t kMost = limits::kMaxLineBytes;
  for (const std::string_view end : {"\n", "\r\n"}) {
    expect_verdict(repeat('y', kMost) + std::string(end), State::kComplete);
    expect_verdict(repeat('y', kMost + 1) + std::string(end), State::kTooLong);
    expect_verdict("set " + repeat('y', kMost - 4) + std::string(end), State::kComplete);
    expect_verdict("set " + repeat('y', kMost - 3) + std::string(end), State::kTooLong);
    expect_verdict(repeat('y', kMost - 1) + "\r" + std::string(end), State::kComplete);
    expect_verdict(repeat('y', kMost) + "\r" + std::string(end),
                   end == "\n" ? State::kComplete : State::kTooLong);
  }
}

TEST(take_line, waits_for_2048_bytes_and_closes_above) {
  EXPECT_EQ(take_line(repeat('y', 2048)).state, State::kPartial);
  EXPECT_EQ(take_line(repeat('y', 2048) + "\r").state, State::kPartial);
  EXPECT_EQ(take_line(repeat('y', 2049)).state, State::kTooLong);
  EXPECT_EQ(take_line(repeat('y', 3000)).state, State::kTooLong);
  EXPECT_EQ(take_line("set " + repeat('y', 3000)).state, State::kTooLong);
  EXPECT_EQ(take_line("bogus " + repeat('y', 1500) + "\r\n").state, State::kComplete);
}

TEST(take_line, lets_lines_that_name_keys_grow) {
  for (const std::string& start :
       {std::string("get "), std::string("gets "), std::string("gat "), std::string("gats "),
        repeat(' ', limits::kMaxLeadingSpaces) + "get "}) {
    EXPECT_EQ(take_line(start + repeat('y', 3000)).state, State::kPartial) << start;
    EXPECT_EQ(take_line(start + repeat('y', 60000) + "\r\n").state, State::kComplete) << start;
  }
  for (const std::string& start :
       {std::string("getx "), std::string("get\t"), std::string("mg "),
        repeat(' ', limits::kMaxLeadingSpaces + 1) + "get ", repeat(' ', 2000)}) {
    EXPECT_EQ(take_line(start + repeat('y', 3000)).state, State::kTooLong) << start;
  }
}

TEST(take_line, limits_lines_that_name_keys) {
  const std::string most = "get " + repeat('y', limits::kMaxGetLineBytes - 4);
  EXPECT_EQ(take_line(most).state, State::kPartial);
  EXPECT_EQ(take_line(most + "\r").state, State::kPartial);
  EXPECT_EQ(take_line(most + "\r\n").state, State::kComplete);
  EXPECT_EQ(take_line(most + "y").state, State::kTooLong);
  EXPECT_EQ(take_line(most + "y\r\n").state, State::kTooLong);
}

}  // namespace
}  // namespace larder::wire::memcache
