// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/passwords.h"

#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace larder::serve::memcache {
namespace {

using Format = Passwords::Format;

bool admits(std::string_view text, std::string_view user, std::string_view password,
            Format format = Format::kAuthFile) {
  const auto passwords = Passwords::parse(text, format);
  return passwords && passwords->admit({user, password});
}

TEST(Passwords, AdmitThePairsOfTheirLines) {
  constexpr std::string_view kText = "alice:secret\nbob:two words\r\neve::\nnone:\nlast:x";
  EXPECT_TRUE(admits(kText, "alice", "secret"));
  EXPECT_TRUE(admits(kText, "bob", "two words"));
  EXPECT_TRUE(admits(kText, "eve", ":"));
  EXPECT_TRUE(admits(kText, "none", ""));
  EXPECT_TRUE(admits(kText, "last", "x"));
}

TEST(Passwords, AdmitNothingElse) {
  for (const auto& [user, password] :
       std::vector<std::pair<std::string, std::string>>{{"alice", "x"},
                                                        {"alice", "secre"},
                                                        {"alice", "secrets"},
                                                        {"alice", ""},
                                                        {"alic", "esecret"},
                                                        {"alicesecret", ""},
                                                        {"", "alicesecret"},
                                                        {"bob", "secret"},
                                                        {"Alice", "secret"},
                                                        {"", ""},
                                                        {"alice", std::string("secret\0", 7)},
                                                        {std::string(300, 'a'), "secret"},
                                                        {"alice", std::string(262, 's')}}) {
    EXPECT_FALSE(admits("alice:secret\nbob:x\n", user, password)) << user << ":" << password;
  }
  EXPECT_FALSE(admits("", "", ""));
}

TEST(Passwords, RefuseAFileThatCannotBeMeant) {
  for (const std::string_view text : {"alice", "alice:x\n\n", "alice:x\n# bob\n", "\r\n"}) {
    EXPECT_FALSE(Passwords::parse(text, Format::kAuthFile)) << text;
  }
}

TEST(Passwords, HaveLimits) {
  const std::string fits = "user:" + std::string(limits::kMaxPasswordBytes - 4, 'p');
  EXPECT_TRUE(admits(fits, "user", std::string(limits::kMaxPasswordBytes - 4, 'p')));
  EXPECT_FALSE(Passwords::parse(fits + "p", Format::kAuthFile));
  std::string lines;
  for (std::size_t line = 0; line < limits::kMaxPasswords; ++line) {
    lines += "user" + std::to_string(line) + ":p\n";
  }
  EXPECT_TRUE(admits(lines, "user1023", "p"));
  EXPECT_FALSE(Passwords::parse(lines + "one:more\n", Format::kAuthFile));
}

TEST(Passwords, OfSaslMayEndAtAFurtherColon) {
  for (const char* password : {"a", "a:b"}) {
    EXPECT_TRUE(admits("u:a:b\n", "u", password, Format::kSasl)) << password;
  }
  EXPECT_FALSE(admits("u:a:b\n", "u", "b", Format::kSasl));
  EXPECT_FALSE(admits("u:a:b\n", "u", "a"));
}

TEST(Passwords, SayWhatTheyCouldNotRead) {
  EXPECT_EQ(
      Passwords::read("/nowhere/at/all", Format::kAuthFile).failure().what,
      "Could not open authfile [/nowhere/at/all] for reading, error No such file or directory");
  EXPECT_FALSE(Passwords::read("/", Format::kAuthFile));
}

// ---- how long a login takes

struct TimedLogin {
  std::string user;
  std::string password;
  // The least of all measurements: what else the machine does only adds to it.
  std::int64_t thread_ns = std::numeric_limits<std::int64_t>::max();

  void measure(const Passwords& passwords) {
    const auto now = [] {
      timespec time{};
      ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
      return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
    };
    const std::int64_t begin = now();
    passwords.admit({user, password});
    thread_ns = std::min(thread_ns, now() - begin);
  }
  bool takes_as_long_as(const TimedLogin& other) const {
    return thread_ns > other.thread_ns / 2 && thread_ns < other.thread_ns * 2;
  }
};

// Whoever stops at the first letter or entry that tells is faster by much more than this, in each
// round. They take turns, as a machine is slower at times; more of them are asked for only where
// the first ones do not agree.
TEST(Passwords, TakeAsLongForEveryLogin) {
  constexpr int kRounds = 100;
  constexpr int kMostRounds = 5'000;
  const std::string secret(200, 's');
  std::string lines;
  for (std::size_t i = 0; i < limits::kMaxPasswords; ++i) {
    lines += "user" + std::to_string(i) + ":" + secret + "\n";
  }
  const auto passwords = *Passwords::parse(lines, Format::kAuthFile);
  const std::string almost = secret.substr(1) + "x";
  std::vector<TimedLogin> logins{{"user1023", secret}, {"user0", secret}, {"user1023", almost},
                                 {"user1023", "x"},    {"nobody", ""},    {"", ""}};
  const auto all_agree = [&] {
    return std::ranges::all_of(
        logins, [&](const TimedLogin& each) { return each.takes_as_long_as(logins.front()); });
  };
  for (int round = 0; round < kRounds || (round < kMostRounds && !all_agree()); ++round) {
    for (TimedLogin& each : logins) each.measure(passwords);
  }
  for (const TimedLogin& each : logins) {
    EXPECT_TRUE(each.takes_as_long_as(logins.front()))
        << each.user << " " << each.password << ": " << each.thread_ns << " ns, and not "
        << logins.front().thread_ns;
  }
}

}  // namespace
}  // namespace larder::serve::memcache
