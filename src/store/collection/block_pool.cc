// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/block_pool.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "store/collection/node.h"

namespace larder::store::collection {
namespace {

constexpr std::size_t kUnit = 16;
constexpr std::size_t kLeastEighths = 16 * kUnit;   // sizes from here on are an eighth apart,
constexpr std::size_t kMostFine = 4 * limits::KiB;  // up to here
constexpr std::size_t kLarger = 2;  // next sizes that are rather used than a new page

constexpr std::size_t rounded_down(std::size_t bytes) { return bytes / kUnit * kUnit; }

// Blocks of all sizes, the smallest first. Each is as long as its number to a page allows.
//
//   16 32 48 … 256 288 … 512 576 … 1024 … 4096 4368 4672 … 32768 65536
struct Sizes {
  std::array<std::uint32_t, 64> bytes{};
  std::size_t count = 0;
  std::array<std::uint8_t, kMostFine / kUnit + 1> of_units{};  // the class of up to kMostFine

  constexpr Sizes() {
    for (std::size_t size = kUnit; size <= kMostFine; size += step_behind(size)) add(size);
    for (std::size_t blocks = kPageBytes / kMostFine - 1; blocks != 0; --blocks) {
      add(kPageBytes / blocks);
    }
    std::uint8_t at = 0;
    for (std::size_t units = 0; units < of_units.size(); ++units) {
      if (bytes[at] < units * kUnit) ++at;
      of_units[units] = at;
    }
  }

