// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/config.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <concepts>
#include <limits>

#include "base/limits.h"
#include "serve/memcache/arcus/session.h"
#include "wire/memcache/words.h"

namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;

namespace {

using Number = std::uint32_t;

template <std::integral Wanted>
bool parse(std::string_view word, Wanted& number) {
  return wire::Words(word).take(number);
}

bool parse(std::string_view word, Number& number) {
  return wire::Words(word).take_unsigned(number);
}

// ---- verbosity

constexpr Number kMostVerbosity = 2;

Fault write_verbosity(Node& node, std::string_view word, cache::UnixMs) {
  Number level = 0;
  if (!parse(word, level)) return Fault::kBadFormat;
  if (level > kMostVerbosity) return Fault::kVerbosityTooHigh;
  node.verbosity = level;
  return Fault::kNone;
}

// ---- memory, in megabytes

std::uint64_t megabytes(std::size_t bytes) { return bytes / limits::MiB; }

// Not less than -m may be, than is in use, or than may be sticky.
Fault write_memlimit(Node& node, std::string_view word, cache::UnixMs now) {
  constexpr std::size_t kLeast = 8 * limits::MiB;
  Number limit_mb = 0;
  if (!parse(word, limit_mb)) return Fault::kBadFormat;
  const std::size_t limit = limit_mb * limits::MiB;
  const std::size_t least =
      std::max({kLeast, node.cache.sticky_limit(), node.cache.usage().total_bytes});
  const bool is_done = limit >= least && node.cache.set_memory_limit(limit, now);
  return is_done ? Fault::kNone : Fault::kBadValue;
}

Fault write_sticky_limit(Node& node, std::string_view word, cache::UnixMs) {
  Number limit_mb = 0;
  if (!parse(word, limit_mb)) return Fault::kBadFormat;
  const std::size_t limit = limit_mb * limits::MiB;
  if (limit > node.cache.memory_limit() || limit < node.cache.usage().sticky_bytes) {
    return Fault::kBadValue;
  }
  node.cache.set_sticky_limit(limit);
  return Fault::kNone;
}

// ---- connections

std::uint64_t read_maxconns(const Node& node) {
  return node.loops == nullptr ? 0 : node.loops->max_connections();
}

// Arcus adds what it keeps for itself before it compares, so that with few connections 0 will do.
Fault write_maxconns(Node& node, std::string_view word, cache::UnixMs) {
  constexpr std::uint64_t kMost = 1'000'000;
  constexpr std::uint64_t kKept = 12;  // 10 for who is on this machine, and 2 that listen
  Number wanted = 0;
  if (!parse(word, wanted)) return Fault::kBadFormat;
  if (node.loops == nullptr) return Fault::kOutOfRange;
  const std::uint64_t most = std::uint64_t{wanted} + kKept;
  if (wanted > kMost || 10 * most < 11 * node.loops->connections()) return Fault::kOutOfRange;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 ||
      wanted + node.loops->threads() * io::Loop::kDescriptors > files.rlim_cur) {
    return Fault::kMaxconnsTooHigh;
  }
  node.loops->set_max_connections(wanted);
  return Fault::kNone;
}

// ---- collections

template <cache::CollectionType kType>
std::uint64_t read_most(const Node& node) {
  return node.tunables.most_elements[static_cast<std::size_t>(kType)];
}

// It grows and never shrinks. What is above kMostElements means that, as does what is negative, and
// is told as it was put.
template <cache::CollectionType kType>
Fault write_most(Node& node, std::string_view word, cache::UnixMs) {
  std::int32_t wanted = 0;
  if (!parse(word, wanted)) return Fault::kBadFormat;
  const auto most = static_cast<Number>(wanted);
  std::atomic<Number>& present = node.tunables.most_elements[static_cast<std::size_t>(kType)];
  Number before = present;
  do {
    if (std::min(most, Tunables::kMostElements) <= std::min(before, Tunables::kMostElements)) {
      return Fault::kBadValue;
    }
  } while (!present.compare_exchange_weak(before, most));
  return Fault::kNone;
}

// ---- numbers within bounds

template <auto kTunable>
std::uint64_t read(const Node& node) {
  return node.tunables.*kTunable;
}

template <auto kTunable, Number kLeast, Number kMost>
Fault write(Node& node, std::string_view word, cache::UnixMs) {
  Number wanted = 0;
  if (!parse(word, wanted)) return Fault::kBadFormat;
  if (wanted < kLeast || wanted > kMost) return Fault::kBadValue;
  node.tunables.*kTunable = wanted;
  return Fault::kNone;
}

constexpr Number kAny = std::numeric_limits<Number>::max();

// ---- the table

using Type = cache::CollectionType;

constexpr auto kSettings = std::to_array<Setting>({
    {"verbosity", [](const Node& node) { return node.verbosity.load(); }, write_verbosity},
    {"memlimit", [](const Node& node) { return megabytes(node.cache.memory_limit()); },
     write_memlimit},
    {"sticky_limit", [](const Node& node) { return megabytes(node.cache.sticky_limit()); },
     write_sticky_limit},
    {"maxconns", read_maxconns, write_maxconns},
    {"max_list_size", read_most<Type::kList>, write_most<Type::kList>},
    {"max_set_size", read_most<Type::kSet>, write_most<Type::kSet>},
    {"max_map_size", read_most<Type::kMap>, write_most<Type::kMap>},
    {"max_btree_size", read_most<Type::kBTree>, write_most<Type::kBTree>},
    {"max_element_bytes", read<&Tunables::element_bytes>,
     write<&Tunables::element_bytes, 1024, limits::kMaxElementBytes>},
    {"scrub_count", read<&Tunables::scrub_count>, write<&Tunables::scrub_count, 16, 320>},
    {"max_stats_prefixes", read<&Tunables::stats_prefixes>,
     write<&Tunables::stats_prefixes, 0, kAny>},
});

}  // namespace

const Setting* find_setting(std::string_view name) {
  const auto* const found = std::ranges::find(kSettings, name, &Setting::name);
  return found == kSettings.end() ? nullptr : found;
}

// <name> [<value>]
Next ArcusSession::answer_config(const Command& command) {
  wire::Words words(command.rest);
  const Setting* const setting = find_setting(words.next());
  const std::string_view word = words.next();
  if (setting == nullptr || !words.rest().empty()) return refuse(command, Fault::kBadFormat);
  if (!word.empty()) {
    const Fault fault = setting->write(node_, word, now());
    return fault == Fault::kNone ? tell(command, wire::kEnd) : refuse(command, fault);
  }
  append_numbers(setting->name, {setting->read(node_)});
  outbox().append(wire::kEnd);
  return Next::kGoOn;
}

}  // namespace larder::serve::memcache::arcus
