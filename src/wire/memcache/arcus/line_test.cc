// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/limits.h"
#include "wire/memcache/arcus/command.h"

namespace larder::wire::memcache::arcus {
namespace {

using State = Line::State;

std::string blanks(std::size_t count) { return std::string(count, ' '); }
std::string filled(std::string line, std::size_t bytes) {
  line.resize(bytes, 'w');
  return line;
}

TEST(arcus_line, ends_at_lf_with_or_without_cr) {
  EXPECT_EQ(take_line("get a b\r\nget c\r\n").text, "get a b");
  EXPECT_EQ(take_line("get a b\r\nget c\r\n").consumed, 9U);
  EXPECT_EQ(take_line("get a\nget c\n").text, "get a");
  EXPECT_EQ(take_line("version\r\r\n").text, "version\r");
  EXPECT_EQ(take_line("get a\r").state, State::kPartial);
}

TEST(arcus_line, an_empty_one_keeps_its_cr) {
  EXPECT_EQ(take_line("\r\nget a\r\n").text, "\r");
  EXPECT_EQ(take_line("\r\n").consumed, 2U);
  EXPECT_EQ(take_line("\n").text, "");
  EXPECT_EQ(take_line("\n").consumed, 1U);
  EXPECT_EQ(take_line("a\r\n").text, "a");
  EXPECT_EQ(take_line(" \r\n").text, " ");
}

// Of the whole, and of its first bytes: nothing but "come back" before the verdict.
void expect_verdict(const std::string& line, bool is_too_long) {
  const State whole = is_too_long ? State::kTooLong : State::kComplete;
  EXPECT_EQ(take_line(line + "\r\n").state, whole);
  EXPECT_EQ(take_line(line + "\n").state, whole);
  const State waiting = is_too_long ? State::kTooLong : State::kPartial;
  EXPECT_EQ(take_line(line).state, waiting);
  EXPECT_EQ(take_line(line + "\r").state, waiting);
}

TEST(arcus_line, limits) {
  constexpr std::size_t kMost = limits::kMaxArcusLineBytes;
  expect_verdict(filled("foo ", kMost), false);
  expect_verdict(filled("foo ", kMost + 1), true);
  expect_verdict(filled("mget ", kMost + 1), true);
  expect_verdict(filled("gat 1 ", kMost + 1), true);
  expect_verdict(filled("get ", kMost + 1), false);
  expect_verdict(filled("gets ", 40'000), false);
  expect_verdict(filled(blanks(100) + "get ", 40'000), false);
  expect_verdict(filled("get ", limits::kMaxGetLineBytes), false);
  expect_verdict(filled("get ", limits::kMaxGetLineBytes + 1), true);
}

TEST(arcus_line, leading_blanks) {
  expect_verdict(blanks(1500) + "foo", true);
  expect_verdict(blanks(1024), false);
  expect_verdict(blanks(1025), true);
  expect_verdict(filled(blanks(101) + "foo", 1024), false);
  expect_verdict(filled(blanks(101) + "foo", 1025), true);
  expect_verdict(filled(blanks(100) + "foo", 1025), false);
}

}  // namespace
}  // namespace larder::wire::memcache::arcus
