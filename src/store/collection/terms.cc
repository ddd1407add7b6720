// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/terms.h"

namespace larder::store::collection {

namespace {

constexpr std::uint32_t kDefaultMost = 4000;

}  // namespace

Overflow default_overflow(Type type) {
  switch (type) {
    case Type::kList: return Overflow::kTailTrim;
    case Type::kSet:
    case Type::kMap: return Overflow::kError;
    case Type::kBTree: return Overflow::kSmallestTrim;
  }
  return Overflow::kError;
}

bool suits(Overflow overflow, Type type) {
  switch (overflow) {
    case Overflow::kError: return true;
    case Overflow::kHeadTrim:
    case Overflow::kTailTrim: return type == Type::kList;
    case Overflow::kSmallestTrim:
    case Overflow::kLargestTrim:
    case Overflow::kSmallestSilentTrim:
    case Overflow::kLargestSilentTrim: return type == Type::kBTree;
  }
  return false;
}

void Attributes::set_most(std::int64_t wanted, std::uint32_t greatest) {
  most_grows = wanted < 0;
  if (wanted == 0) wanted = kDefaultMost;
  most = most_grows || wanted > greatest ? greatest : static_cast<std::uint32_t>(wanted);
}

}  // namespace larder::store::collection
