// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/health.h"

#include <gtest/gtest.h>

namespace larder::origin {
namespace {

constexpr HealthTerms kTwice{.max_fails = 2, .fail_timeout_ms = 100};

TEST(Health, IsOutAfterAsManyFailuresWithinTheTime) {
  Health health;
  EXPECT_FALSE(health.failed(kTwice, 1000));
  EXPECT_TRUE(health.may_be_chosen(1000));
  EXPECT_TRUE(health.failed(kTwice, 1099));
  EXPECT_FALSE(health.may_be_chosen(1099));
  EXPECT_FALSE(health.may_be_chosen(1198));
}

TEST(Health, ForgetsFailuresThatAreFurtherApart) {
  Health health;
  health.failed(kTwice, 1000);
  EXPECT_FALSE(health.failed(kTwice, 1100));
  EXPECT_TRUE(health.may_be_chosen(1100));
}

TEST(Health, AnswersBetweenFailuresForgiveNone) {
  Health health;
  health.failed(kTwice, 1000);
  health.answered();
  EXPECT_TRUE(health.failed(kTwice, 1050));
}

TEST(Health, OneTrialAtATimeAfterTheTime) {
  Health health;
  health.failed(kTwice, 1000);
  health.failed(kTwice, 1000);
  EXPECT_TRUE(health.may_be_chosen(1100));
  health.chosen(kTwice, 1100);
  EXPECT_FALSE(health.may_be_chosen(1101));
  EXPECT_TRUE(health.may_be_chosen(1200)) << "a trial that says nothing holds it out for ever";
}

TEST(Health, ATrialThatFailsKeepsItOut) {
  Health health;
  health.failed(kTwice, 1000);
  health.failed(kTwice, 1000);
  health.chosen(kTwice, 1100);
  EXPECT_FALSE(health.failed(kTwice, 1150)) << "it was out already";
  EXPECT_FALSE(health.may_be_chosen(1249));
  EXPECT_TRUE(health.may_be_chosen(1250));
}

TEST(Health, ATrialThatIsAnsweredBringsItBack) {
  Health health;
  health.failed(kTwice, 1000);
  health.failed(kTwice, 1000);
  health.chosen(kTwice, 1100);
  health.answered();
  EXPECT_TRUE(health.may_be_chosen(1101));
  EXPECT_FALSE(health.failed(kTwice, 1102)) << "it begins anew";
}

TEST(Health, IsNeverOutWithoutMaxFails) {
  Health health;
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(health.failed({.max_fails = 0, .fail_timeout_ms = 100}, 1000));
  }
  EXPECT_TRUE(health.may_be_chosen(1000));
}

TEST(Checked, FallsAndRisesByChecksInARow) {
  Checked checked;
  EXPECT_FALSE(checked.report(false, 2, 3));
  EXPECT_FALSE(checked.report(false, 2, 3));
  EXPECT_FALSE(checked.report(true, 2, 3)) << "good ones between begin the row anew";
  EXPECT_FALSE(checked.report(false, 2, 3));
  EXPECT_FALSE(checked.report(false, 2, 3));
  EXPECT_TRUE(checked.is_in());
  EXPECT_TRUE(checked.report(false, 2, 3));
  EXPECT_FALSE(checked.is_in());
  EXPECT_FALSE(checked.report(true, 2, 3));
  EXPECT_FALSE(checked.report(false, 2, 3));
  EXPECT_FALSE(checked.report(true, 2, 3));
  EXPECT_TRUE(checked.report(true, 2, 3));
  EXPECT_TRUE(checked.is_in());
}

}  // namespace
}  // namespace larder::origin
