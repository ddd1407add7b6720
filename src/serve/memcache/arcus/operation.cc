// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/operation.h"

namespace larder::serve::memcache::arcus {
namespace {

constexpr auto kRows = std::to_array<OperationRow>({
    {Operation::kLopCreate, "lop_create", "lc", Counts::kOks},
    {Operation::kLopInsert, "lop_insert", "li", Counts::kHits},
    {Operation::kLopDelete, "lop_delete", "ld", Counts::kElements},
    {Operation::kLopGet, "lop_get", "lg", Counts::kElements},
    {Operation::kSopCreate, "sop_create", "sc", Counts::kOks},
    {Operation::kSopInsert, "sop_insert", "si", Counts::kHits},
    {Operation::kSopDelete, "sop_delete", "sd", Counts::kElements},
    {Operation::kSopGet, "sop_get", "sg", Counts::kElements},
    {Operation::kSopExist, "sop_exist", "se", Counts::kHits},
    {Operation::kMopCreate, "mop_create", "mc", Counts::kOks},
    {Operation::kMopInsert, "mop_insert", "mi", Counts::kHits},
    {Operation::kMopUpdate, "mop_update", "mu", Counts::kElements},
    {Operation::kMopDelete, "mop_delete", "md", Counts::kElements},
    {Operation::kMopGet, "mop_get", "mg", Counts::kElements},
    {Operation::kBopCreate, "bop_create", "bc", Counts::kOks},
    {Operation::kBopInsert, "bop_insert", "bi", Counts::kHits},
    {Operation::kBopUpdate, "bop_update", "bu", Counts::kElements},
    {Operation::kBopDelete, "bop_delete", "bd", Counts::kElements},
    {Operation::kBopGet, "bop_get", "bg", Counts::kElements},
    {Operation::kBopCount, "bop_count", "bn", Counts::kHits},
    {Operation::kBopPosition, "bop_position", "pf", Counts::kElements},
    {Operation::kBopPwg, "bop_pwg", "pg", Counts::kElements},
    {Operation::kBopGbp, "bop_gbp", "gp", Counts::kElements},
    {Operation::kBopMget, "bop_mget", "", Counts::kOks},
    {Operation::kBopSmget, "bop_smget", "", Counts::kOks},
    {Operation::kBopIncr, "bop_incr", "bp", Counts::kElementsFirst},
    {Operation::kBopDecr, "bop_decr", "bm", Counts::kElementsFirst},
    {Operation::kGetattr, "getattr", "ga", Counts::kHits},
    {Operation::kSetattr, "setattr", "sa", Counts::kHits},
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
