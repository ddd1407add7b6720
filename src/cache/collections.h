// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "cache/cache.h"
#include "store/collection/collection.h"
#include "store/collection/smget.h"

// Work on collections, by their types.
namespace larder::cache {

using store::CollectionUse;
using store::CollectionUsed;
using store::kItemTypes;
using store::NewCollection;
using store::collection::Attributes;
using store::collection::Bkey;
using store::collection::BTree;
using store::collection::Collection;
using store::collection::default_overflow;
using store::collection::Got;
using store::collection::kTypeOf;
using store::collection::List;
using store::collection::Map;
using store::collection::merge;
using store::collection::Overflow;
using store::collection::Removal;
using store::collection::Set;
using store::collection::Smget;
using store::collection::SmgetElement;
using store::collection::SmgetMode;
using store::collection::SmgetPart;
using store::collection::SmgetQuery;
using store::collection::SmgetTrimmed;
using store::collection::Snapshot;
using store::collection::suits;
using store::collection::Verdict;
using CollectionType = store::collection::Type;

// Whether there is a collection, and, if it was worked on (kOk), what that came to.
template <class Result>
struct Worked : CollectionUsed {
  Result result = {};
};

namespace internal {
inline Verdict verdict_of(Verdict verdict) { return verdict; }
template <class Result>
Verdict verdict_of(const Result& result) {
  return result.verdict;
}
}  // namespace internal

// Runs `operate(Kind&)`, which returns a Verdict or something that has one, on the collection of
// `key`: see store::Store::operate. It may run more than once; the last result is the one.
//
//   const auto got = with<List>(cache, key, {.drop_when_empty = true}, now,
//                               [&](List& list) { return list.get(0, -1, Removal::kDrop); });
template <class Kind, class Operate>
auto with(Cache& cache, const Key& key, const CollectionUse& how, UnixMs now, Operate operate) {
  Worked<std::invoke_result_t<Operate&, Kind&>> worked;
  static_cast<CollectionUsed&>(worked) = cache.operate(
      key, store::collection::kTypeOf<Kind>, how,
      [&](Collection& collection) {
        worked.result = operate(collection.as<Kind>());
        return internal::verdict_of(worked.result);
      },
      now);
  return worked;
}

}  // namespace larder::cache