 private:
  static constexpr std::size_t step_behind(std::size_t size) {
    std::size_t power = 8 * kUnit;
    while (power * 2 <= size) power *= 2;
    return power / 8;
  }
  constexpr void add(std::size_t size) {
    bytes[count++] = static_cast<std::uint32_t>(rounded_down(kPageBytes / (kPageBytes / size)));
  }
};
constexpr Sizes kSizes;

// Beyond kMostFine the classes count their blocks down to one.
std::size_t class_of(std::size_t bytes) {
  const std::size_t units = (bytes + kUnit - 1) / kUnit;
  if (units * kUnit <= kMostFine) return kSizes.of_units[units];
  return kSizes.count - kPageBytes / (units * kUnit);
}

std::uint16_t& link_in(std::byte* block) { return *reinterpret_cast<std::uint16_t*>(block); }

std::uint8_t fullness_of(const Blocks& blocks) {
  return static_cast<std::uint8_t>(blocks.taken * 4U / blocks.count);
}

}  // namespace

std::size_t BlockPool::bytes_of(std::size_t bytes) noexcept {
  static_assert(kSizes.count <= kClasses);
  return kSizes.bytes[class_of(bytes)];
}

std::size_t BlockPool::bytes_at(const void* block) const noexcept {
  return arena_.page_at(block).blocks.bytes;
}

std::size_t BlockPool::block_bytes() const noexcept {
  const std::lock_guard lock(mutex_);
  return block_bytes_;
}

void* BlockPool::take(std::size_t bytes) noexcept {
  LARDER_CHECK(bytes <= kMostBytes);
  const std::size_t size_class = class_of(bytes);
  if (void* block = take_free(size_class)) return block;
  if (void* block = take_larger(size_class)) return block;
  bool has_more = reclaim(limits::kReclaimedBlocks);
  for (std::size_t i = 1;; ++i) {
    if (void* block = take_of_new_page(size_class)) return block;
    if (!has_more || i == limits::kReclaims) return nullptr;
    has_more = reclaim(limits::kReclaimedBlocks);
  }
}

void* BlockPool::take_free(std::size_t size_class) noexcept {
  const std::lock_guard lock(mutex_);
  for (std::size_t quarter = kQuarters; quarter-- != 0;) {
    Page* page = pages_[size_class][quarter];
    if (page != nullptr) return cut(*page);
  }
  return nullptr;
}

// Where sizes are an eighth apart: each that is in use has a page that is not full.
void* BlockPool::take_larger(std::size_t size_class) noexcept {
  const std::size_t end = std::min(size_class + 1 + kLarger, class_of(kMostFine) + 1);
  if (size_class < class_of(kLeastEighths)) return nullptr;
  for (std::size_t larger = size_class + 1; larger < end; ++larger) {
    if (void* block = take_free(larger)) return block;
  }
  return nullptr;
}

void* BlockPool::take_of_new_page(std::size_t size_class) noexcept {
  if (void* block = take_free(size_class)) return block;
  const std::lock_guard lock(mutex_);
  Page* page = arena_.lease(Page::Use::kBlocks, Arena::Lease::kWithinLimit);
  if (page == nullptr) return nullptr;
  const std::uint32_t bytes = kSizes.bytes[size_class];
  page->blocks = {.bytes = bytes,
                  .count = static_cast<std::uint16_t>(kPageBytes / bytes),
                  .taken = 0,
                  .first_free = Blocks::kNone,
                  .untouched = 0,
                  .size_class = static_cast<std::uint8_t>(size_class),
                  .fullness = kUnlisted};
  return cut(*page);
}

void* BlockPool::cut(Page& page) noexcept {
  Blocks& blocks = page.blocks;
  std::byte* bytes = arena_.bytes_of(page);
  std::byte* block = nullptr;
  if (blocks.first_free != Blocks::kNone) {
    block = bytes + blocks.first_free * std::size_t{blocks.bytes};
    blocks.first_free = link_in(block);
  } else {
    block = bytes + blocks.untouched++ * std::size_t{blocks.bytes};
  }
  ++blocks.taken;
  block_bytes_ += blocks.bytes;
  sort_in(page);
  return block;
}

void BlockPool::give_back(void* subject) noexcept {
  const std::lock_guard lock(mutex_);
  auto* block = static_cast<std::byte*>(subject);
  Page& page = arena_.page_at(block);
  Blocks& blocks = page.blocks;
  LARDER_CHECK(page.use == Page::Use::kBlocks && blocks.taken != 0);
  const auto offset = static_cast<std::size_t>(block - arena_.bytes_of(page));
  link_in(block) =
      std::exchange(blocks.first_free, static_cast<std::uint16_t>(offset / blocks.bytes));
  --blocks.taken;
  block_bytes_ -= blocks.bytes;
  if (blocks.taken != 0) return sort_in(page);
  unlist(page);
  arena_.give_back(page);
}

// Into the list of its fullness; out of all when it is full.
void BlockPool::sort_in(Page& page) noexcept {
  const std::uint8_t fullness = fullness_of(page.blocks);
  if (fullness == page.blocks.fullness) return;
  unlist(page);
  list(page, fullness);
}

void BlockPool::list(Page& page, std::uint8_t fullness) noexcept {
  page.blocks.fullness = fullness;
  if (fullness == kUnlisted) return;
  Page*& first = pages_[page.blocks.size_class][fullness];
  page.newer = nullptr;
  page.older = first;
  if (first != nullptr) first->newer = &page;
  first = &page;
}

void BlockPool::unlist(Page& page) noexcept {
  const std::uint8_t fullness = std::exchange(page.blocks.fullness, kUnlisted);
  if (fullness == kUnlisted) return;
  if (page.older != nullptr) page.older->newer = page.newer;
  (page.newer == nullptr ? pages_[page.blocks.size_class][fullness] : page.newer->older) =
      page.older;
}

// ---- what nobody waits for

// A leaf is at once what the others become: somebody's who still pins it, or nobody's.
void BlockPool::bury(void* root) noexcept {
  Node& node = *static_cast<Node*>(root);
  if (node.is_leaf()) return Leaf::drop(&as_leaf(node), *this);
  const std::lock_guard lock(mutex_);
  as_inner(node).next_buried = buried_.exchange(&as_inner(node), std::memory_order_relaxed);
}

Inner* BlockPool::next_buried() noexcept {
  const std::lock_guard lock(mutex_);
  Inner* first = buried_.load(std::memory_order_relaxed);
  if (first != nullptr) buried_.store(first->next_buried, std::memory_order_relaxed);
  return first;
}

// The children of one node at a time, which nobody else sees meanwhile; those that are inner nodes
// are buried themselves.
bool BlockPool::reclaim(std::size_t most_blocks) noexcept {
  while (most_blocks != 0) {
    Inner* inner = next_buried();
    if (inner == nullptr) return false;
    for (; most_blocks != 0 && inner->count != 0; --most_blocks) {
      bury(inner->begin()[--inner->count].node);
    }
    if (most_blocks == 0) {
      bury(inner);
    } else {
      give_back(inner);
      --most_blocks;
    }
  }
  return has_buried();
}

}  // namespace larder::store::collection
