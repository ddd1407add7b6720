// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace larder::wire::http {
namespace {

using testing::ElementsAre;

std::string upper(std::string_view text) {
  std::string other(text);
  for (char& c : other) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return other;
}

std::vector<std::string> items_of(std::string_view list, char separator = ',') {
  std::vector<std::string> items;
  for (Items rest(list, separator); rest.next();) items.emplace_back(rest.item());
  return items;
}

Field field(std::string_view name, std::string_view value) {
  return {.name = name, .value = value, .known = name_of(name)};
}

TEST(name, each_is_known_whatever_its_case) {
  for (unsigned i = 1; i < static_cast<unsigned>(Name::kCount); ++i) {
    const auto name = static_cast<Name>(i);
    const std::string_view text = text_of(name);
    EXPECT_EQ(name_of(text), name) << text;
    EXPECT_EQ(name_of(upper(text)), name) << text;
    EXPECT_EQ(name_of(std::string(text) + "x"), Name::kOther) << text;
    EXPECT_EQ(name_of(text.substr(1)), Name::kOther) << text;
  }
}

TEST(name, others_are_other) {
  for (const std::string_view text : {"", "X", "Host2", "Hos\x14", "Con-ent-Length", "XHost"}) {
    EXPECT_EQ(name_of(text), Name::kOther) << text;
  }
}

TEST(name, letters_alone_have_two_cases) {
  EXPECT_TRUE(equal_names("aZ-09_longer-than-eight", "Az-09_LONGER-than-eight"));
  EXPECT_FALSE(equal_names("a", "aa"));
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      // The eight at once, and one by one.
      const std::string one(9, static_cast<char>(a));
      const std::string other(9, static_cast<char>(b));
      const bool are_equal = std::tolower(a) == std::tolower(b);
      ASSERT_EQ(equal_names(one, other), are_equal) << a << " " << b;
    }
  }
}

TEST(octets, of_tokens) {
  EXPECT_TRUE(is_token("!#$%&'*+-.^_`|~09azAZ"));
  for (const std::string_view text : {"", "a b", "a:", "\"", "(", ",", "/", "a\xC3", "a\x7F"}) {
    EXPECT_FALSE(is_token(text)) << text;
  }
}

TEST(octets, of_values) {
  EXPECT_TRUE(is_field_value(""));
  EXPECT_TRUE(is_field_value("a\tb \xC3\xA9 \xFF"));
  for (int octet = 0; octet < 256; ++octet) {
    for (std::size_t at = 0; at < 20; ++at) {
      std::string value(20, 'v');
      value[at] = static_cast<char>(octet);
      const bool is_bad = (octet < 0x20 && octet != '\t') || octet == 0x7F;
      ASSERT_EQ(is_field_value(value), !is_bad) << octet << " at " << at;
    }
  }
}

TEST(fields, are_found_by_name) {
  Fields fields;
  fields.add(field("Via", "1.1 a"));
  fields.add(field("X-Other", "1"));
  fields.add(field("VIA", "1.1 b"));
  fields.add(field("x-other", ""));
  EXPECT_TRUE(fields.has(Name::kVia));
  EXPECT_FALSE(fields.has(Name::kHost));
  EXPECT_EQ(fields.value(Name::kVia), "1.1 a");
  EXPECT_EQ(fields.value("x-OTHER"), "1");
  EXPECT_EQ(fields.value(Name::kHost), std::nullopt);
  EXPECT_EQ(fields.value("none"), std::nullopt);
  EXPECT_EQ(fields.count(Name::kVia), 2U);
  EXPECT_EQ(fields.count(Name::kHost), 0U);
  EXPECT_EQ(fields.joined(Name::kVia), "1.1 a, 1.1 b");
  EXPECT_EQ(fields.joined("X-Other"), "1, ");
  EXPECT_EQ(fields.joined(Name::kHost), "");
  fields.clear();
  EXPECT_TRUE(fields.empty());
  EXPECT_FALSE(fields.has(Name::kVia));
}

TEST(fields, follow_their_bytes) {
  const std::string from = "Host: a";
  Fields fields;
  fields.add(field(std::string_view(from).substr(0, 4), std::string_view(from).substr(6)));
  const std::string to{std::string_view(from)};
  fields.move_views(from.data(), to.data());
  EXPECT_EQ(fields.begin()->name.data(), to.data());
  EXPECT_EQ(fields.begin()->value.data(), to.data() + 6);
  EXPECT_EQ(fields.begin()->value, "a");
}

TEST(fields, are_given_another_value) {
  Fields fields;
  fields.set_value(Name::kHost, "c");
  EXPECT_TRUE(fields.empty());
  fields.add(field("X", "x"));
  fields.add(field("Host", "a"));
  fields.set_value(Name::kHost, "c");
  EXPECT_EQ(fields.value(Name::kHost), "c");
  EXPECT_EQ(fields.value("x"), "x");
}

TEST(items, are_what_is_between_separators) {
  EXPECT_THAT(items_of("a, b\t,c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(items_of(" ,, a ,,"), ElementsAre("a"));
  EXPECT_THAT(items_of(""), ElementsAre());
  EXPECT_THAT(items_of("a;b, c", ';'), ElementsAre("a", "b, c"));
}

TEST(items, keep_what_is_quoted_together) {
  EXPECT_THAT(items_of(R"(a="1,2", b)"), ElementsAre(R"(a="1,2")", "b"));
  EXPECT_THAT(items_of(R"("a\",b",c)"), ElementsAre(R"("a\",b")", "c"));
  EXPECT_THAT(items_of(R"(a\,b)"), ElementsAre(R"(a\)", "b"));
  EXPECT_THAT(items_of(R"("never ended, b)"), ElementsAre(R"("never ended, b)"));
  EXPECT_THAT(items_of(R"("a\)"), ElementsAre(R"("a\)"));
}

TEST(items, are_listed_whatever_their_case) {
  EXPECT_TRUE(lists("keep-alive, Close", "close"));
  EXPECT_FALSE(lists("keep-alive, closed", "close"));
  EXPECT_FALSE(lists("", "close"));
}

}  // namespace
}  // namespace larder::wire::http
