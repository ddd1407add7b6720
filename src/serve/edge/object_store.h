// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "cache/cache.h"
#include "serve/edge/object.h"
#include "serve/edge/variants.h"
#include "wire/http/field.h"

namespace larder::serve::edge {

// What a look-up comes to.
struct LookedUp {
  enum class State : std::uint8_t {
    kMiss,
    kVaryMiss,    // there are responses, none for this request
    kHitForMiss,  // known not to be storable: fetch without waiting for others
    kObject,
  };
  State state = State::kMiss;
  Object object = {};  // kObject
};

// Stored responses by their keys, over the cache's items: a key space of its own.
//
//   key ──► item ─┬─ an Object                       most URLs
//                 ├─ hit-for-miss, until it expires
//                 └─ Variants: sets of Vary names, and up to 32 selecting texts' hashes
//                       └── (id, hash) ──► item: an Object that says what it was selected by
//   (id, n) ──► item: part n of a long body
//   hash of a key ──► items: how often it was asked for; that credentials are answered apart
//
// Any thread. What is stored is complete: whoever fills knows that first. Every item may be gone at
// any time, which is a miss. Parts of a body whose head is gone stay until they are evicted, for
// whoever is still sending them.
class ObjectStore {
 public:
  explicit ObjectStore(cache::Cache& cache) : cache_(cache) {}

  // Of a key that is too long for the cache (limits::kMaxArcusKeyBytes) always a miss.
  LookedUp find(std::string_view key, const wire::http::Fields& request, base::UnixMs now);

  // A response under `key`, in place of what it replaces (the variant for the same request).
  // `vary`: of its Vary. `body` is stored behind the head where head.inline_body. False: no memory,
  // or nothing that can be stored. The bytes of the texts in `head` are counted here.
  struct New {
    ObjectHead head;
    std::string_view field_lines;
    std::string_view body;
    wire::http::VaryNames vary;
  };
  bool put(std::string_view key, const wire::http::Fields& request, const New& object,
           base::UnixMs now);
  // Another head for the object that `was` is, if it still is the one that is stored.
  bool update(std::string_view key, const Object& was, const Freshness& freshness,
              std::string_view field_lines, base::UnixMs now);
  // In place of an object; beside variants, for those requests that select none of them.
  bool mark_hit_for_miss(std::string_view key, base::UnixMs until, base::UnixMs now);
  // Of requests that have credentials: their responses cannot be stored, while others' may be.
  void mark_authorized(std::string_view key, base::UnixMs until, base::UnixMs now);
  bool is_marked_authorized(std::string_view key, base::UnixMs now);
  // → how many responses went.
  std::size_t remove(std::string_view key, base::UnixMs now);

  // How often a URL was asked for since it was for the first time, within
  // limits::kUseWindowMs; this time included.
  std::uint64_t note_use(std::string_view key, base::UnixMs now);

  // ---- parts of a long body
  ObjectId new_id() { return last_id_.fetch_add(1, std::memory_order_relaxed) + 1; }
  static constexpr std::size_t kPartBytes = 256 * 1024;
  bool put_part(ObjectId id, std::uint64_t number, std::string_view bytes, base::UnixMs now);
  std::optional<cache::Value> find_part(ObjectId id, std::uint64_t number, base::UnixMs now);
  bool has_part(ObjectId id, std::uint64_t number, base::UnixMs now);  // which is no use of it

 private:
  struct Edited {
    std::string bytes;
    base::UnixMs expires = cache::kNeverExpires;
  };
  // What becomes of the item of a URL: of its variants (null: there are none) and its expiry.
  // Nothing: it stays as it is. May be called more than once.
  using Edit = std::function<std::optional<Edited>(Variants*, base::UnixMs expires)>;
  bool edit(std::string_view key, const Edit& change, base::UnixMs now);

  LookedUp find_variant(std::string_view record, const wire::http::Fields& request,
                        base::UnixMs now);
  std::optional<Object> find_selected(std::uint64_t id, const std::string& selection,
                                      std::uint64_t hash, base::UnixMs now);
  std::optional<Object> find_hashed(std::uint64_t id, std::uint64_t hash, base::UnixMs now);
  std::optional<Object> find_by_language(const Variants& variants,
                                         const wire::http::Fields& request, base::UnixMs now);
  bool put_variant(std::string_view key, const std::string& selection, std::string_view set,
                   const New& object, base::UnixMs now);
  bool extend(std::string_view key, std::uint64_t id, base::UnixMs expires, base::UnixMs now);
  bool has(std::string_view name, base::UnixMs now);
  bool remove_variant(std::uint64_t id, std::uint64_t hash, base::UnixMs now);
  std::uint64_t hash_of(std::string_view selection) const {
    return base::keyed_hash(selection, seed_);
  }

  cache::Cache& cache_;
  std::atomic<ObjectId> last_id_ = 0;
  const std::uint64_t seed_ = base::random_seed();
};

}  // namespace larder::serve::edge
