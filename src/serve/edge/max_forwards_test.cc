// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/max_forwards.h"

#include <gtest/gtest.h>

namespace larder::serve::edge {
namespace {

std::optional<std::uint64_t> max_forwards(std::string_view method, std::string_view value) {
  wire::http::Fields fields;
  fields.add({.name = "Max-Forwards", .value = value});
  http::Request request;
  request.method = method;
  request.fields = &fields;
  return max_forwards_of(request);
}

TEST(MaxForwards, IsANumberOfHops) {
  EXPECT_EQ(max_forwards("OPTIONS", "0"), 0U);
  EXPECT_EQ(max_forwards("TRACE", "12"), 12U);
}

TEST(MaxForwards, SaysNothingOfOtherMethods) {
  EXPECT_EQ(max_forwards("GET", "0"), std::nullopt);
  EXPECT_EQ(max_forwards("POST", "0"), std::nullopt);
}

TEST(MaxForwards, ThatIsNoNumberSaysNothing) {
  for (const std::string_view text : {"", "x", "-1", "1.0", "99999999999999999999999"}) {
    EXPECT_EQ(max_forwards("OPTIONS", text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace larder::serve::edge
