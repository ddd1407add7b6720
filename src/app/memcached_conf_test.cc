// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/memcached_conf.h"

#include <gtest/gtest.h>

namespace larder::app {
namespace {

using Options = std::vector<std::string>;

TEST(OptionsOfConf, AreWordsOfEachLine) {
  EXPECT_EQ(options_of_conf("-m 64\n\n  -l\t127.0.0.1  \n-vv -M\n-o a,b=c"),
            (Options{"-m", "64", "-l", "127.0.0.1", "-vv", "-M", "-o", "a,b=c"}));
  EXPECT_EQ(options_of_conf("-m 64\r\n-M\r\n"), (Options{"-m", "64", "-M"}));
  EXPECT_EQ(options_of_conf(""), Options{});
  EXPECT_EQ(options_of_conf("\n"), Options{});
}

TEST(OptionsOfConf, AreWithoutComments) {
  EXPECT_EQ(options_of_conf("# -m 1\n-m 64 # -M\n-P /run/a#b\n#"),
            (Options{"-m", "64", "-P", "/run/a"}));
  EXPECT_EQ(options_of_conf("-D \\# # it is no comment"), (Options{"-D", "#"}));
}

TEST(OptionsOfConf, AreWithoutWhatTheStartScriptsLeaveOut) {
  EXPECT_EQ(options_of_conf("-d\n-h\nlogfile /var/log/memcached.log\nENABLE_MEMCACHED=yes\n-M"),
            Options{"-M"});
}

TEST(OptionsOfConf, AreReadAsByAShell) {
  EXPECT_EQ(options_of_conf("-s '/run/a b' -u \"mem\"cache -P /run/c\\ d -D ''"),
            (Options{"-s", "/run/a b", "-u", "memcache", "-P", "/run/c d", "-D", ""}));
  EXPECT_EQ(options_of_conf("-s 'a\\b#c' \"d'e\\\"\""), (Options{"-s", "a\\b#c", "d'e\""}));
  EXPECT_EQ(options_of_conf("-s 'no end\n-M"), (Options{"-s", "no end", "-M"}));
  EXPECT_EQ(options_of_conf("-s \\"), (Options{"-s", "\\"}));
}

TEST(ReadMemcachedConf, NamesAFileThatItCannotRead) {
  const auto missing = read_memcached_conf("/missing/file");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.failure().what, "reading /missing/file: No such file or directory");
  EXPECT_FALSE(read_memcached_conf("/"));
  const auto empty = read_memcached_conf("/dev/null");
  ASSERT_TRUE(empty);
  EXPECT_EQ(*empty, Options{});
}

}  // namespace
}  // namespace larder::app
