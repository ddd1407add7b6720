// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/arcus_options.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "app/cache_options.h"

namespace larder::app {
namespace {

using Arguments = std::vector<std::string>;

struct Parsed {
  CacheConfig config;
  std::string failure;  // empty: none
  Arguments notes;
};

Parsed parse(Arguments arguments) {
  Parsed parsed;
  parsed.config.sessions.dialect = serve::memcache::Dialect::kArcus;
  const base::OptionTable table = cache_options("larder cache", "a cache node", parsed.config);
  arguments.insert(arguments.begin(), "larder");
  const base::Status status = read_options(table, arguments, parsed.config, parsed.notes);
  if (!status) parsed.failure = status.failure().what;
  return parsed;
}

TEST(ArcusOptions, AreTakenAsArcusStartsItself) {
  const Parsed parsed = parse({"-E",   "/usr/lib/default_engine.so",
                               "-X",   "/usr/lib/syslog_logger.so",
                               "-X",   "/usr/lib/ascii_scrub.so",
                               "-d",   "-v",
                               "-r",   "-R5",
                               "-U",   "0",
                               "-D:",  "-b",
                               "8192", "-m100",
                               "-p",   "11211",
                               "-c",   "1000",
                               "-t",   "6",
                               "-g",   "10",
                               "-o",   "15"});
  EXPECT_EQ(parsed.failure, "");
  EXPECT_EQ(parsed.config.memory_bytes, 100 * limits::MiB);
  EXPECT_EQ(parsed.config.sticky_bytes, 10 * limits::MiB);
  EXPECT_EQ(parsed.config.threads, 6U);
  EXPECT_TRUE(parsed.config.daemon);
  EXPECT_TRUE(parsed.config.sessions.has_scrubber);
  EXPECT_TRUE(parsed.config.sessions.allow_detail);
}

TEST(ArcusOptions, HaveNoScrubberWithoutItsExtension) {
  EXPECT_FALSE(parse({"-X", "/usr/lib/syslog_logger.so"}).config.sessions.has_scrubber);
}

TEST(ArcusOptions, BoundTheLargestItemAsArcus) {
  EXPECT_EQ(parse({"-I20k"}).config.item_bytes, 20 * limits::KiB);
  EXPECT_EQ(parse({"-I128m"}).config.item_bytes, 128 * limits::MiB);
  for (const char* size : {"20479", "19k", "0"}) {
    EXPECT_NE(parse({"-I", size}).failure.find("cannot be less than 20KB."), std::string::npos);
  }
  for (const char* size : {"129m", "134217729", "1g"}) {
    EXPECT_NE(parse({"-I", size}).failure.find("higher than 128 mb."), std::string::npos);
  }
}

TEST(ArcusOptions, RefuseDetail) { EXPECT_FALSE(parse({"-q"}).config.sessions.allow_detail); }

// What an operator would believe to have.
TEST(ArcusOptions, RefuseWhatIsNotServed) {
  EXPECT_NE(parse({"-z", "127.0.0.1:2181"}).failure.find("does not join"), std::string::npos);
  EXPECT_NE(parse({"-x", "127.0.0.1:2181"}).failure.find("does not join"), std::string::npos);
  EXPECT_NE(parse({"-e", "use_persistence=true;data_path=/tmp"}).failure.find("no persistence"),
            std::string::npos);
  EXPECT_NE(parse({"-e", "config_file=/etc/engine.conf"}).failure.find("no persistence"),
            std::string::npos);
}

TEST(ArcusOptions, JudgeTheEnginesOptions) {
  EXPECT_EQ(parse({"-e", "use_persistence=false;cache_size=1000"}).failure, "");
  EXPECT_EQ(parse({"-e", ""}).failure, "");
  EXPECT_NE(parse({"-e", "cache_size"}).failure.find("name=value"), std::string::npos);
}

// Letters of memcached that Arcus has not, or to which it gives another meaning.
TEST(ArcusOptions, AreNotMemcacheds) {
  for (const char* letter : {"-A", "-F", "-W", "-Z", "-N1", "-Y/tmp/passwords"}) {
    EXPECT_NE(parse({letter}).failure, "") << letter;
  }
  EXPECT_TRUE(parse({"-e", "use_persistence=off"}).config.warm_path.empty());
  EXPECT_NE(parse({"-o", "modern"}).failure, "");
}

TEST(ArcusOptions, AreThoseOfTheDocument) {
  CacheConfig config;
  base::OptionTable table("larder cache", "a cache node");
  add_arcus_options(table, config);
  std::ifstream file("docs/arcus.md");
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(document.find(table.markdown()), std::string::npos)
      << "docs/arcus.md must have this table:\n"
      << table.markdown();
}

}  // namespace
}  // namespace larder::app
