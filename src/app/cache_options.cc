// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/cache_options.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>
#include <string_view>
#include <utility>

#include "app/arcus_options.h"
#include "app/extended_options.h"
#include "app/listen_address.h"
#include "app/memcached_conf.h"
#include "app/option_values.h"
#include "base/decimal.h"

namespace larder::app {
namespace {

using base::Done;
using base::Effect;
using base::refuse_option;
using base::Status;

constexpr std::size_t kMaxThreads = 256;
constexpr std::size_t kLeastMemoryMb = 8;
constexpr std::size_t kMaxMemoryMb = std::numeric_limits<std::size_t>::max() / limits::MiB;
constexpr int kMaxInt = std::numeric_limits<int>::max();

// ---- values of one option

// memcached starts with less than we can do with.
Status set_memory(CacheConfig& config, const std::string& text) {
  std::size_t megabytes = 0;
  auto set = number_into<std::size_t>(megabytes, 1, kMaxMemoryMb)(text);
  config.memory_is_raised = megabytes < kLeastMemoryMb;
  config.memory_bytes = std::max(megabytes, kLeastMemoryMb) * limits::MiB;
  return set;
}

// Of -I, in the dialect's words.
struct ItemSizeBounds {
  std::size_t least;
  std::size_t most;
  std::string_view too_small;
  std::string_view too_large;
  std::string_view meaning;
};

const ItemSizeBounds& item_size_bounds(const CacheConfig& config) {
  static constexpr ItemSizeBounds kMemcached = {
      limits::kMinItemLimitBytes, limits::kMaxValueBytes,
      "Item max size cannot be less than 1024 bytes.",
      "Cannot set item size limit higher than a gigabyte.",
      "largest item, with k, m or g behind the number (default 1m, 1k to 1g)"};
  static constexpr ItemSizeBounds kArcus = {
      20 * limits::KiB, 128 * limits::MiB, "Item max size cannot be less than 20KB.",
      "Cannot set item size limit higher than 128 mb.",
      "largest item, with k or m behind the number (default 1m, 20k to 128m)"};
  const bool is_arcus = config.sessions.dialect == serve::memcache::Dialect::kArcus;
  return is_arcus ? kArcus : kMemcached;
}

Status set_item_size(CacheConfig& config, const std::string& text) {
  std::string digits = text;
  std::size_t unit = 1;
  if (text.ends_with('k') || text.ends_with('K')) unit = limits::KiB;
  if (text.ends_with('m') || text.ends_with('M')) unit = limits::MiB;
  if (text.ends_with('g') || text.ends_with('G')) unit = limits::GiB;
  if (unit != 1) digits.pop_back();
  const auto number = base::parse_decimal<std::size_t>(digits);
  if (!number) return refuse_option(text, "bytes, or a number with k, m or g, are expected");
  const ItemSizeBounds& bounds = item_size_bounds(config);
  if (*number > bounds.most / unit) return refuse_option(text, bounds.too_large);
  if (*number * unit < bounds.least) return refuse_option(text, bounds.too_small);
  config.item_bytes = *number * unit;
  return Done{};
}

Status set_unix_mask(CacheConfig& config, const std::string& text) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, config.unix_mask, 8);
  if (error != std::errc{} || stopped != end || config.unix_mask > 0777) {
    return refuse_option(text, "an octal access mask from 0 to 777 is expected");
  }
  return Done{};
}

Status add_listen(CacheConfig& config, const std::string& text) {
  const std::size_t before = config.listen.size();
  std::string commas = text;  // memcached takes either
  std::ranges::replace(commas, ';', ',');
  std::istringstream list(commas);
  for (std::string one; std::getline(list, one, ',');) {
    if (!one.empty()) config.listen.push_back(one);
  }
  // A script's variable that was not set must not open the cache to every network.
  if (config.listen.size() == before) return refuse_option(text, "an address is expected");
  return Done{};
}

Status set_protocol(CacheConfig& config, const std::string& text) {
  const auto protocol = protocol_of(text);
  if (!protocol) return refuse_option(text, "should be one of auto, binary, or ascii");
  config.sessions.protocol = *protocol;
  config.has_protocol = true;
  return Done{};
}

Status set_auth_file(CacheConfig& config, const std::string& text) {
  // A script's variable that was not set must not open the cache to everybody.
  if (text.empty()) return refuse_option(text, "a path is expected");
  config.auth_file = text;
  return Done{};
}

Status set_delimiter(CacheConfig& config, const std::string& text) {
  if (text.empty()) return refuse_option(text, "No delimiter specified");
  config.sessions.prefix_delimiter = text.front();
  return Done{};
}

Status set_dialect(CacheConfig& config, const std::string& text) {
  const auto dialect = serve::memcache::dialect_of(text);
  if (!dialect) return refuse_option(text, "memcached or arcus is expected");
  config.sessions.dialect = *dialect;
  return Done{};
}

Status set_port(CacheConfig& config, const std::string& text) {
  config.has_port = true;
  return number_into(config.port, -1, 65535)(text);
}

