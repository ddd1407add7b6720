// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import/nginx_conf.h"

#include <gtest/gtest.h>

namespace larder::cli::import {
namespace {

std::string shown(const std::vector<Directive>& all) {
  std::string out;
  for (const Directive& one : all) {
    out += std::to_string(one.line) + ":" + one.name;
    for (const std::string& word : one.words) out += "|" + word;
    out += one.has_block ? "{" + shown(one.block) + "}" : ";";
  }
  return out;
}

std::string parsed(std::string_view text) {
  std::vector<Remark> remarks;
  std::string out = shown(parse_nginx_conf(text, remarks));
  for (const Remark& one : remarks) out += "\n" + std::to_string(one.line) + ": " + one.what;
  return out;
}

TEST(NginxConf, IsStatementsAndBlocks) {
  EXPECT_EQ(parsed("a;\nb c  d ;\n e{f{}g;}"), "1:a;2:b|c|d;3:e{3:f{}3:g;}");
  EXPECT_EQ(parsed(""), "");
  EXPECT_EQ(parsed("location ~ \\.php$ {x;}"), "1:location|~|\\.php${1:x;}");
}

TEST(NginxConf, HasCommentsToTheEndOfTheLine) {
  EXPECT_EQ(parsed("# a; {\na b#c # }\n;#"), "2:a|b#c;");
}

TEST(NginxConf, HasQuotesAndEscapes) {
  EXPECT_EQ(parsed("a 'b; {\n}' \"c\\\"d\" '' e\\;f;\ng;"), "1:a|b; {\n}|c\"d||e\\;f;3:g;");
  EXPECT_EQ(parsed("a b'c d\";"), "1:a|b'c|d\";");
  EXPECT_EQ(parsed(R"(a \\ \t \. "\n";)"), "1:a|\\|\t|\\.|\n;");
}

TEST(NginxConf, VariablesInBracesAreNoBlocks) {
  EXPECT_EQ(parsed("a ${b}c/${d;e}; f;"), "1:a|${b}c/${d;e};1:f;");
}

TEST(NginxConf, WhatIsWrongIsToldByLine) {
  EXPECT_EQ(parsed("a {\nb;\n"), "1:a{2:b;}\n3: a } is missing");
  EXPECT_EQ(parsed("a;\n}\nb;"), "1:a;\n2: a } too many");
  EXPECT_EQ(parsed("a {\n b\n}\nc;"), "1:a{2:b;}4:c;\n2: \"b\" does not end with a semicolon");
  EXPECT_EQ(parsed("a"), "1:a;\n1: \"a\" does not end with a semicolon");
  EXPECT_EQ(parsed("a \"b;\nc;"),
            "1:a;\n1: \"a\" does not end with a semicolon\n"
            "1: a quote is not closed");
  EXPECT_EQ(parsed(";a;"), "1:a;\n1: a semicolon without a directive");
  EXPECT_EQ(parsed("{a;}"), "\n1: a { without a directive");
}

TEST(NginxConf, IsNotNestedWithoutEnd) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a {";
  EXPECT_NE(parsed(text).find("nested too deeply"), std::string::npos);
}

}  // namespace
}  // namespace larder::cli::import
