// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/nearest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace larder::base {
namespace {

TEST(Nearest, CountsSlips) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("cache", "cache"), 0U);
  EXPECT_EQ(edit_distance("", "cache"), 5U);
  EXPECT_EQ(edit_distance("cahce", "cache"), 1U);  // exchanged
  EXPECT_EQ(edit_distance("cach", "cache"), 1U);
  EXPECT_EQ(edit_distance("ccache", "cache"), 1U);
  EXPECT_EQ(edit_distance("coche", "cache"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Nearest, IsTheWordThatWasMeant) {
  const std::vector<std::string_view> known = {"location", "sendfile", "valid_referers", "root",
                                               "if"};
  EXPECT_EQ(nearest("localtion", known), "location");
  EXPECT_EQ(nearest("sendfile_on", known), "sendfile");
  EXPECT_EQ(nearest("valid_referes", known), "valid_referers");
  EXPECT_EQ(nearest("rot", known), "root");
  EXPECT_EQ(nearest("fi", known), "if");
}

TEST(Nearest, IsNoneWhenNoneIsNear) {
  const std::vector<std::string_view> known = {"location", "if"};
  EXPECT_EQ(nearest("upstream", known), "");
  EXPECT_EQ(nearest("xy", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest(std::string(100'000, 'a'), known), "");
  EXPECT_EQ(nearest("if", {}), "");
}

}  // namespace
}  // namespace larder::base
