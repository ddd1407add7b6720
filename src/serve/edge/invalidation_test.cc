// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string_view>

#include "serve/edge/freshness.h"

namespace larder::serve::edge {
namespace {

// RFC 9110, 9.2.1
TEST(Invalidation, IsNotBySafeMethods) {
  for (const std::string_view method : {"GET", "HEAD", "OPTIONS", "TRACE"}) {
    EXPECT_TRUE(is_safe(method)) << method;
    EXPECT_FALSE(invalidates(method, 200)) << method;
  }
}

// RFC 9111, 4.4
TEST(Invalidation, IsByOthersThatWorked) {
  for (const std::string_view method : {"POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "get", ""}) {
    EXPECT_FALSE(is_safe(method)) << method;
    for (const unsigned status : {200U, 201U, 204U, 299U, 301U, 303U, 399U}) {
      EXPECT_TRUE(invalidates(method, status)) << method << " " << status;
    }
    for (const unsigned status : {0U, 100U, 199U, 400U, 404U, 500U, 503U, 599U}) {
      EXPECT_FALSE(invalidates(method, status)) << method << " " << status;
    }
  }
}

}  // namespace
}  // namespace larder::serve::edge
