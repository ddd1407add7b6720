// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/authentication.h"

#include <gtest/gtest.h>

#include "serve/memcache/test_password_file.h"

namespace larder::serve::memcache {
namespace {

using Protocol = Authentication::Protocol;

TEST(Authentication, ReadsItsFileAgain) {
  PasswordFile file("alice:old\n");
  const auto authentication = *Authentication::open(Protocol::kText, file.path());
  EXPECT_TRUE(authentication->admit({"alice", "old"}));
  file.write("alice:new\n");
  EXPECT_TRUE(authentication->admit({"alice", "old"}));
  EXPECT_TRUE(authentication->reload());
  EXPECT_FALSE(authentication->admit({"alice", "old"}));
  EXPECT_TRUE(authentication->admit({"alice", "new"}));
}

TEST(Authentication, KeepsWhatItHasWhenTheFileIsBad) {
  PasswordFile file("alice:secret\n");
  const auto authentication = *Authentication::open(Protocol::kText, file.path());
  file.write("no colon\n");
  const auto reloaded = authentication->reload();
  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.failure().what,
            "Authfile [" + file.path() + "] has a malformed entry. Should be 'user:password'");
  EXPECT_TRUE(authentication->admit({"alice", "secret"}));
}

TEST(Authentication, CountsLogins) {
  const PasswordFile file("alice:secret\n");
  const auto authentication = *Authentication::open(Protocol::kText, file.path());
  for (const bool admitted : {true, false, true}) authentication->count(admitted);
  EXPECT_EQ(authentication->logins(), 3U);
  EXPECT_EQ(authentication->refused(), 1U);
}

TEST(Authentication, NeedsAFile) {
  EXPECT_FALSE(Authentication::open(Protocol::kText, "/nowhere/at/all"));
}

}  // namespace
}  // namespace larder::serve::memcache
