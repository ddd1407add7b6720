// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace larder::store::collection {

class BlockPool;
struct Leaf;

// Some entries as they were when they were pinned, in the order in which they were added; what
// becomes of their collection later does not show. Move-only; any thread.
//
//   runs_ ─► [leaf, 3..17][leaf, 0..60][leaf, 5..2] …       each holds a reference to its leaf
//
// No heap while it has two runs or less. The pool must outlive it.
class Snapshot {
 public:
  Snapshot() = default;
  ~Snapshot() { drop(); }  // drops its pins
  Snapshot(Snapshot&& other) noexcept { take(other); }
  Snapshot& operator=(Snapshot&& other) noexcept {
    if (this == &other) return *this;
    drop();
    take(other);
    return *this;
  }

  std::size_t size() const { return size_; }  // entries
  bool empty() const { return size() == 0; }

  // Walks over the entries, in their order.
  //
  //   for (Snapshot::Walk walk(snapshot); !walk.is_done(); walk.step()) use(walk.entry());
  class Walk {
   public:
    explicit Walk(const Snapshot& snapshot) : snapshot_(&snapshot) {}
    bool is_done() const { return run_ == snapshot_->count_; }
    std::string_view entry() const;
    void step();

   private:
    const Snapshot* snapshot_;
    std::size_t run_ = 0;
    std::size_t index_ = 0;  // within the run
  };

 private:
  friend class Tree;

  struct Run {
    Leaf* leaf;
    std::uint16_t first;
    std::uint16_t count;
    bool backwards;  // from `first` down
  };
  static constexpr std::size_t kInline = 2;

  void add(BlockPool& pool, const Run& run);
  bool extend(const Run& run);
  void grow();
  void take(Snapshot& other) noexcept;
  void drop() noexcept;
  Run* runs() { return more_ ? more_.get() : few_.data(); }
  const Run* runs() const { return more_ ? more_.get() : few_.data(); }

  BlockPool* pool_ = nullptr;
  std::size_t size_ = 0;
  std::uint32_t count_ = 0;  // runs
  std::uint32_t room_ = kInline;
  std::array<Run, kInline> few_;
  std::unique_ptr<Run[]> more_;  // all of them, when they are not few
};

}  // namespace larder::store::collection
