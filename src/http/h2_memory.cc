// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/h2_memory.h"

#include <malloc.h>

#include <array>
#include <atomic>
#include <cstdlib>

namespace larder::http {
namespace {

// One of them for each thread: only the sum means something, for a block may be freed by another
// thread than took it.
constexpr std::size_t kCells = 64;
struct alignas(64) Cell {
  std::atomic<std::size_t> bytes = 0;
};
std::array<Cell, kCells> cells;

std::atomic<std::size_t>& cell_of_thread() {
  static std::atomic<std::size_t> next = 0;
  static thread_local Cell& cell = cells[next.fetch_add(1, std::memory_order_relaxed) % kCells];
  return cell.bytes;
}

// malloc's own word is a part of it.
std::size_t size_of(void* block) {
  return block == nullptr ? 0 : ::malloc_usable_size(block) + sizeof(void*);
}

void* counted(void* block) {
  cell_of_thread().fetch_add(size_of(block), std::memory_order_relaxed);
  return block;
}

void* take(std::size_t bytes, void*) { return counted(std::malloc(bytes)); }

void* take_zeroed(std::size_t count, std::size_t bytes, void*) {
  return counted(std::calloc(count, bytes));
}

void give(void* block, void*) {
  cell_of_thread().fetch_sub(size_of(block), std::memory_order_relaxed);
  std::free(block);
}

void* resize(void* block, std::size_t bytes, void*) {
  const std::size_t before = size_of(block);
  void* const resized = std::realloc(block, bytes);
  if (resized == nullptr) return nullptr;
  cell_of_thread().fetch_sub(before, std::memory_order_relaxed);
  return counted(resized);
}

}  // namespace

nghttp2_mem* h2_memory() noexcept {
  static nghttp2_mem memory{nullptr, take, give, take_zeroed, resize};
  return &memory;
}

std::size_t h2_memory_bytes() {
  std::size_t sum = 0;
  for (const Cell& cell : cells) sum += cell.bytes.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace larder::http
