// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/help.h"

#include <gtest/gtest.h>

#include <sstream>

namespace larder::serve::memcache::arcus {
namespace {

constexpr std::string_view kTopics[] = {"kv",    "list", "set",  "map",
                                        "btree", "attr", "scan", "admin"};

TEST(HelpTest, KnowsTheTopicsThatItNames) {
  const std::string usage = help_text("");
  EXPECT_EQ(usage, "\tUsage: help [kv | list | set | map | btree | attr | scan | admin]\n");
  EXPECT_EQ(help_text("nothing"), usage);
  for (const std::string_view topic : kTopics) {
    EXPECT_NE(usage.find(topic), std::string::npos) << topic;
    const std::string text = help_text(topic);
    EXPECT_NE(text, usage) << topic;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_TRUE(line.starts_with('\t')) << line;
  }
}

}  // namespace
}  // namespace larder::serve::memcache::arcus
