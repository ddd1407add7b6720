// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/cache_config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace larder::app {
namespace {

using Arguments = std::vector<std::string>;

struct Parsed {
  CacheConfig config;
  std::string failure;  // empty: none
};

Parsed parse(Arguments arguments) {
  Parsed parsed;
  const base::OptionTable table = cache_options("larder cache", "a cache node", parsed.config);
  arguments.insert(arguments.begin(), "larder");
  const base::Status status = table.parse(std::move(arguments));
  if (!status) parsed.failure = status.failure().what;
  return parsed;
}

CacheConfig good(const Arguments& arguments) {
  const Parsed parsed = parse(arguments);
  EXPECT_EQ(parsed.failure, "");
  return parsed.config;
}

TEST(CacheOptions, AreThoseOfMemcachedByDefault) {
  const CacheConfig config = good({});
  EXPECT_EQ(config.port, 11211);
  EXPECT_TRUE(config.listen.empty());
  EXPECT_EQ(config.unix_path, "");
  EXPECT_EQ(config.unix_mask, 0700U);
  EXPECT_FALSE(config.daemon);
  EXPECT_EQ(config.memory_bytes, 64 * limits::MiB);
  EXPECT_TRUE(config.evict);
  EXPECT_EQ(config.connections, 1024U);
  EXPECT_EQ(config.threads, 4U);
  EXPECT_EQ(config.item_bytes, 1 * limits::MiB);
  EXPECT_EQ(config.verbosity, 0U);
  EXPECT_EQ(config.io, io::BackendKind::kAuto);
  EXPECT_FALSE(config.wants_help || config.wants_version || config.wants_man_page);
  EXPECT_TRUE(check(config));
}

// Every option: its letter and name, a value and what comes of it.
struct Row {
  std::string letter;  // empty: it has none
  std::string name;
  std::string value;  // empty: it takes none
  std::function<bool(const CacheConfig&)> took;
};

const std::vector<Row>& every_option() {
  static const std::vector<Row> kRows = {
      {"p", "port", "11311", [](const CacheConfig& c) { return c.port == 11311; }},
      {"U", "udp-port", "0", [](const CacheConfig& c) { return c.port == 11211; }},
      {"s", "unix-socket", "/s", [](const CacheConfig& c) { return c.unix_path == "/s"; }},
      {"a", "unix-mask", "0660", [](const CacheConfig& c) { return c.unix_mask == 0660; }},
      {"l", "listen", "::1,h:1",
       [](const CacheConfig& c) { return c.listen == Arguments{"::1", "h:1"}; }},
      {"d", "daemon", "", [](const CacheConfig& c) { return c.daemon; }},
      {"u", "user", "nobody", [](const CacheConfig& c) { return c.user == "nobody"; }},
      {"P", "pidfile", "/p", [](const CacheConfig& c) { return c.pid_file == "/p"; }},
      {"m", "memory-limit", "100",
       [](const CacheConfig& c) { return c.memory_bytes == 100 * limits::MiB; }},
      {"M", "disable-evictions", "", [](const CacheConfig& c) { return !c.evict; }},
      {"Y", "auth-file", "/y", [](const CacheConfig& c) { return c.auth_file == "/y"; }},
      {"S", "enable-sasl", "", [](const CacheConfig& c) { return c.sasl; }},
      {"c", "conn-limit", "20000", [](const CacheConfig& c) { return c.connections == 20000; }},
      {"t", "threads", "9", [](const CacheConfig& c) { return c.threads == 9; }},
      {"I", "max-item-size", "2m",
       [](const CacheConfig& c) { return c.item_bytes == 2 * limits::MiB; }},
      {"v", "verbose", "", [](const CacheConfig& c) { return c.verbosity == 1; }},
      {"Z", "enable-ssl", "", [](const CacheConfig& c) { return c.tls.enabled; }},
      {"o", "extended", "ssl_key=k,ssl_chain_cert=c",
       [](const CacheConfig& c) {
         return c.tls.options.key_file == "k" && c.tls.options.chain_file == "c";
       }},
      {"", "io", "epoll", [](const CacheConfig& c) { return c.io == io::BackendKind::kEpoll; }},
      {"h", "help", "", [](const CacheConfig& c) { return c.wants_help; }},
      {"", "man", "", [](const CacheConfig& c) { return c.wants_man_page; }},
      {"V", "version", "", [](const CacheConfig& c) { return c.wants_version; }},
  };
  return kRows;
}

TEST(CacheOptions, TakeEachByItsLetterAndItsName) {
  for (const Row& row : every_option()) {
    const std::string name = "--" + row.name + (row.value.empty() ? "" : "=" + row.value);
    EXPECT_TRUE(row.took(good({name}))) << name;
    if (row.letter.empty()) continue;
    EXPECT_TRUE(row.took(good({"-" + row.letter + row.value}))) << row.letter;
  }
}

TEST(CacheOptions, AreAllInTheHelpAndInTheManPage) {
  CacheConfig config;
  const base::OptionTable table = cache_options("larder cache", "a cache node", config);
  const std::string help = table.help();
  const std::string page = table.man_page();
  for (const Row& row : every_option()) {
    const std::string letter = row.letter.empty() ? "    " : "-" + row.letter + ", ";
    EXPECT_NE(help.find("\n  " + letter + "--" + row.name), std::string::npos) << row.name;
    std::string name = row.name;
    for (std::size_t at = 0; (at = name.find('-', at)) != std::string::npos; at += 2) {
      name.insert(at, "\\");
    }
    EXPECT_NE(page.find("\\-\\-" + name), std::string::npos) << row.name;
  }
  // And none that is not tested above.
  const auto lines = std::ranges::count(help.substr(help.find("[options]")), '\n') - 2;
  EXPECT_EQ(static_cast<std::size_t>(lines), every_option().size());
}

TEST(CacheOptions, TakeWhatStandsAtTheirLimits) {
  EXPECT_EQ(good({"-p", "-1"}).port, -1);
  EXPECT_EQ(good({"-p0"}).port, 0);
  EXPECT_EQ(good({"-p65535"}).port, 65535);
  EXPECT_EQ(good({"-m8"}).memory_bytes, 8 * limits::MiB);
  EXPECT_EQ(good({"-c1"}).connections, 1U);
  EXPECT_EQ(good({"-c1000000000"}).connections, 1'000'000'000U);
  EXPECT_EQ(good({"-t256"}).threads, 256U);
  EXPECT_EQ(good({"-I1024"}).item_bytes, 1024U);
  EXPECT_EQ(good({"-I1k"}).item_bytes, 1024U);
  EXPECT_EQ(good({"-I1G"}).item_bytes, limits::GiB);
  EXPECT_EQ(good({"-I1024M"}).item_bytes, limits::GiB);
  EXPECT_EQ(good({"-a777"}).unix_mask, 0777U);
  EXPECT_EQ(good({"-a0"}).unix_mask, 0U);
  EXPECT_EQ(good({"-vvv", "-v"}).verbosity, 4U);
  EXPECT_EQ(good({"-l", "a,,b;d", "-l", "c"}).listen, (Arguments{"a", "b", "d", "c"}));
  EXPECT_EQ(good({"--io=uring"}).io, io::BackendKind::kUring);
  EXPECT_EQ(good({"--io=epoll", "--io=auto"}).io, io::BackendKind::kAuto);
}

TEST(CacheOptions, RefuseWhatStandsBeyond) {
  for (const Arguments& arguments : std::vector<Arguments>{{"-p", "65536"},
                                                           {"-p", "-2"},
                                                           {"-p", "x"},
                                                           {"-p", ""},
                                                           {"-p", "1 "},
                                                           {"-p", "0x10"},
                                                           {"-U", "1"},
                                                           {"-U", ""},
                                                           {"-m", "7"},
                                                           {"-m", "0"},
                                                           {"-m", "-1"},
                                                           {"-m", "64m"},
                                                           {"-m", "17592186044416"},
                                                           {"-m", "99999999999999999999"},
                                                           {"-c", "0"},
                                                           {"-c", "-1"},
                                                           {"-c", "1000000001"},
                                                           {"-t", "0"},
                                                           {"-t", "257"},
                                                           {"-t", "four"},
                                                           {"-I", "1023"},
                                                           {"-I", "0"},
                                                           {"-I", "2g"},
                                                           {"-I", "1025m"},
                                                           {"-I", "1073741825"},
                                                           {"-I", "m"},
                                                           {"-I", ""},
                                                           {"-I", "1kk"},
                                                           {"-I", "-1k"},
                                                           {"-I", "1.5m"},
                                                           {"-I", "99999999999999999999g"},
                                                           {"-a", "1000"},
                                                           {"-a", "8"},
                                                           {"-a", ""},
                                                           {"-a", "rwx"},
                                                           {"-l", ""},
                                                           {"-l", ","},
                                                           {"--io", "kqueue"},
                                                           {"--io", ""},
                                                           {"-o", "no_such_word"},
                                                           {"-o", "ssl_key=k,,"},
                                                           {"-y"},
                                                           {"word"}}) {
    const Parsed parsed = parse(arguments);
    EXPECT_NE(parsed.failure, "") << arguments.front() << " " << arguments.back();
    EXPECT_TRUE(parsed.failure.starts_with("larder cache: ")) << parsed.failure;
  }
}

TEST(CacheOptions, SayWhatTheyWantInstead) {
  EXPECT_EQ(parse({"-p", "x"}).failure,
            "larder cache: --port: x: a whole number from -1 to 65535 is expected");
  EXPECT_EQ(
      parse({"-I", "2g"}).failure,
      "larder cache: --max-item-size: 2g: Cannot set item size limit higher than a gigabyte.");
  EXPECT_EQ(parse({"-l", ""}).failure, "larder cache: --listen: (empty): an address is expected");
}

TEST(Check, WantsRoomForTwoItems) {
  EXPECT_TRUE(check(good({"-m8", "-I4m"})));
  const base::Status refused = check(good({"-m8", "-I4097k"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.failure().what, "Cannot set item size limit higher than 1/2 of memory max.");
}

TEST(Check, WantsOneWayToLogIn) {
  EXPECT_TRUE(check(good({"-S"})));
  EXPECT_TRUE(check(good({"-Y", "file"})));
  EXPECT_FALSE(check(good({"-S", "-Y", "file"})));
}

}  // namespace
}  // namespace larder::app
