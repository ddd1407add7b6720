// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "store/collection/node.h"

namespace larder::store::collection {

constexpr std::size_t kMostTreeHeight = 12;  // inner nodes on the way to a leaf: 4 for millions

// The way from the root to an entry.
struct TreePath {
  struct Step {
    Inner* inner;
    std::size_t at;  // of its children
  };
  std::array<Step, kMostTreeHeight> steps;
  std::size_t height = 0;
  Leaf* leaf = nullptr;
  std::size_t index = 0;

  bool is_first() const {
    return std::all_of(steps.begin(), steps.begin() + height,
                       [](const Step& step) { return step.at == 0; });
  }
  bool is_last() const {
    return std::all_of(steps.begin(), steps.begin() + height,
                       [](const Step& step) { return step.at + 1 == step.inner->count; });
  }
};

}  // namespace larder::store::collection
