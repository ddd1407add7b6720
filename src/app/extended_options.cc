// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/extended_options.h"

#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <utility>

#include "app/option_values.h"

namespace larder::app {
namespace {

using base::Effect;

constexpr int kMaxInt = std::numeric_limits<int>::max();
constexpr unsigned kMaxUnsigned = std::numeric_limits<unsigned>::max();

constexpr const char* kNoSegments = "there are no LRU segments: eviction is S3-FIFO";
constexpr const char* kNoCrawler = "expired items go in the background, in bounded steps";
constexpr const char* kIndexGrows = "the index grows and shrinks by itself, in small steps";
constexpr const char* kBuffersBounded = "buffers have bounds of their own, see docs/limits.md";
constexpr const char* kWatchers = "lines are written for their watchers at once";
constexpr const char* kNoExternal = "values lie in memory only";
constexpr const char* kNoProxy = "there is no proxy";

base::Option without_effect(std::string name, std::string argument, std::string meaning,
                            Judge judge, std::string why) {
  return {.letter = '\0',
          .name = std::move(name),
          .argument = std::move(argument),
          .meaning = std::move(meaning),
          .set = std::move(judge),
          .effect = Effect::kNone,
          .why = std::move(why)};
}

base::Option refused(std::string name, std::string argument, std::string meaning, std::string why) {
  return {.letter = '\0',
          .name = std::move(name),
          .argument = std::move(argument),
          .meaning = std::move(meaning),
          .effect = Effect::kRefused,
          .why = std::move(why)};
}

std::vector<base::Option> connection_items(CacheConfig& config) {
  constexpr std::int64_t kMaxIdleS = std::numeric_limits<std::int32_t>::max();
  return {
      {'\0', "maxconns_fast", "", "beyond -c, answer an error and close (default)",
       switch_into(config.refuse_connections, true)},
      {'\0', "no_maxconns_fast", "", "beyond -c, let connections wait",
       switch_into(config.refuse_connections, false)},
      {'\0', "idle_timeout", "seconds", "close who sends nothing for so long (default 0: nobody)",
       number_into<std::int64_t>(config.idle_s, 0, kMaxIdleS)},
      without_effect("read_buf_mem_limit", "megabytes", "for buffers of connections",
                     number_within(0U, kMaxUnsigned), kBuffersBounded),
      without_effect("resp_obj_mem_limit", "megabytes", "for replies, of old",
                     number_within(0U, kMaxUnsigned), kBuffersBounded),
      without_effect("sock_cookie_id", "number", "a mark on sockets, for firewalls",
                     number_within(0U, kMaxUnsigned), "sockets bear no mark"),
      without_effect("inline_ascii_resp", "", "an item's reply kept with it", {},
                     "replies are written when they are asked for"),
      without_effect("no_inline_ascii_resp", "", "it is not kept", {}, "nor is it by itself"),
      without_effect("watcher_logbuf_size", "kilobytes", "of each watcher",
                     number_within(0U, kMaxUnsigned), kWatchers),
      without_effect("worker_logbuf_size", "kilobytes", "of each thread, for watchers",
                     number_within(0U, kMaxUnsigned), kWatchers),
      without_effect("drop_privileges", "", "forbid itself system calls", {},
                     "no system call is forbidden"),
      without_effect("no_drop_privileges", "", "forbid itself none", {}, "none is by itself"),
  };
}

std::vector<base::Option> index_items(CacheConfig& config) {
  return {
      without_effect("hashpower", "power", "size of the hash table, 2 to the power of it",
                     number_within(12, 32), kIndexGrows),
      without_effect("no_hashexpand", "", "a hash table that stays as it is", {}, kIndexGrows),
      without_effect("hash_algorithm", "name", "jenkins, murmur3 or xxh3",
                     one_of({"jenkins", "murmur3", "xxh3"}), "the index has a keyed hash"),
      {'\0', "track_sizes", "", "have `stats sizes` count items by size",
       switch_into(config.sessions.track_sizes, true)},
      without_effect("modern", "", "what is to become the default", {}, "nothing is kept back"),
      without_effect("no_modern", "", "the defaults of 1.4", {}, "there is one set of defaults"),
  };
}

std::vector<base::Option> lru_items() {
  const auto percent = [] { return number_within(1, 79); };
  const auto factor = [] { return fraction_between(0, 1e300, "a number above 0 is expected"); };
  return {
      without_effect("lru_crawler", "", "look for expired items", {}, kNoCrawler),
      without_effect("no_lru_crawler", "", "do not", {}, kNoCrawler),
      without_effect("lru_crawler_sleep", "microseconds", "between two items",
                     number_within(0, 1'000'000), kNoCrawler),
      without_effect("lru_crawler_tocrawl", "items", "in one run", number_within(0U, kMaxUnsigned),
                     kNoCrawler),
      without_effect("lru_maintainer", "", "segments, and a thread that moves items", {},
                     kNoSegments),
      without_effect("no_lru_maintainer", "", "one list for each size class", {}, kNoSegments),
      without_effect("hot_lru_pct", "percent", "of memory for new items", percent(), kNoSegments),
      without_effect("warm_lru_pct", "percent", "of memory for items in use", percent(),
                     kNoSegments),
      without_effect("hot_max_factor", "factor", "how old new items get", factor(), kNoSegments),
      without_effect("warm_max_factor", "factor", "how old items in use get", factor(),
                     kNoSegments),
      without_effect("temporary_ttl", "seconds", "below it items are not evicted",
                     number_within(0U, kMaxUnsigned), kNoSegments),
      without_effect("tail_repair_time", "seconds", "until an item that is held goes all the same",
                     number_within(10, kMaxInt), "nobody holds an item that is to go"),
  };
}

// Chunk sizes of the classes, such as 96-480-1184, as memcached judges them: each is larger than
// the one before by more than a chunk is aligned to.
base::Status judge_slab_sizes(const std::string& text) {
  constexpr std::uint32_t kAlignment = 8;
  constexpr std::uint32_t kMost = 1024 * 1024;
  constexpr int kMostClasses = 62;
  std::istringstream list(text);
  std::uint32_t last = 0;
  int classes = 0;
  for (std::string one; std::getline(list, one, '-'); ++classes) {
    const auto size = base::parse_decimal<std::uint32_t>(one);
    if (!size || *size > kMost || *size <= last + kAlignment || classes == kMostClasses) {
      return base::refuse_option(text, "rising sizes with dashes between them are expected");
    }
    last = *size;
  }
  return base::Done{};
}

std::vector<base::Option> slab_items() {
  const auto ratio = [] { return fraction_between(0, 1, "must be > 0 and < 1"); };
  return {
      without_effect("slab_reassign", "", "move pages between size classes", {}, kNoSizeClasses),
      without_effect("no_slab_reassign", "", "do not", {}, kNoSizeClasses),
      without_effect("no_slab_automove", "", "never move them by itself", {}, kNoSizeClasses),
      without_effect("slab_automove", "[mode]", "when pages are moved: 0, 1 or 2",
                     optional(number_within(0, 2)), kNoSizeClasses),
      without_effect("slab_automove_ratio", "ratio", "between classes, that makes pages move",
                     ratio(), kNoSizeClasses),
      without_effect("slab_automove_window", "seconds", "of history that is looked at",
                     number_within(3, kMaxInt), kNoSizeClasses),
      without_effect("slab_automove_freeratio", "ratio", "of memory to keep free", ratio(),
                     kNoSizeClasses),
      without_effect("slab_chunk_max", "kilobytes", "of the largest size class",
                     number_within(1, kMaxInt), kNoSizeClasses),
      without_effect("slab_sizes", "sizes", "of the size classes, with dashes between them",
                     judge_slab_sizes, kNoSizeClasses),
      without_effect("no_chunked_items", "", "a large value in one piece", {}, kNoSizeClasses),
  };
}

std::vector<base::Option> storage_items() {
  const auto number = [] { return number_within(0U, kMaxUnsigned); };
  std::vector<base::Option> items = {
      refused("ext_path", "path:size", "a file for values that memory has no room for",
              kNoExternal),
  };
  for (const char* name : {"ext_page_size", "ext_wbuf_size", "ext_threads", "ext_io_depth",
                           "ext_item_size", "ext_item_age", "ext_low_ttl", "ext_recache_rate",
                           "ext_compact_under", "ext_drop_under", "ext_max_sleep"}) {
    items.push_back(without_effect(name, "number", "how ext_path is used", number(), kNoExternal));
  }
  items.push_back(without_effect("ext_max_frag", "ratio", "how ext_path is used",
                                 fraction_between(0, 1.0001, "a ratio is expected"), kNoExternal));
  items.push_back(without_effect("ext_drop_unread", "", "how ext_path is used", {}, kNoExternal));
  return items;
}

std::vector<base::Option> proxy_items() {
  return {
      refused("proxy_config", "path", "routes to other servers", kNoProxy),
      refused("proxy_arg", "text", "for these routes", kNoProxy),
      refused("proxy_uring", "", "how to talk to other servers", kNoProxy),
      without_effect("proxy_memprofile", "", "count what these routes take", {}, kNoProxy),
  };
}

}  // namespace

std::vector<base::Option> extended_options(CacheConfig& config) {
  std::vector<base::Option> items = connection_items(config);
  for (const auto& more : {index_items(config), lru_items(), slab_items(), storage_items(),
                           proxy_items(), tls_items(config.tls)}) {
    items.insert(items.end(), more.begin(), more.end());
  }
  return items;
}

}  // namespace larder::app
