// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/cache_options.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

namespace larder::app {
namespace {

using Arguments = std::vector<std::string>;
using serve::memcache::Protocol;

struct Parsed {
  CacheConfig config;
  std::string failure;  // empty: none
  Arguments notes;
};

Parsed parse(Arguments arguments) {
  Parsed parsed;
  const base::OptionTable table = cache_options("larder cache", "a cache node", parsed.config);
  arguments.insert(arguments.begin(), "larder");
  const base::Status status = read_options(table, arguments, parsed.config, parsed.notes);
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
  EXPECT_TRUE(config.refuse_connections);
  EXPECT_EQ(config.backlog, 1024);
  EXPECT_EQ(config.idle_s, 0);
  EXPECT_EQ(config.threads, 4U);
  EXPECT_EQ(config.item_bytes, 1 * limits::MiB);
  EXPECT_EQ(config.verbosity, 0U);
  EXPECT_EQ(config.io, io::BackendKind::kAuto);
  EXPECT_EQ(config.sessions.protocol, Protocol::kAuto);
  EXPECT_TRUE(config.sessions.use_cas && config.sessions.allow_flush);
  EXPECT_TRUE(config.sessions.allow_dumps && config.sessions.allow_watch);
  EXPECT_FALSE(config.sessions.allow_shutdown);
  EXPECT_EQ(config.sessions.prefix_delimiter, ':');
  EXPECT_FALSE(config.core_dumps || config.lock_memory);
  EXPECT_FALSE(config.wants_help || config.wants_version || config.wants_man_page);
  EXPECT_TRUE(check(config));
}

// Every option that works: its letter and name, a value and what comes of it.
struct Row {
  std::string letter;  // empty: it has none
  std::string name;    // empty: it has only its letter
  std::string value;   // empty: it takes none
  std::function<bool(const CacheConfig&)> took;
};

const std::vector<Row>& every_option() {
  static const std::vector<Row> kRows = {
      {"p", "port", "11311", [](const CacheConfig& c) { return c.port == 11311; }},
      {"U", "udp-port", "11311", [](const CacheConfig& c) { return c.udp_port == 11311; }},
      {"", "dialect", "arcus",
       [](const CacheConfig& c) { return c.sessions.dialect == serve::memcache::Dialect::kArcus; }},
      {"", "udp-allow", "10.0.0.0/8,fd00::1",
       [](const CacheConfig& c) { return c.udp_peers.size() == 2; }},
      {"s", "unix-socket", "/s", [](const CacheConfig& c) { return c.unix_path == "/s"; }},
      {"a", "unix-mask", "0660", [](const CacheConfig& c) { return c.unix_mask == 0660; }},
      {"l", "listen", "::1,h:1",
       [](const CacheConfig& c) { return c.listen == Arguments{"::1", "h:1"}; }},
      {"d", "daemon", "", [](const CacheConfig& c) { return c.daemon; }},
      {"u", "user", "nobody", [](const CacheConfig& c) { return c.user == "nobody"; }},
      {"P", "pidfile", "/p", [](const CacheConfig& c) { return c.pid_file == "/p"; }},
      {"e", "memory-file", "/f", [](const CacheConfig& c) { return c.warm_path == "/f"; }},
      {"m", "memory-limit", "100",
       [](const CacheConfig& c) { return c.memory_bytes == 100 * limits::MiB; }},
      {"M", "disable-evictions", "", [](const CacheConfig& c) { return !c.evict; }},
      {"c", "conn-limit", "20000", [](const CacheConfig& c) { return c.connections == 20000; }},
      {"t", "threads", "9", [](const CacheConfig& c) { return c.threads == 9; }},
      {"I", "max-item-size", "2m",
       [](const CacheConfig& c) { return c.item_bytes == 2 * limits::MiB; }},
      {"b", "listen-backlog", "7", [](const CacheConfig& c) { return c.backlog == 7; }},
      {"r", "enable-coredumps", "", [](const CacheConfig& c) { return c.core_dumps; }},
      {"k", "lock-memory", "", [](const CacheConfig& c) { return c.lock_memory; }},
      {"B", "protocol", "binary",
       [](const CacheConfig& c) { return c.sessions.protocol == Protocol::kBinary; }},
      {"A", "enable-shutdown", "", [](const CacheConfig& c) { return c.sessions.allow_shutdown; }},
      {"C", "disable-cas", "", [](const CacheConfig& c) { return !c.sessions.use_cas; }},
      {"F", "disable-flush-all", "", [](const CacheConfig& c) { return !c.sessions.allow_flush; }},
      {"X", "disable-dumping", "", [](const CacheConfig& c) { return !c.sessions.allow_dumps; }},
      {"W", "disable-watch", "", [](const CacheConfig& c) { return !c.sessions.allow_watch; }},
      {"S", "enable-sasl", "", [](const CacheConfig& c) { return c.sasl; }},
      {"Y", "auth-file", "/y", [](const CacheConfig& c) { return c.auth_file == "/y"; }},
      {"D", "", "/", [](const CacheConfig& c) { return c.sessions.prefix_delimiter == '/'; }},
      {"o", "extended", "no_maxconns_fast,idle_timeout=9",
       [](const CacheConfig& c) { return !c.refuse_connections && c.idle_s == 9; }},
      {"Z", "enable-ssl", "", [](const CacheConfig& c) { return c.tls.enabled; }},
      {"i", "license", "", [](const CacheConfig& c) { return c.wants_license; }},
      {"v", "verbose", "", [](const CacheConfig& c) { return c.verbosity == 1; }},
      {"", "memcached-conf", "/dev/null", [](const CacheConfig&) { return true; }},
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
    EXPECT_TRUE(row.name.empty() || row.took(good({name}))) << name;
    if (row.letter.empty()) continue;
    EXPECT_TRUE(row.took(good({"-" + row.letter + row.value}))) << row.letter;
  }
}

// ---- what memcached has, and Larder has nothing for

const Arguments& without_effect() {
  static const Arguments kOptions = {"-f1.5", "--slab-growth-factor=1.01",
                                     "-n48",  "--slab-min-size=1",
                                     "-L",    "--enable-largepages",
                                     "-R20",  "--max-reqs-per-event=1",
                                     "-N2",   "--napi-ids=1"};
  return kOptions;
}

const Arguments& items_without_effect() {
  static const Arguments kItems = {"hashpower=12",
                                   "hashpower=32",
                                   "no_hashexpand",
                                   "hash_algorithm=jenkins",
                                   "hash_algorithm=murmur3",
                                   "hash_algorithm=xxh3",
                                   "tail_repair_time=10",
                                   "lru_crawler",
                                   "no_lru_crawler",
                                   "lru_crawler_sleep=0",
                                   "lru_crawler_sleep=1000000",
                                   "lru_crawler_tocrawl=4294967295",
                                   "read_buf_mem_limit=0",
                                   "resp_obj_mem_limit=1",
                                   "lru_maintainer",
                                   "no_lru_maintainer",
                                   "hot_lru_pct=1",
                                   "warm_lru_pct=79",
                                   "hot_max_factor=0.2",
                                   "warm_max_factor=2.00",
                                   "temporary_ttl=61",
                                   "slab_chunk_max=512",
                                   "watcher_logbuf_size=256",
                                   "worker_logbuf_size=64",
                                   "modern",
                                   "no_modern",
                                   "sock_cookie_id=1",
                                   "slab_reassign",
                                   "no_slab_reassign",
                                   "no_slab_automove",
                                   "slab_sizes=96-480-1184",
                                   "no_chunked_items",
                                   "ext_io_depth=1",
                                   "proxy_memprofile",
                                   "slab_automove",
                                   "slab_automove=2",
                                   "slab_automove_ratio=0.8",
                                   "slab_automove_window=30",
                                   "slab_automove_freeratio=0.01",
                                   "inline_ascii_resp",
                                   "no_inline_ascii_resp",
                                   "drop_privileges",
                                   "no_drop_privileges",
                                   "ext_page_size=64",
                                   "ext_wbuf_size=4",
                                   "ext_threads=1",
                                   "ext_item_size=512",
                                   "ext_item_age=0",
                                   "ext_low_ttl=0",
                                   "ext_drop_unread",
                                   "ext_recache_rate=2000",
                                   "ext_compact_under=1",
                                   "ext_drop_under=1",
                                   "ext_max_frag=0.80",
                                   "ext_max_sleep=1000000",
                                   "ssl_wbuf_size=16"};
  return kItems;
}

TEST(CacheOptions, TakeAndNoteWhatHasNoEffect) {
  for (const std::string& option : without_effect()) {
    const Parsed parsed = parse({option});
    EXPECT_EQ(parsed.failure, "") << option;
    ASSERT_EQ(parsed.notes.size(), 1U) << option;
    EXPECT_NE(parsed.notes.front().find(": without effect: "), std::string::npos) << option;
  }
  for (const std::string& item : items_without_effect()) {
    const Parsed parsed = parse({"-o", item});
    EXPECT_EQ(parsed.failure, "") << item;
    ASSERT_EQ(parsed.notes.size(), 1U) << item;
    const std::string name = item.substr(0, item.find('='));
    EXPECT_TRUE(parsed.notes.front().starts_with("-o " + name + ": without effect: "))
        << parsed.notes.front();
  }
}

TEST(CacheOptions, NoteThatMemoryIsRaised) {
  for (const char* megabytes : {"1", "7"}) {
    const Parsed parsed = parse({"-m", megabytes});
    EXPECT_EQ(parsed.failure, "");
    EXPECT_EQ(parsed.config.memory_bytes, 8 * limits::MiB);
    EXPECT_EQ(parsed.notes, Arguments{"-m: taken as 8, the least"});
  }
  EXPECT_TRUE(parse({"-m1", "-m100"}).notes.empty());
}

TEST(CacheOptions, NoteNothingOfWhatWorks) {
  for (const Row& row : every_option()) {
    if (row.letter.empty()) continue;
    EXPECT_TRUE(parse({"-" + row.letter + row.value}).notes.empty()) << row.letter;
  }
}

const std::vector<Arguments>& refused() {
  static const std::vector<Arguments> kRefused = {{"-o", "ext_path=/f:1G"},
                                                  {"-o", "proxy_config=/f"},
                                                  {"-o", "proxy_arg=a"},
                                                  {"-o", "proxy_uring"},
                                                  {"-o", "ssl_kernel_tls"}};
  return kRefused;
}

TEST(CacheOptions, RefuseWhatWouldBeMissed) {
  for (const Arguments& arguments : refused()) {
    const std::string failure = parse(arguments).failure;
    const bool says_why = failure.find(" yet") != std::string::npos ||
                          failure.find("is not served") != std::string::npos ||
                          failure.find("there is no proxy") != std::string::npos ||
                          failure.find("values lie in memory only") != std::string::npos;
    EXPECT_TRUE(says_why) << arguments.back() << ": " << failure;
  }
}

TEST(CacheOptions, GiveTcpThePortOfUdpWhereItHasNone) {
  EXPECT_EQ(good({"-U11311"}).port, 11311);
  EXPECT_EQ(good({"-U0"}).port, 11211);
  EXPECT_EQ(good({"-U11311", "-p11411"}).port, 11411);
  EXPECT_EQ(good({"-p11211", "-U11311"}).port, 11211);
}

std::string table_of_options() {
  CacheConfig config;
  return cache_options("larder cache", "a cache node", config).markdown();
}

TEST(CacheOptions, TakeTheItemsOfTls) {
  const io::TlsOptions options =
      good({"-o",
            "ssl_chain_cert=/c,ssl_key=/k,ssl_keyformat=der,ssl_verify_mode=2,ssl_ciphers=A:B",
            "-o", "ssl_ca_cert=/a,ssl_session_cache,ssl_min_version=tlsv1.3"})
          .tls.options;
  EXPECT_EQ(options.chain_file, "/c");
  EXPECT_EQ(options.key_file, "/k");
  EXPECT_EQ(options.key_format, io::TlsOptions::KeyFormat::kDer);
  EXPECT_EQ(options.clients, io::TlsClients::kRequired);
  EXPECT_EQ(options.ciphers, "A:B");
  EXPECT_EQ(options.ca_file, "/a");
  EXPECT_TRUE(options.session_cache);
  EXPECT_EQ(good({"-o", "ssl_min_version=1"}).tls.options.min_version, io::TlsVersion::kTls11);
  EXPECT_EQ(options.min_version, io::TlsVersion::kTls13);
}

// None of the table is left out above.
TEST(CacheOptions, AreAllTested) {
  const std::string table = table_of_options();
  const auto rows = [&](const std::string& effect) {
    std::size_t count = 0;
    for (std::size_t at = table.find("| " + effect); at != std::string::npos;
         at = table.find("| " + effect, at + 1)) {
      ++count;
    }
    return count;
  };
  const Arguments kItemsThatWork = {"maxconns_fast", "no_maxconns_fast",  "idle_timeout",
                                    "track_sizes",   "ssl_chain_cert",    "ssl_key",
                                    "ssl_keyformat", "ssl_verify_mode",   "ssl_ciphers",
                                    "ssl_ca_cert",   "ssl_session_cache", "ssl_min_version"};
  EXPECT_EQ(rows("works"), every_option().size() + kItemsThatWork.size());
  // Of the lists: letters and names of five options; four values of the same two items.
  EXPECT_EQ(rows("without effect"), 5 + items_without_effect().size() - 5);
  EXPECT_EQ(rows("refused"), refused().size());
}

TEST(CacheOptions, AreThoseOfTheDocument) {
  std::ifstream file("docs/memcached.md");
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  const std::string table = table_of_options();
  EXPECT_NE(document.find(table), std::string::npos) << "docs/memcached.md must have this table:\n"
                                                     << table;
}

TEST(CacheOptions, AreAllInTheHelpAndInTheManPage) {
  CacheConfig config;
  const base::OptionTable table = cache_options("larder cache", "a cache node", config);
  const std::string help = table.help();
  const std::string page = table.man_page();
  for (const Row& row : every_option()) {
    const std::string letter = row.letter.empty() ? "    " : "-" + row.letter + ", ";
    if (row.name.empty()) continue;
    EXPECT_NE(help.find("\n  " + letter + "--" + row.name), std::string::npos) << row.name;
    std::string name = row.name;
    for (std::size_t at = 0; (at = name.find('-', at)) != std::string::npos; at += 2) {
      name.insert(at, "\\");
    }
    EXPECT_NE(page.find("\\-\\-" + name), std::string::npos) << row.name;
  }
}

TEST(CacheOptions, TakeWhatStandsAtTheirLimits) {
  EXPECT_EQ(good({"-p", "-1"}).port, -1);
  EXPECT_EQ(good({"-p0"}).port, 0);
  EXPECT_EQ(good({"-p65535"}).port, 65535);
  EXPECT_EQ(good({"-U", "-1"}).udp_port, -1);
  EXPECT_EQ(good({"-U65535"}).udp_port, 65535);
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
  EXPECT_EQ(good({"-b0"}).backlog, 0);
  EXPECT_EQ(good({"-Bauto"}).sessions.protocol, Protocol::kAuto);
  EXPECT_EQ(good({"-Bascii"}).sessions.protocol, Protocol::kAscii);
  EXPECT_TRUE(good({"-ono_maxconns_fast,maxconns_fast"}).refuse_connections);
  EXPECT_TRUE(good({"-otrack_sizes"}).sessions.track_sizes);
  EXPECT_EQ(good({"-oidle_timeout=2147483647"}).idle_s, 2147483647);
  EXPECT_EQ(good({"-l", "a,,b;d", "-l", "c"}).listen, (Arguments{"a", "b", "d", "c"}));
  EXPECT_EQ(good({"--io=uring"}).io, io::BackendKind::kUring);
  EXPECT_EQ(good({"--io=epoll", "--io=auto"}).io, io::BackendKind::kAuto);
}

struct Bad {
  std::string option;
  Arguments values;
};

const std::vector<Bad>& bad_values() {
  static const std::vector<Bad> kBad = {
      {"-p", {"65536", "-2", "x", "", "1 ", "0x10"}},
      {"-U", {"-2", "65536", "x", ""}},
      {"--udp-allow", {"10.0.0.0/33", "host", "10.0.0.0/8,x"}},
      {"-m", {"0", "-1", "64m", "17592186044416", "99999999999999999999"}},
      {"-c", {"0", "-1", "1000000001"}},
      {"-t", {"0", "257", "four"}},
      {"-I", {"1023", "0", "2g", "1025m", "1073741825", "m", "", "1kk", "-1k", "1.5m"}},
      {"-I", {"99999999999999999999g"}},
      {"-a", {"1000", "8", "", "rwx"}},
      {"-l", {"", ","}},
      {"-b", {"-1", "x"}},
      {"-B", {"text", ""}},
      {"-D", {""}},
      {"-Y", {""}},
      {"-f", {"1", "x", "", "2x"}},
      {"-n", {"0"}},
      {"-R", {"0"}},
      {"-N", {"0"}},
      {"--io", {"kqueue", ""}},
      {"--memcached-conf", {"/missing"}},
      {"-o", {"bogus", "modern,bogus=1", "hashpower", "hashpower=11", "hashpower=33"}},
      {"-o", {"hash_algorithm=md5", "tail_repair_time=9", "lru_crawler_sleep=1000001"}},
      {"-o", {"lru_crawler_tocrawl=x", "hot_lru_pct=80", "warm_lru_pct=0", "hot_max_factor=0"}},
      {"-o", {"warm_max_factor=x", "temporary_ttl", "idle_timeout", "idle_timeout=-1"}},
      {"-o", {"slab_chunk_max=x", "watcher_logbuf_size=x", "slab_automove=3"}},
      {"-o", {"ssl_chain_cert", "ssl_key=", "ssl_keyformat=ENGINE", "ssl_verify_mode=4"}},
      {"-o", {"ssl_min_version=4", "ssl_wbuf_size=x", "ssl_ciphers", "ssl_ca_cert"}},
      {"-o", {"slab_sizes", "slab_sizes=x", "slab_sizes=96-x", "slab_sizes=96-104"}},
      {"-o", {"slab_sizes=96-2000000", "ext_io_depth"}},
      {"-o", {"slab_automove_ratio=1", "slab_automove_window=2", "ext_page_size", "ext_path"}},
  };
  return kBad;
}

TEST(CacheOptions, RefuseWhatStandsBeyond) {
  for (const Bad& bad : bad_values()) {
    for (const std::string& value : bad.values) {
      const std::string failure = parse({bad.option, value}).failure;
      const bool names_us = failure.starts_with("larder cache: ");
      EXPECT_TRUE(names_us || failure.starts_with("reading /missing: "))
          << bad.option << " " << value << ": " << failure;
    }
  }
  EXPECT_EQ(parse({"word"}).failure, "larder cache: unexpected argument word");
}

TEST(CacheOptions, SayWhatTheyWantInstead) {
  EXPECT_EQ(parse({"-p", "x"}).failure,
            "larder cache: --port: x: a whole number from -1 to 65535 is expected");
  EXPECT_EQ(
      parse({"-I", "2g"}).failure,
      "larder cache: --max-item-size: 2g: Cannot set item size limit higher than a gigabyte.");
  EXPECT_EQ(parse({"-l", ""}).failure, "larder cache: --listen: (empty): an address is expected");
}

// ---- --memcached-conf

class MemcachedConf : public testing::Test {
 protected:
  ~MemcachedConf() override { std::remove(path_.c_str()); }
  // With `text` in the file.
  Parsed parse_with(const std::string& text, Arguments arguments = {}) {
    std::ofstream(path_) << text;
    arguments.insert(arguments.begin(), "--memcached-conf=" + path_);
    return parse(std::move(arguments));
  }
  std::string path_ =
      testing::TempDir() + "larder_test_memcached.conf." + std::to_string(::getpid());
};

TEST_F(MemcachedConf, IsReadBeforeTheCommandLine) {
  const std::string text =
      "-d\nlogfile /var/log/memcached.log\n-m 100\n-p 11311 # the port\n-l 10.0.0.1\n"
      "-o hashpower=20,idle_timeout=5\n-t 2 -C\n";
  const Parsed file = parse_with(text);
  EXPECT_EQ(file.failure, "");
  EXPECT_EQ(file.config.memory_bytes, 100 * limits::MiB);
  EXPECT_EQ(file.config.port, 11311);
  EXPECT_EQ(file.config.listen, Arguments{"10.0.0.1"});
  EXPECT_EQ(file.config.idle_s, 5);
  EXPECT_EQ(file.config.threads, 2U);
  EXPECT_FALSE(file.config.sessions.use_cas);
  EXPECT_FALSE(file.config.daemon);
  EXPECT_EQ(file.notes.size(), 1U);
  const Parsed both = parse_with(text, {"-p", "0", "-l", "::1", "-oidle_timeout=6", "-n9"});
  EXPECT_EQ(both.config.memory_bytes, 100 * limits::MiB);
  EXPECT_EQ(both.config.port, 0);
  EXPECT_EQ(both.config.listen, Arguments{"::1"});
  EXPECT_EQ(both.config.idle_s, 6);
  EXPECT_EQ(both.notes.size(), 2U);
}

TEST_F(MemcachedConf, IsRefusedByItsName) {
  EXPECT_EQ(parse_with("-m 100\n-t none\n").failure,
            path_ + ": larder cache: --threads: none: a whole number from 1 to 256 is expected");
  EXPECT_EQ(parse_with("--memcached-conf=/other\n").failure,
            path_ + ": it cannot name another file of options");
}

TEST(Check, WantsACertificateForTls) {
  EXPECT_TRUE(check(good({"-Z", "-o", "ssl_chain_cert=/c"})));
  EXPECT_FALSE(check(good({"-Z"})));
}

TEST(Check, WantsTheProtocolThatAsksForPasswords) {
  EXPECT_EQ(good({"-Y", "/y"}).sessions.protocol, Protocol::kAscii);
  EXPECT_EQ(good({"-S"}).sessions.protocol, Protocol::kBinary);
  EXPECT_TRUE(check(good({"-Y", "/y"})));
  EXPECT_TRUE(check(good({"-Y", "/y", "-B", "ascii"})));
  EXPECT_TRUE(check(good({"-S"})));
  EXPECT_TRUE(check(good({"-S", "-B", "binary"})));
  EXPECT_FALSE(check(good({"-S", "-Y", "/y"})));
  for (const std::string protocol : {"binary", "auto"}) {
    EXPECT_FALSE(check(good({"-B", protocol, "-Y", "/y"}))) << protocol;
    EXPECT_FALSE(check(good({"-Y", "/y", "-B", protocol}))) << protocol;
  }
  for (const std::string protocol : {"ascii", "auto"}) {
    EXPECT_FALSE(check(good({"-B", protocol, "-S"}))) << protocol;
    EXPECT_FALSE(check(good({"-S", "-B", protocol}))) << protocol;
  }
}

TEST(Check, LetsNobodyInByUdpWhereOthersAreAsked) {
  EXPECT_TRUE(check(good({"-U11211"})));
  EXPECT_TRUE(check(good({"-S", "-U0"})));
  EXPECT_FALSE(check(good({"-S", "-U11211"})));
  EXPECT_FALSE(check(good({"-Y", "/y", "-U", "-1"})));
}

TEST(Check, WantsRoomForTwoItems) {
  EXPECT_TRUE(check(good({"-m8", "-I4m"})));
  const base::Status refused = check(good({"-m8", "-I4097k"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.failure().what, "Cannot set item size limit higher than 1/2 of memory max.");
}

}  // namespace
}  // namespace larder::app
