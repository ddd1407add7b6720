// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/dialect_choice.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace larder::app {
namespace {

using serve::memcache::Dialect;

Dialect chosen(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "memcached");
  const auto dialect = choose_dialect(arguments);
  EXPECT_TRUE(dialect);
  return *dialect;
}

TEST(DialectChoice, IsMemcachedUnlessAsked) {
  EXPECT_EQ(chosen({}), Dialect::kMemcached);
  EXPECT_EQ(chosen({"-X", "-e", "/dev/shm/items", "-o", "modern", "-vv"}), Dialect::kMemcached);
  EXPECT_EQ(chosen({"--extended=modern", "-p11211"}), Dialect::kMemcached);
}

TEST(DialectChoice, IsWhatIsNamed) {
  EXPECT_EQ(chosen({"--dialect", "arcus"}), Dialect::kArcus);
  EXPECT_EQ(chosen({"--dialect=arcus", "-v"}), Dialect::kArcus);
  EXPECT_EQ(chosen({"--dialect=arcus", "--dialect=memcached"}), Dialect::kMemcached);
}

// As Arcus' own scripts start it.
TEST(DialectChoice, IsImpliedByTheLettersThatOnlyArcusHas) {
  EXPECT_EQ(chosen({"-E",   "/usr/lib/default_engine.so",
                    "-X",   "ascii_scrub.so",
                    "-d",   "-v",
                    "-r",   "-R5",
                    "-U",   "0",
                    "-D:",  "-b",
                    "8192", "-m100",
                    "-p",   "11211",
                    "-c",   "1000",
                    "-t",   "6",
                    "-z",   "127.0.0.1:2181"}),
            Dialect::kArcus);
  EXPECT_EQ(chosen({"-z127.0.0.1:2181"}), Dialect::kArcus);
  EXPECT_EQ(chosen({"-dvE", "engine.so"}), Dialect::kArcus);
}

TEST(DialectChoice, IsRefusedByAnUnknownName) {
  EXPECT_FALSE(choose_dialect({"larder", "--dialect=redis"}));
}

}  // namespace
}  // namespace larder::app
