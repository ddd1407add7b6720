// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/command.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/limits.h"
#include "wire/memcache/name_table.h"
#include "wire/memcache/words.h"

namespace larder::wire::memcache {
namespace {

constexpr std::uint32_t kMinMemlimitMb = 8;
constexpr std::uint32_t kMaxMemlimitMb = 1'000'000'000;  // above that somebody means bytes
constexpr std::size_t kMinLineBytes = 2;

void refuse(Command& command, Fault fault) noexcept {
  if (command.fault == Fault::kNone) command.fault = fault;
}

bool is_long(std::string_view key) noexcept { return key.size() > limits::kMaxKeyBytes; }

bool ends_in_noreply(std::string_view text) noexcept { return Words::ends_in(text, "noreply"); }

// ---- one parser for each shape of a line; `words` stands behind the command's name

using Parse = void (*)(Words words, Command& command) noexcept;

void parse_nothing(Words, Command&) noexcept {}

void parse_keys(Words words, Command& command) noexcept {
  const std::string_view keys = words.rest();
  command.key = words.next();
  command.rest = words.rest();
  if (keys.empty() || Words::has_longer(keys, limits::kMaxKeyBytes)) {
    command.fault = Fault::kBadFormat;
  }
}

void parse_touching_keys(Words words, Command& command) noexcept {
  command.has_exptime = words.take(command.exptime);
  parse_keys(words, command);
  if (!command.has_exptime) refuse(command, Fault::kInvalidExptime);
}

// Without a length nothing tells a block from the next command: it is read as one.
bool parse_block(Words& words, Command& command) noexcept {
  command.has_block =
      words.take_unsigned(command.block_bytes) && command.block_bytes <= kMaxBlockBytes;
  if (!command.has_block) command.fault = Fault::kBadFormat;
  return command.has_block;
}

bool parse_store_head(Words& words, Command& command) noexcept {
  command.key = words.next();
  const bool has_flags = words.take(command.flags);
  command.has_exptime = words.take(command.exptime);
  if (!parse_block(words, command)) return false;
  if (!has_flags || !command.has_exptime || is_long(command.key)) {
    command.fault = Fault::kBadFormat;
  }
  command.rest = words.rest();
  if (!command.rest.empty()) command.noreply = ends_in_noreply(command.rest);
  return true;
}

void parse_store(Words words, Command& command) noexcept { parse_store_head(words, command); }

void parse_cas(Words words, Command& command) noexcept {
  if (!parse_store_head(words, command)) return;
  if (!words.take(command.number)) command.fault = Fault::kBadFormat;
}

// <key> <one argument>; more words are ignored, as memcached has it.
bool parse_key_and_more(Words& words, Command& command) noexcept {
  command.key = words.next();
  command.rest = words.rest();
  if (command.rest.empty()) {
    command.fault = Fault::kBadFormat;
    return false;
  }
  command.noreply = ends_in_noreply(command.rest);
  if (is_long(command.key)) command.fault = Fault::kBadFormat;
  return true;
}

void parse_touch(Words words, Command& command) noexcept {
  if (!parse_key_and_more(words, command)) return;
  command.has_exptime = words.take(command.exptime);
  if (!command.has_exptime) refuse(command, Fault::kInvalidExptime);
}

void parse_delta(Words words, Command& command) noexcept {
  if (!parse_key_and_more(words, command)) return;
  if (!words.take(command.number)) refuse(command, Fault::kInvalidDelta);
}

// delete <key> [0] [noreply]: old clients send the 0.
void parse_delete(Words words, Command& command) noexcept {
  command.key = words.next();
  if (command.key.empty() || is_long(command.key)) command.fault = Fault::kBadFormat;
  command.rest = words.rest();
  command.noreply = ends_in_noreply(command.rest);
  std::string_view word = words.next();
  if (word == "0") word = words.next();
  if (word == "noreply") word = words.next();
  if (!word.empty()) refuse(command, Fault::kDeleteUsage);
}

// ---- administration

std::string_view parse_arguments(Words& words, Command& command) noexcept {
  command.rest = words.rest();
  command.noreply = ends_in_noreply(command.rest);
  return command.rest;
}

void parse_flush_all(Words words, Command& command) noexcept {
  std::string_view arguments = parse_arguments(words, command);
  const bool is_bare = arguments.empty() || next_key(arguments) == "noreply";
  if (is_bare && arguments.empty()) return;
  command.has_exptime = words.take(command.exptime);
  if (!command.has_exptime) command.fault = Fault::kInvalidExptime;
}

// Of Arcus, with its verdicts.
void parse_flush_prefix(Words words, Command& command) noexcept {
  command.key = words.next();
  const std::string_view delay = parse_arguments(words, command);
  if (command.key.empty()) command.fault = Fault::kBadFormat;
  if (is_long(command.key)) command.fault = Fault::kPrefixTooLong;
  if (delay.empty() || words.next() == "noreply") return;
  words = Words(delay);
  command.has_exptime = words.take(command.exptime) && command.exptime >= 0;
  if (!command.has_exptime) refuse(command, Fault::kBadFormat);
}

void parse_memlimit(Words words, Command& command) noexcept {
  parse_arguments(words, command);
  std::uint32_t megabytes = 0;
  if (!words.take_unsigned(megabytes)) {
    command.fault = Fault::kUnknownCommand;
  } else if (megabytes < kMinMemlimitMb) {
    command.fault = Fault::kMemlimitTooSmall;
  } else if (megabytes > kMaxMemlimitMb) {
    command.fault = Fault::kMemlimitNotBytes;
  }
  command.number = megabytes;
}

void parse_verbosity(Words words, Command& command) noexcept {
  parse_arguments(words, command);
  std::uint32_t level = 0;
  if (!words.take_unsigned(level)) command.fault = Fault::kBadFormat;
  command.number = level;
}

void parse_refresh_certs(Words words, Command& command) noexcept {
  parse_arguments(words, command);
}

// The group, and what else that takes, is the session's to read: there is no noreply.
void parse_stats(Words words, Command& command) noexcept { command.rest = words.rest(); }

void parse_tuning(Words words, Command& command) noexcept { parse_arguments(words, command); }

void parse_shutdown(Words words, Command& command) noexcept {
  const std::string_view arguments = parse_arguments(words, command);
  command.key = arguments.substr(0, arguments.find_last_not_of(' ') + 1);
}

void parse_debugtime(Words words, Command& command) noexcept { command.key = words.next(); }

// ---- meta

void parse_meta_key(Words& words, Command& command, Fault too_long) noexcept {
  command.key = words.next();
  if (command.key.empty()) command.fault = Fault::kBadFormat;
  if (is_long(command.key)) command.fault = too_long;
  command.rest = words.rest();
}

void parse_meta_command(Words words, Command& command) noexcept {
  parse_meta_key(words, command, Fault::kBadFormat);
}

void parse_meta_arithmetic(Words words, Command& command) noexcept {
  parse_meta_key(words, command, Fault::kInvalidOrDuplicateFlag);
}

void parse_meta_set(Words words, Command& command) noexcept {
  parse_meta_key(words, command, Fault::kBadFormat);
  parse_block(words, command);
  command.rest = words.rest();
}

// ---- the table of commands

struct Row {
  std::string_view name;
  Verb verb = Verb::kUnknown;
  Parse parse = parse_nothing;
};

constexpr auto kCommands = std::to_array<Row>({
    {"get", Verb::kGet, parse_keys},
    {"gets", Verb::kGets, parse_keys},
    {"gat", Verb::kGat, parse_touching_keys},
    {"gats", Verb::kGats, parse_touching_keys},
    {"set", Verb::kSet, parse_store},
    {"add", Verb::kAdd, parse_store},
    {"replace", Verb::kReplace, parse_store},
    {"append", Verb::kAppend, parse_store},
    {"prepend", Verb::kPrepend, parse_store},
    {"cas", Verb::kCas, parse_cas},
    {"delete", Verb::kDelete, parse_delete},
    {"touch", Verb::kTouch, parse_touch},
    {"incr", Verb::kIncr, parse_delta},
    {"decr", Verb::kDecr, parse_delta},
    {"flush_all", Verb::kFlushAll, parse_flush_all},
    {"flush_prefix", Verb::kFlushPrefix, parse_flush_prefix},
    {"cache_memlimit", Verb::kCacheMemlimit, parse_memlimit},
    {"verbosity", Verb::kVerbosity, parse_verbosity},
    {"refresh_certs", Verb::kRefreshCerts, parse_refresh_certs},
    {"version", Verb::kVersion, parse_nothing},
    {"stats", Verb::kStats, parse_stats},
    {"slabs", Verb::kSlabs, parse_tuning},
    {"lru", Verb::kLru, parse_tuning},
    {"lru_crawler", Verb::kLruCrawler, parse_tuning},
    {"watch", Verb::kWatch, parse_stats},
    {"debugtime", Verb::kDebugTime, parse_debugtime},
    {"shutdown", Verb::kShutdown, parse_shutdown},
    {"quit", Verb::kQuit, parse_nothing},
    {"mg", Verb::kMetaGet, parse_meta_command},
    {"ms", Verb::kMetaSet, parse_meta_set},
    {"md", Verb::kMetaDelete, parse_meta_command},
    {"ma", Verb::kMetaArithmetic, parse_meta_arithmetic},
    {"me", Verb::kMetaDebug, parse_meta_command},
    {"mn", Verb::kMetaNoop, parse_nothing},
});

constexpr NameTable<Row, 8> kNames(kCommands);

void parse_unknown(Words words, Command& command) noexcept {
  const std::string_view arguments = parse_arguments(words, command);
  const std::string_view trimmed = arguments.substr(0, arguments.find_last_not_of(' ') + 1);
  if (trimmed.substr(trimmed.find_last_of(' ') + 1).starts_with("HTTP/")) {
    command.verb = Verb::kHttp;
  } else {
    command.fault = Fault::kUnknownCommand;
  }
}

}  // namespace

void parse_command(std::string_view line, Command& command) noexcept {
  command = {};
  if (line.size() < kMinLineBytes) return refuse(command, Fault::kBadFormat);
  Words words(line);
  const Row* row = kNames.find(words.name());
  if (row == nullptr) return parse_unknown(words, command);
  command.verb = row->verb;
  row->parse(words, command);
}

std::string_view next_key(std::string_view& rest) noexcept {
  Words words(rest);
  const std::string_view key = words.next();
  rest = words.rest();
  return key;
}

std::int64_t expiry_of(std::int64_t exptime, std::int64_t now_ms) noexcept {
  constexpr std::int64_t kMsPerS = 1000;
  if (exptime == 0) return 0;
  if (exptime < 0) return -1;
  if (exptime <= limits::kMaxRelativeExptimeS) return now_ms + exptime * kMsPerS;
  return std::min(exptime, std::numeric_limits<std::int64_t>::max() / kMsPerS) * kMsPerS;
}

}  // namespace larder::wire::memcache