Status add_udp_peers(CacheConfig& config, const std::string& text) {
  std::istringstream list(text);
  for (std::string one; std::getline(list, one, ',');) {
    const auto network = io::Network::parse(one);
    if (!network) return refuse_option(text, network.failure().what);
    config.udp_peers.push_back(*network);
  }
  return Done{};
}

Status add_verbosity(CacheConfig& config, const std::string&) {
  ++config.verbosity;
  return Done{};
}

// `set` with the config that it sets.
Judge bound(Status (*set)(CacheConfig&, const std::string&), CacheConfig& config) {
  return [set, &config](const std::string& text) { return set(config, text); };
}

// ---- the table, in parts

void add_addresses(base::OptionTable& table, CacheConfig& config) {
  table.add({'p', "port", "port", "TCP port (default 11211; 0: none, -1: any free one)",
             bound(set_port, config)});
  table.add({'U', "udp-port", "port",
             "UDP port (default 0: none, -1: any free one); without -p, of TCP as well",
             number_into(config.udp_port, -1, 65535)});
  table.add({'\0', "udp-allow", "networks",
             "who may ask by UDP beside this machine: a list such as 10.0.0.0/8,fd00::1",
             bound(add_udp_peers, config)});
  table.add({'s', "unix-socket", "path", "unix socket to listen on, instead of TCP",
             text_into(config.unix_path)});
  table.add({'a', "unix-mask", "mask", "access mask of the unix socket, octal (default 700)",
             bound(set_unix_mask, config)});
  table.add({'l', "listen", "address",
             "address to listen on, with or without a port, and proto[ascii]: or tag[name]: in "
             "front of it; a list with commas, or given several times (default: every interface)",
             bound(add_listen, config)});
  table.add({'b', "listen-backlog", "number", "connections that may wait to be accepted (1024)",
             number_into(config.backlog, 0, kMaxInt)});
  table.add({'c', "conn-limit", "number", "connections at the same time (default 1024)",
             number_into<std::size_t>(config.connections, 1, 1'000'000'000)});
}

void add_process(base::OptionTable& table, CacheConfig& config) {
  table.add({'d', "daemon", "", "run in the background", switch_into(config.daemon, true)});
  table.add({'u', "user", "user", "become this user (only when started as root)",
             text_into(config.user)});
  table.add(
      {'P', "pidfile", "path", "write the process id to this file", text_into(config.pid_file)});
  table.add({'r', "enable-coredumps", "", "raise the limit of core files",
             switch_into(config.core_dumps, true)});
  table.add({'k', "lock-memory", "", "keep all memory from being swapped out",
             switch_into(config.lock_memory, true)});
  table.add({'t', "threads", "number", "threads that serve connections (default 4)",
             number_into<std::size_t>(config.threads, 1, kMaxThreads)});
  table.add({'R', "max-reqs-per-event", "number", "requests of a connection in one turn",
             number_within(1, kMaxInt), Effect::kNone,
             "a turn is shared by time, 8 ms, however many requests fit in"});
  table.add({'v', "verbose", "", "say more: where it serves; twice: each connection as well",
             bound(add_verbosity, config)});
  table.add(
      {'\0', "dialect", "memcached|arcus",
       "whose words are spoken (default memcached; -E and -z mean arcus): see docs/dialects.md",
       bound(set_dialect, config)});
  table.add({'\0', "io", "auto|uring|epoll",
             "how to talk to the kernel (default auto: io_uring where it is allowed)",
             backend_into(config.io)});
}

void add_memory(base::OptionTable& table, CacheConfig& config) {
  table.add({'m', "memory-limit", "megabytes", "memory for items (default 64, least 8)",
             bound(set_memory, config)});
  table.add({'M', "disable-evictions", "", "answer an error when memory is full, evict nothing",
             switch_into(config.evict, false)});
  table.add({'I', "max-item-size", "size", std::string(item_size_bounds(config).meaning),
             bound(set_item_size, config)});
  table.add({'f', "slab-growth-factor", "factor", "from one size class to the next",
             fraction_between(1, 1e300, "Factor must be greater than 1"), Effect::kNone,
             kNoSizeClasses});
  table.add({'n', "slab-min-size", "bytes", "of the smallest size class", number_within(1, kMaxInt),
             Effect::kNone, kNoSizeClasses});
  table.add({'L',
             "enable-largepages",
             "",
             "large pages of memory",
             {},
             Effect::kNone,
             "memory is taken and given back in small pages"});
}

// Whatever the dialect.
void add_protocol(base::OptionTable& table, CacheConfig& config) {
  serve::memcache::Settings& sessions = config.sessions;
  table.add({'B', "protocol", "ascii|binary|auto",
             "what clients speak (default auto: a connection's first byte says)",
             bound(set_protocol, config)});
  table.add({'C', "disable-cas", "", "no unique numbers: every one is 0, and no cas succeeds",
             switch_into(sessions.use_cas, false)});
  table.add({'D', "", "char",
             "between a key's prefix and the rest, for flush_prefix and `stats detail`",
             bound(set_delimiter, config)});
  table.add({'S', "enable-sasl", "",
             "ask clients for a password by SASL; they speak the binary protocol",
             switch_into(config.sasl, true)});
}

void add_memcached(base::OptionTable& table, CacheConfig& config) {
  serve::memcache::Settings& sessions = config.sessions;
  table.add({'e', "memory-file", "path", "keep items in this file across restarts",
             text_into(config.warm_path)});
  table.add({'N', "napi-ids", "number", "receive queues of the network card to share among threads",
             number_within(1, kMaxInt), Effect::kNone,
             "a connection goes to the thread that has the fewest"});
  table.add({'A', "enable-shutdown", "", "let clients stop the server by `shutdown`",
             switch_into(sessions.allow_shutdown, true)});
  table.add({'F', "disable-flush-all", "", "refuse flush_all and flush_prefix",
             switch_into(sessions.allow_flush, false)});
  table.add({'X', "disable-dumping", "", "refuse to dump keys",
             switch_into(sessions.allow_dumps, false)});
  table.add({'W', "disable-watch", "", "refuse `watch`", switch_into(sessions.allow_watch, false)});
  table.add({'Y', "auth-file", "path",
             "ask clients for a password of this file, with lines `user:password`; they speak text",
             bound(set_auth_file, config)});
  table.add(tls_option(config.tls));
}

void add_extended(base::OptionTable& table, CacheConfig& config) {
  table.add({.letter = 'o',
             .name = "extended",
             .argument = "list",
             .meaning = "more options: a list of these, with commas",
             .items = extended_options(config)});
}

void add_wishes(base::OptionTable& table, CacheConfig& config) {
  table.add({'\0', "memcached-conf", "path",
             "read options from a file like /etc/memcached.conf; the command line overrules it",
             text_into(config.memcached_conf)});
  table.add({'h', "help", "", "print this help", switch_into(config.wants_help, true)});
  table.add({'\0', "man", "", "print the man page", switch_into(config.wants_man_page, true)});
  table.add({'i', "license", "", "print the license", switch_into(config.wants_license, true)});
  table.add({'V', "version", "", "print the version", switch_into(config.wants_version, true)});
}

}  // namespace

base::OptionTable cache_options(std::string command, std::string summary, CacheConfig& config) {
  base::OptionTable table(std::move(command), std::move(summary));
  add_addresses(table, config);
  add_process(table, config);
  add_memory(table, config);
  add_protocol(table, config);
  if (config.sessions.dialect == serve::memcache::Dialect::kArcus) {
    add_arcus_options(table, config);
  } else {
    add_memcached(table, config);
    add_extended(table, config);
  }
  add_wishes(table, config);
  return table;
}

// ---- arguments

namespace {

// The command line, and before it the file that --memcached-conf names.
Status parse_both(const base::OptionTable& table, const std::vector<std::string>& arguments,
                  CacheConfig& config, std::vector<std::string>& notes) {
  if (auto parsed = table.parse(arguments, &notes); !parsed) return parsed;
  if (config.memcached_conf.empty()) return Done{};
  // Anew: what the file says comes first, so that the command line has the last word.
  CacheConfig fresh;
  fresh.sessions.dialect = config.sessions.dialect;
  const std::string path = std::exchange(config, std::move(fresh)).memcached_conf;
  auto file = read_memcached_conf(path);
  if (!file) return file.failure();
  file->insert(file->begin(), arguments.front());
  notes.clear();
  if (auto parsed = table.parse(*file, &notes); !parsed) {
    return base::Failure{path + ": " + parsed.failure().what};
  }
  if (!config.memcached_conf.empty()) {
    return base::Failure{path + ": it cannot name another file of options"};
  }
  const auto listen = std::exchange(config.listen, {});
  if (auto parsed = table.parse(arguments, &notes); !parsed) return parsed;
  if (config.listen.empty()) config.listen = listen;
  return Done{};
}

// Only one protocol has a way to ask for a password. Without -B that is the one, as with memcached.
void choose_protocol(CacheConfig& config) {
  if (config.has_protocol) return;
  if (!config.auth_file.empty()) config.sessions.protocol = serve::memcache::Protocol::kAscii;
  if (config.sasl) config.sessions.protocol = serve::memcache::Protocol::kBinary;
}

}  // namespace

Status read_options(const base::OptionTable& table, const std::vector<std::string>& arguments,
                    CacheConfig& config, std::vector<std::string>& notes) {
  if (auto parsed = parse_both(table, arguments, config, notes); !parsed) return parsed;
  choose_protocol(config);
  if (config.memory_is_raised) {
    notes.push_back("-m: taken as " + std::to_string(kLeastMemoryMb) + ", the least");
  }
  // As memcached has it.
  if (!config.has_port && config.udp_port != 0) config.port = config.udp_port;
  return Done{};
}

}  // namespace larder::app
