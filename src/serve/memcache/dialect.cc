// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/dialect.h"

#include <array>

#include "base/version.h"

namespace larder::serve::memcache {
namespace {

constexpr auto kDifferences = std::to_array<Difference>({
    // ---- being asked
    {"version", "1.6.45-larder-x.y.z", "1.15.0"},
    {"a key", "250 bytes at most", "16000 bytes at most"},
    {"a line without an end", "2048 bytes, get and its kin 1 MiB",
     "24576 bytes, get and gets 1 MiB"},
    {"a name that is no command, or too few words", "`ERROR`",
     "`ERROR no matching command`, without an extension `ERROR unknown command`"},
    {"too many words", "ignored",
     "`ERROR no matching command` or, over 30, `too many arguments`; without an extension "
     "`ERROR unknown command`"},
    {"a line of blanks", "`ERROR`",
     "`ERROR no arguments`, without an extension `ERROR unknown command`"},
    {"an error in a line that announces a value", "the value is swallowed",
     "only sizes and limits: otherwise the value is read as a command"},
    {"pipelining", "commands behind each other, an answer for each",
     "the same, and the word `pipe`: one answer for a batch"},
    {"the meta commands, watch, lru, slabs, cache_memlimit, verbosity", "as in 1.6.45",
     "none: they are no commands"},
    // ---- what is stored
    {"types of items", "values", "values, lists, sets, maps, b+trees"},
    {"a value that is too large", "`SERVER_ERROR object too large for cache`",
     "`CLIENT_ERROR object too large for cache`"},
    {"an expiry of -1", "expired at once", "sticky: never expires, is never evicted (-g)"},
    {"the name of a prefix", "anything", "letters, digits, `_ + . -`, and not `-` first"},
    {"prefixes", "counted while `stats detail` is on",
     "accounted: their items and bytes are always known"},
    // ---- commands of both
    {"incr and decr on a miss", "`NOT_FOUND`", "with flags, exptime and initial value: created"},
    {"a number that decr makes shorter", "keeps its width, with blanks", "gets shorter"},
    {"incr of an empty value", "refused", "counts from 0"},
    {"touch of an unreadable time", "`CLIENT_ERROR invalid exptime argument`",
     "`CLIENT_ERROR bad value`"},
    {"gat, gats", "as in 1.6.45", "the same; Arcus 1.15.0 has them compiled out"},
    {"flush_prefix of nothing", "`OK`", "`NOT_FOUND`"},
    {"stats", "memcached's names: stats.md", "Arcus' names: arcus-stats.md"},
    {"settings that can be changed", "cache_memlimit, verbosity", "`config`, by name"},
    {"shutdown", "with -A only", "`shutdown [seconds]`"},
    // ---- options
    {"-I", "1k to 1g", "20k to 128m"},
    {"-e", "a file that items outlive a restart in", "options of the engine"},
    {"-X", "refuse to dump keys", "an extension"},
    {"-o", "a list of further options", "the ZooKeeper session's timeout"},
    {"-g, -E, -z, -x, -q", "none: no such options", "sticky memory, engine, cloud, detail"},
    {"-A, -F, -W, -Y, -Z", "as in 1.6.45", "none: no such options"},
});

}  // namespace

std::string_view name_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::kMemcached: return "memcached";
    case Dialect::kArcus: return "arcus";
  }
  return "";
}

std::optional<Dialect> dialect_of(std::string_view name) {
  for (const Dialect dialect : {Dialect::kMemcached, Dialect::kArcus}) {
    if (name == name_of(dialect)) return dialect;
  }
  return {};
}

std::string_view version_of(Dialect dialect) {
  return dialect == Dialect::kArcus ? base::kArcusVersion : base::kMemcachedVersion;
}

std::span<const Difference> differences() { return kDifferences; }

std::string differences_in_markdown() {
  std::string text = "| | memcached | Arcus |\n|---|---|---|\n";
  for (const Difference& one : kDifferences) {
    for (const std::string_view cell : {one.what, one.memcached, one.arcus}) {
      text += "| ";
      text += cell;
      text += ' ';
    }
    text += "|\n";
  }
  return text;
}

}  // namespace larder::serve::memcache
