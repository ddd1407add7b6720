// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace larder::store::collection {

struct Leaf;

// Some entries as they were when they were pinned, in the order in which they were added; what
// becomes of their collection later does not show. Move-only; any thread.
//
//   runs_ ─► [leaf, 3..17][leaf, 0..60][leaf, 5..2] …       each holds a reference to its leaf
//
// No heap while it has two runs or less.
class Snapshot {
 public:
  Snapshot();
  ~Snapshot();  // drops its pins
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) noexcept;

  std::size_t size() const;  // entries
  bool empty() const { return size() == 0; }

  // Walks over the entries, in their order.
  //
  //   for (Snapshot::Walk walk(snapshot); !walk.is_done(); walk.step()) use(walk.entry());
  class Walk {
   public:
    explicit Walk(const Snapshot& snapshot);
    bool is_done() const;
    std::string_view entry() const;
    void step();
  };

 private:
  friend class Tree;
};

}  // namespace larder::store::collection
