// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/tls_memory.h"

#include <malloc.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <new>

#include "base/check.h"
#include "base/limits.h"

namespace larder::io {
namespace {

// One of them for each thread, so that no record waits for another core's line, nor for the bus;
// threads that come when only one is left share it. A block may be freed by another thread than
// took it: only the sum means something.
constexpr std::size_t kCells = 64;
class alignas(64) Cell {
 public:
  // Modulo 2^64: what is taken away is added as its complement.
  void add(std::size_t bytes) {
    if (this == &shared()) {
      bytes_.fetch_add(bytes, std::memory_order_relaxed);
    } else {
      bytes_.store(this->bytes() + bytes, std::memory_order_relaxed);
    }
  }
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

  static Cell& of_thread();

 private:
  static Cell& shared();
  std::atomic<std::size_t> bytes_ = 0;
};
std::array<Cell, kCells> cells;

Cell& Cell::shared() { return cells.back(); }
constinit std::atomic<std::size_t> next_cell = 0;
constinit thread_local Cell* own_cell = nullptr;

Cell& Cell::of_thread() {
  if (own_cell == nullptr) {
    own_cell = &cells[std::min(next_cell.fetch_add(1, std::memory_order_relaxed), kCells - 1)];
  }
  return *own_cell;
}

// malloc's own word is a part of a block.
std::size_t counted_bytes(std::size_t usable) { return usable + sizeof(void*); }

void* counted(void* block) {
  if (block != nullptr) Cell::of_thread().add(counted_bytes(::malloc_usable_size(block)));
  return block;
}

void free_counted(void* block, std::size_t usable) {
  Cell::of_thread().add(-counted_bytes(usable));
  std::free(block);
}

// The buffers of a record, which OpenSSL takes and gives back for every one so that idle
// connections own none (SSL_MODE_RELEASE_BUFFERS): a thread keeps one for reading and one for
// writing. They stay counted.
class SpareBuffers {
 public:
  static constexpr std::size_t kLeastBytes = 16 * limits::KiB;
  static constexpr std::size_t kBytes = 17 * limits::KiB;  // a record, its head and its tag
  static constexpr std::size_t kMostBytes = kBytes + 64;   // that malloc may make of it

  static bool fits(std::size_t bytes) { return bytes >= kLeastBytes && bytes <= kBytes; }
  static bool is_one(std::size_t usable) { return usable >= kBytes && usable <= kMostBytes; }
  static SpareBuffers& of_thread() {
    static thread_local SpareBuffers spares;
    return spares;
  }

  SpareBuffers() = default;
  SpareBuffers(const SpareBuffers&) = delete;
  SpareBuffers& operator=(const SpareBuffers&) = delete;
  ~SpareBuffers() {
    while (void* const block = take()) free_counted(block, ::malloc_usable_size(block));
  }

  // Null: there is none.
  void* take() { return count_ == 0 ? nullptr : blocks_[--count_]; }
  // False: there are enough.
  bool keep(void* block) {
    if (count_ == blocks_.size()) return false;
    blocks_[count_++] = block;
    return true;
  }

 private:
  std::array<void*, 2> blocks_{};
  std::size_t count_ = 0;
};

void* take(std::size_t bytes, const char*, int) {
  if (!SpareBuffers::fits(bytes)) return counted(std::malloc(bytes));
  void* const spare = SpareBuffers::of_thread().take();
  return spare != nullptr ? spare : counted(std::malloc(SpareBuffers::kBytes));
}

void* resize(void* block, std::size_t bytes, const char*, int) {
  const std::size_t before = block == nullptr ? 0 : counted_bytes(::malloc_usable_size(block));
  void* const resized = std::realloc(block, bytes);
  if (resized == nullptr) return nullptr;
  Cell::of_thread().add(-before);
  return counted(resized);
}

void give(void* block, const char*, int) {
  if (block == nullptr) return;
  const std::size_t usable = ::malloc_usable_size(block);
  if (SpareBuffers::is_one(usable) && SpareBuffers::of_thread().keep(block)) return;
  free_counted(block, usable);
}

}  // namespace

void account_tls_memory() {
  static const bool kCounts = CRYPTO_set_mem_functions(take, resize, give) == 1;
  LARDER_CHECK(kCounts);
}

std::size_t tls_memory_bytes() {
  std::size_t sum = 0;
  for (const Cell& cell : cells) sum += cell.bytes();
  return sum;
}

void* take_tls_memory(std::size_t bytes) {
  void* const block = counted(std::malloc(bytes));
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void give_tls_memory(void* block) noexcept { give(block, nullptr, 0); }

}  // namespace larder::io
