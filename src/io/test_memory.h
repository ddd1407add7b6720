// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "base/pin.h"

namespace larder::io {

// Letters that differ from one stretch to the next.
inline std::string text_of(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

// Text in memory pages of its own, which it fills from the first byte on.
class TestMemory {
 public:
  explicit TestMemory(std::string_view text) : size_(text.size()) {
    void* pages =
        ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(pages, MAP_FAILED);
    data_ = static_cast<char*>(pages);
    std::memcpy(data_, text.data(), size_);
  }
  ~TestMemory() { ::munmap(data_, size_); }
  TestMemory(const TestMemory&) = delete;
  TestMemory& operator=(const TestMemory&) = delete;

  std::string_view text() const { return {data_, size_}; }
  void fill(char with) const { std::memset(data_, with, size_); }
  // Other memory at the same place, full of `with`.
  void replace(char with) const {
    EXPECT_EQ(::madvise(data_, size_, MADV_DONTNEED), 0);
    fill(with);
  }
  // Of one made by new: its end is that of the memory.
  base::Pin owning_pin() {
    return {this, [](void* self) noexcept { delete static_cast<TestMemory*>(self); }};
  }

 private:
  std::size_t size_;
  char* data_ = nullptr;
};

}  // namespace larder::io
