// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/structured_field.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace larder::wire::http {
namespace {

using Type = StructuredValue::Type;

// `key=integer` or `key="text"` of each member; what is neither by the number of its type.
std::string told(std::string_view text) {
  const auto members = parse_dictionary(text);
  if (!members) return "none";
  std::string all;
  for (const auto& [key, value] : *members) {
    all += std::string(all.empty() ? "" : " ") + std::string(key) + "=";
    if (value.type == Type::kString) {
      all += '"' + value.text + '"';
    } else if (value.type == Type::kInteger || value.type == Type::kBoolean) {
      all += std::to_string(value.integer);
    } else {
      all += "#" + std::to_string(static_cast<int>(value.type));
    }
  }
  return all;
}

TEST(StructuredField, HasMembersOfEveryType) {
  EXPECT_EQ(told("a, b=?0, c=?1, d=5, e=-5, f=\"x y\""), "a=1 b=0 c=1 d=5 e=-5 f=\"x y\"");
  EXPECT_EQ(told("a=1.5, b=-0.125, c=tok/en:*, d=*x, e=:aGk=:, f=::"),
            "a=#1 b=#1 c=#3 d=#3 e=#4 f=#4");
  EXPECT_EQ(told("a=@1659578233, b=@-1, c=%\"f%c3%bc\", d=(1 \"2\" three), e=()"),
            "a=#6 b=#6 c=#7 d=#8 e=#8");
  EXPECT_EQ(told("a=\"q\\\"b\\\\s\""), "a=\"q\"b\\s\"");
  EXPECT_EQ(told(""), "");
  EXPECT_EQ(told("  a=1  "), "a=1");
  EXPECT_EQ(told("a=1 \t,\t b=2"), "a=1 b=2");
}

TEST(StructuredField, HasParametersThatAreReadAndLetGo) {
  EXPECT_EQ(told("a;x;y=1; z=\"s\", b=2;q=0.5, c=(1;a 2);d"), "a=1 b=2 c=#8");
  EXPECT_EQ(told("a;"), "none");
  EXPECT_EQ(told("a;X=1"), "none");
  EXPECT_EQ(told("a;x=,b"), "none");
}

TEST(StructuredField, HasTheLastOfSeveralValues) { EXPECT_EQ(told("a=1, b=2, a=3"), "a=3 b=2"); }

TEST(StructuredField, IsWhollyReadOrNotAtAll) {
  for (const std::string_view text : {"max-age=10000, &&&&&",
                                      "a,",
                                      "a,,b",
                                      ",a",
                                      "a b",
                                      "A=1",
                                      "Max-Age=1",
                                      "1=2",
                                      "a =1",
                                      "a= 1",
                                      "a=",
                                      "a=1;",
                                      "a=1.",
                                      "a=.5",
                                      "a=--1",
                                      "a=-",
                                      "a=1.2345",
                                      "a=1234567890123456",
                                      "a=1234567890123.1",
                                      "a=\"",
                                      "a=\"x",
                                      "a=\"\\x\"",
                                      "a=\"\\",
                                      "a=\"\x7f\"",
                                      "a=\"\xc3\xbc\"",
                                      "a=:x",
                                      "a=:-:",
                                      "a=?",
                                      "a=?2",
                                      "a=?1x",
                                      "a=@",
                                      "a=@1.5",
                                      "a=@x",
                                      "a=%",
                                      "a=%\"",
                                      "a=%\"%C3\"",
                                      "a=%\"%c\"",
                                      "a=(",
                                      "a=(1",
                                      "a=(1,2)",
                                      "a=(1\"2\")",
                                      "a=((1))",
                                      "a='1'",
                                      "a=1 b",
                                      "\ta=1"}) {
    EXPECT_EQ(told(text), "none") << text;
  }
}

TEST(StructuredField, HasIntegersOfFifteenDigits) {
  EXPECT_EQ(told("a=999999999999999, b=-999999999999999, c=007"),
            "a=999999999999999 b=-999999999999999 c=7");
}

}  // namespace
}  // namespace larder::wire::http
