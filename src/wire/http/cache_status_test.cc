// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "wire/http/negotiation.h"

namespace larder::wire::http {
namespace {

using Forward = CacheStatus::Forward;

// RFC 9211, 4: its examples, and what else there is.
TEST(CacheStatus, IsOfAHit) {
  EXPECT_EQ(format_cache_status({.hit = true, .has_ttl = true, .ttl_s = 376}),
            "Larder; hit; ttl=376");
  EXPECT_EQ(format_cache_status({.cache = "edge-1", .hit = true, .has_ttl = true, .ttl_s = -412}),
            "edge-1; hit; ttl=-412");
  EXPECT_EQ(format_cache_status({.hit = true, .forward = Forward::kMiss}), "Larder; hit");
  EXPECT_EQ(format_cache_status({.hit = true, .detail = "memory"}), "Larder; hit; detail=memory");
}

TEST(CacheStatus, IsOfAForward) {
  EXPECT_EQ(format_cache_status({.forward = Forward::kUriMiss}), "Larder; fwd=uri-miss");
  EXPECT_EQ(format_cache_status({.forward = Forward::kStale, .forward_status = 304}),
            "Larder; fwd=stale; fwd-status=304");
  EXPECT_EQ(format_cache_status({.forward = Forward::kUriMiss,
                                 .forward_status = 200,
                                 .stored = true,
                                 .collapsed = true,
                                 .has_ttl = true,
                                 .ttl_s = 0,
                                 .detail = "x"}),
            "Larder; fwd=uri-miss; fwd-status=200; stored; collapsed; ttl=0; detail=x");
  EXPECT_EQ(format_cache_status({}), "Larder");
}

TEST(CacheStatus, NamesEveryReason) {
  EXPECT_EQ(format_cache_status({.forward = Forward::kBypass}), "Larder; fwd=bypass");
  EXPECT_EQ(format_cache_status({.forward = Forward::kMethod}), "Larder; fwd=method");
  EXPECT_EQ(format_cache_status({.forward = Forward::kVaryMiss}), "Larder; fwd=vary-miss");
  EXPECT_EQ(format_cache_status({.forward = Forward::kMiss}), "Larder; fwd=miss");
  EXPECT_EQ(format_cache_status({.forward = Forward::kRequest}), "Larder; fwd=request");
  EXPECT_EQ(format_cache_status({.forward = Forward::kPartial}), "Larder; fwd=partial");
}

}  // namespace
}  // namespace larder::wire::http
