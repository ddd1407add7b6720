// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/login.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"

namespace larder::wire::memcache {
namespace {

using State = Login::State;

std::string login_of(std::size_t bytes) {
  return "set x 0 0 " + std::to_string(bytes) + "\r\n" + std::string(bytes - 2, 'u') + " p\r\n";
}

TEST(take_login, finds_user_and_password) {
  struct Case {
    std::string_view unread, user, password;
  };
  for (const Case& c : std::vector<Case>{
           {"set x 0 0 12\r\nalice secret\r\n", "alice", "secret"},
           {"set x 0 0 12\nalice secret\r\n", "alice", "secret"},
           {"set any y z 12 noreply q\r\nalice secret\r\n", "alice", "secret"},
           {"set x 0 0 13\r\nbob two words\r\n", "bob", "two words"},
           {"set x 0 0 6\r\nalice \r\n", "alice", ""},
           {"set x 0 0 7\r\n secret\r\n", "", "secret"},
           {"set x 0 0 3\r\n\n \n\r\n", "\n", "\n"},
       }) {
    const Login login = take_login(c.unread);
    EXPECT_EQ(login.state, State::kComplete) << c.unread;
    EXPECT_EQ(login.fault, Fault::kNone) << c.unread;
    EXPECT_EQ(login.credentials.user, c.user);
    EXPECT_EQ(login.credentials.password, c.password);
    EXPECT_EQ(login.consumed, c.unread.size());
  }
}

TEST(take_login, says_what_is_wrong) {
  struct Case {
    std::string_view unread;
    Fault fault;
    std::size_t consumed;
  };
  for (const Case& c : std::vector<Case>{
           {"version\r\n", Fault::kUnauthenticated, 9},
           {"\r\nget a\r\n", Fault::kUnauthenticated, 2},
           {"add x 0 0 5\r\nhello\r\n", Fault::kUnauthenticated, 13},
           {"set x 0 0\r\n", Fault::kUnauthenticated, 11},
           {"set x 0 0 -1\r\n", Fault::kUnauthenticated, 14},
           {"set x 0 0 12x\r\n", Fault::kUnauthenticated, 15},
           {"set x 0 0 4294967296\r\n", Fault::kUnauthenticated, 22},
           {"SET x 0 0 3\r\na b\r\n", Fault::kUnauthenticated, 13},
           {"set x 0 0 3\r\na bXY", Fault::kLoginEnd, 18},
           {"set x 0 0 5\r\nhello\r\n", Fault::kLoginFormat, 20},
           {"set x 0 0 0\r\n\r\n", Fault::kLoginFormat, 15},
       }) {
    const Login login = take_login(c.unread);
    EXPECT_EQ(login.state, State::kComplete) << c.unread;
    EXPECT_EQ(login.fault, c.fault) << c.unread;
    EXPECT_EQ(login.consumed, c.consumed) << c.unread;
  }
}

TEST(take_login, waits_for_all_of_it) {
  const std::string_view whole = "set x 0 0 12\r\nalice secret\r\n";
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    EXPECT_EQ(take_login(whole.substr(0, bytes)).state, State::kPartial) << bytes;
  }
}

TEST(take_login, has_limits_however_it_is_cut) {
  const std::string fits = "get " + std::string(limits::kMaxLineBytes - 4, 'k');
  EXPECT_EQ(take_login(fits).state, State::kPartial);
  EXPECT_EQ(take_login(fits + "\r").state, State::kPartial);
  EXPECT_EQ(take_login(fits + "\r\n").fault, Fault::kUnauthenticated);
  for (const char* more : {"k\n", "k\r\n", "kkkk"}) {
    EXPECT_EQ(take_login(fits + more).state, State::kTooLong) << more;
    EXPECT_EQ(take_login(fits + more).fault, Fault::kNone) << more;
  }
  EXPECT_EQ(take_login(login_of(limits::kMaxLoginBytes)).state, State::kComplete);
  EXPECT_EQ(take_login(login_of(limits::kMaxLoginBytes + 1)).state, State::kTooLong);
  EXPECT_EQ(take_login("set x 0 0 16385\r\n").state, State::kTooLong);
  EXPECT_EQ(take_login("set x 0 0 16385\r\n").fault, Fault::kLoginTooLong);
}

TEST(parse_plain, knows_the_three_parts) {
  using namespace std::string_view_literals;
  for (const std::string_view message : {"\0alice\0secret"sv, "alice\0alice\0secret"sv}) {
    const auto credentials = parse_plain(message);
    ASSERT_TRUE(credentials);
    EXPECT_EQ(credentials->user, "alice");
    EXPECT_EQ(credentials->password, "secret");
  }
  for (const std::string_view message :
       {""sv, "alice"sv, "alice\0secret"sv, "bob\0alice\0secret"sv}) {
    EXPECT_FALSE(parse_plain(message));
  }
  EXPECT_EQ(parse_plain("\0a\0b\0c"sv)->password, "b\0c"sv);
}

}  // namespace
}  // namespace larder::wire::memcache
