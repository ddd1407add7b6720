// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/page.h"

#include <gtest/gtest.h>

#include "store/operation.h"

namespace larder::store {
namespace {

constexpr UnixMs kNow = kStampEpochMs + 200'000'000'000;
constexpr UnixMs kSecond = 1000;
constexpr UnixMs kHour = 3600 * kSecond;
constexpr UnixMs kDay = 24 * kHour;

TEST(ExpirySummary, CountsWhatHasExpiredAndNothingEarlier) {
  ExpirySummary summary;
  EXPECT_EQ(summary.expired_bytes(kNow), 0U);
  summary.add(kNow + 5 * kSecond, 100, kNow);
  EXPECT_EQ(summary.expired_bytes(kNow + 5 * kSecond - 1), 0U);
  EXPECT_EQ(summary.expired_bytes(kNow + 5 * kSecond), 100U);
  EXPECT_EQ(summary.expired_bytes(kNow + kDay), 100U);
}

TEST(ExpirySummary, WaitsForTheLastOfAClass) {
  ExpirySummary summary;
  summary.add(kNow + 5 * kSecond, 100, kNow);
  summary.add(kNow + 60 * kSecond, 50, kNow);
  summary.add(kNow + 20 * kSecond, 4, kNow);
  EXPECT_EQ(summary.expired_bytes(kNow + 59 * kSecond), 0U);
  EXPECT_EQ(summary.expired_bytes(kNow + 60 * kSecond), 154U);
}

TEST(ExpirySummary, DoesNotLetTheShortWaitForTheLong) {
  ExpirySummary summary;
  summary.add(kNow + 63 * kSecond, 2, kNow);
  summary.add(kNow + 64 * kSecond, 20, kNow);
  summary.add(kNow + kHour, 200, kNow);
  summary.add(kNow + 30 * kDay, 2000, kNow);
  EXPECT_EQ(summary.expired_bytes(kNow + 63 * kSecond), 2U);
  EXPECT_EQ(summary.expired_bytes(kNow + 64 * kSecond), 22U);
  EXPECT_EQ(summary.expired_bytes(kNow + kHour), 222U);
  EXPECT_EQ(summary.expired_bytes(kNow + 30 * kDay - 1), 222U);
  EXPECT_EQ(summary.expired_bytes(kNow + 30 * kDay), 2222U);
}

TEST(ExpirySummary, RoundsUpToWholeSecondsAndToEvenBytes) {
  ExpirySummary summary;
  summary.add(kNow + 1, 13, kNow);
  EXPECT_EQ(summary.expired_bytes(kNow + 1), 0U);
  EXPECT_EQ(summary.expired_bytes(kNow + kSecond - 1), 0U);
  EXPECT_EQ(summary.expired_bytes(kNow + kSecond), 14U);
}

TEST(ExpirySummary, CountsWhatHadExpiredBeforeItCame) {
  ExpirySummary summary;
  summary.add(kExpired, 30, kNow);
  summary.add(kNow - kHour, 30, kNow);
  EXPECT_EQ(summary.expired_bytes(kNow), 60U);
}

TEST(ExpirySummary, StopsAtAPage) {
  ExpirySummary summary;
  for (int i = 0; i < 10; ++i) summary.add(kNow + kSecond, 8000, kNow);
  EXPECT_EQ(summary.expired_bytes(kNow + kSecond), kPageBytes);
}

TEST(ExpirySummary, ForgetsAll) {
  ExpirySummary summary;
  summary.add(kNow + kSecond, 100, kNow);
  summary.clear();
  EXPECT_EQ(summary.expired_bytes(kNow + kDay), 0U);
  summary.add(kNow + 2 * kSecond, 6, kNow);
  EXPECT_EQ(summary.expired_bytes(kNow + 2 * kSecond), 6U);
}

}  // namespace
}  // namespace larder::store
