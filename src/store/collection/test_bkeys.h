// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "store/collection/btree_model.h"
#include "store/collection/test_history.h"

namespace larder::store::collection {

// Random bkeys of one kind at a time, so few that many meet, with eflags and filters.
class AnyBkeys {
 public:
  AnyBkeys(std::size_t numbers, bool are_bytes) : numbers_(numbers), are_bytes_(are_bytes) {}

  void change_kind() { are_bytes_ = !are_bytes_; }

  BTreeModel::Key key(Random& random) const {
    return are_bytes_ != random.one_in(300) ? BTreeModel::Key(bytes(random)) : number(random);
  }
  BTreeModel::Range range(Random& random) const {
    const BTreeModel::Key from = key(random);
    if (random.one_in(6)) return {from, from};
    BTreeModel::Key to = key(random);
    return {from, to.index() == from.index() ? to : from};
  }
  // That the bkeys of a tree may span.
  std::optional<BTreeModel::Key> max_range(Random& random) const {
    if (random.one_in(3)) return std::nullopt;
    return key(random);
  }

  static std::string eflag(Random& random) {
    std::string eflag(random.one_in(3) ? 0 : random.between(1, random.one_in(20) ? 31 : 3), '\0');
    for (char& byte : eflag) byte = static_cast<char>(random.below(4));
    return eflag;
  }
  static std::optional<EflagFilter> filter(Random& random) {
    if (random.one_in(2)) return std::nullopt;
    const std::size_t width = random.between(1, 2);
    EflagFilter filter{.offset = random.below(3), .values = {}};
    filter.compare = static_cast<EflagFilter::Compare>(random.below(6));
    const bool has_list = filter.compare <= EflagFilter::Compare::kNotEqual;
    for (std::size_t n = has_list ? random.between(1, 3) : 1; n != 0; --n) {
      filter.values.push_back(some(width, random));
    }
    if (random.one_in(3)) {
      filter.mask_how = static_cast<base::Bitwise>(random.below(3));
      filter.mask = some(width, random);
    }
    return filter;
  }
  static base::ShortBytes some(std::size_t width, Random& random) {
    base::ShortBytes bytes;
    bytes.resize(width);
    for (std::size_t i = 0; i < width; ++i) bytes.data()[i] = static_cast<char>(random.below(4));
    return bytes;
  }

 private:
  BTreeModel::Key number(Random& random) const {
    if (random.one_in(40)) return ~std::uint64_t{0} - random.below(3);
    return std::uint64_t{random.below(numbers_)};
  }
  // As many of two bytes, or so; some shorter, some longer.
  std::string bytes(Random& random) const {
    static constexpr unsigned char kBytes[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
    std::size_t size = random.one_in(3) ? random.between(1, 4) : 2;
    if (random.one_in(100)) size = 31;
    std::string bytes(size, '\0');
    for (char& byte : bytes) {
      byte = static_cast<char>(numbers_ < 100 ? kBytes[random.below(6)] : random.below(256));
    }
    return bytes;
  }

  std::size_t numbers_;
  bool are_bytes_;
};

}  // namespace larder::store::collection
