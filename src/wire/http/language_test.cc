// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "wire/http/negotiation.h"
#include "wire/http/test_fields.h"

namespace larder::wire::http {
namespace {

std::string wanted(std::string_view accepted) {
  return wanted_language(fields_of({{"Accept-Language", accepted}})).value_or("none");
}

TEST(Language, ThatIsWantedMost) {
  EXPECT_EQ(wanted("de"), "de");
  EXPECT_EQ(wanted("fr;q=0.5, de;q=1.0"), "de");
  EXPECT_EQ(wanted("EN-gb, fr;q=0.9, *;q=0.1"), "en-gb");
  EXPECT_EQ(wanted("en;q=0.2, de ; q=0.3"), "de");
  EXPECT_EQ(wanted("en, fr;q=x"), "en");
}

TEST(Language, IsNotToldWhereSeveralAreWanted) {
  EXPECT_EQ(wanted("de, en"), "none");
  EXPECT_EQ(wanted("de;q=0.5, en;q=0.5"), "none");
  EXPECT_EQ(wanted("*"), "none");
  EXPECT_EQ(wanted("de;q=0"), "none");
  EXPECT_EQ(wanted(""), "none");
  EXPECT_EQ(wanted_language(Fields{}), std::nullopt);
}

}  // namespace
}  // namespace larder::wire::http
