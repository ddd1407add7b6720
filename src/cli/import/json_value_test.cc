// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import/json_value.h"

#include <gtest/gtest.h>

namespace larder::cli::import {
namespace {

TEST(JsonValue, IsMadeByPaths) {
  JsonValue value;
  EXPECT_EQ(value.text(), "{}");
  EXPECT_TRUE(value.is_empty());
  value.at("a.b") = true;
  value.at("a.c") = std::int64_t{-3};
  value.at("d").push(0.5);
  value.at("d").push(JsonValue());
  value.at("e") = JsonValue::List{};
  EXPECT_EQ(value.text(),
            "{\n  \"a\": {\n    \"b\": true,\n    \"c\": -3\n  },\n"
            "  \"d\": [\n    0.5,\n    {}\n  ],\n  \"e\": []\n}");
  EXPECT_FALSE(value.is_empty());
  EXPECT_TRUE(value.at("e").is_empty());
}

TEST(JsonValue, IsFoundByPaths) {
  JsonValue value;
  value.at("a.b") = "x";
  ASSERT_NE(value.find("a.b"), nullptr);
  EXPECT_EQ(value.find("a.b")->text(), "\"x\"");
  EXPECT_EQ(value.find("a.c"), nullptr);
  EXPECT_EQ(value.find("a.b.c"), nullptr);
  value.at("a").remove("b");
  EXPECT_EQ(value.find("a.b"), nullptr);
}

TEST(JsonValue, TextIsAlwaysJson) {
  EXPECT_EQ(JsonValue("a\"\\\n\x01/").text(), "\"a\\\"\\\\\\u000a\\u0001/\"");
  EXPECT_EQ(JsonValue("캐시 é 😀").text(), "\"캐시 é 😀\"");
  for (const char* bad : {"\xFF", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80",
                          "\xE2\x82", "\x80"}) {
    EXPECT_EQ(JsonValue(bad).text(), "\"" + std::string(std::string_view(bad).size(), '?') + "\"");
  }
}

}  // namespace
}  // namespace larder::cli::import
