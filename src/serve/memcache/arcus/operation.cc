// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/operation.h"

namespace larder::serve::memcache::arcus {
namespace {

constexpr auto kRows = std::to_array<OperationRow>({
    {Operation::kLopCreate, "lop_create", Counts::kOks},
    {Operation::kLopInsert, "lop_insert", Counts::kHits},
    {Operation::kLopDelete, "lop_delete", Counts::kElements},
    {Operation::kLopGet, "lop_get", Counts::kElements},
    {Operation::kSopCreate, "sop_create", Counts::kOks},
    {Operation::kSopInsert, "sop_insert", Counts::kHits},
    {Operation::kSopDelete, "sop_delete", Counts::kElements},
    {Operation::kSopGet, "sop_get", Counts::kElements},
    {Operation::kSopExist, "sop_exist", Counts::kHits},
    {Operation::kMopCreate, "mop_create", Counts::kOks},
    {Operation::kMopInsert, "mop_insert", Counts::kHits},
    {Operation::kMopUpdate, "mop_update", Counts::kElements},
    {Operation::kMopDelete, "mop_delete", Counts::kElements},
    {Operation::kMopGet, "mop_get", Counts::kElements},
    {Operation::kBopCreate, "bop_create", Counts::kOks},
    {Operation::kBopInsert, "bop_insert", Counts::kHits},
    {Operation::kBopUpdate, "bop_update", Counts::kElements},
    {Operation::kBopDelete, "bop_delete", Counts::kElements},
    {Operation::kBopGet, "bop_get", Counts::kElements},
    {Operation::kBopCount, "bop_count", Counts::kHits},
    {Operation::kBopPosition, "bop_position", Counts::kElements},
    {Operation::kBopPwg, "bop_pwg", Counts::kElements},
    {Operation::kBopGbp, "bop_gbp", Counts::kElements},
    {Operation::kBopMget, "bop_mget", Counts::kOks},
    {Operation::kBopSmget, "bop_smget", Counts::kOks},
    {Operation::kBopIncr, "bop_incr", Counts::kElementsFirst},
    {Operation::kBopDecr, "bop_decr", Counts::kElementsFirst},
    {Operation::kGetattr, "getattr", Counts::kHits},
    {Operation::kSetattr, "setattr", Counts::kHits},
});

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].operation != static_cast<Operation>(i)) return false;
  }
  return kRows.size() == kOperations;
}
static_assert(rows_are_in_order(), "one row for each operation, in the order of the enum");

}  // namespace

std::span<const OperationRow> operations() { return kRows; }

std::uint64_t OperationCounts::asked(Operation operation) const {
  return hits(operation) + of(operation, Outcome::kMiss) + of(operation, Outcome::kOther);
}

}  // namespace larder::serve::memcache::arcus
