// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "base/check.h"

namespace larder::store {

// Zeroes at a fixed address that cost memory from when they are written to until they are released.
// T must be usable when all its bytes are 0.
//
//   of the process   gone with it
//   of a file        shared with all who map it, and still there when the process is gone
template <class T>
class MappedArray {
 public:
  static_assert(std::is_trivially_destructible_v<T>);

  MappedArray() = default;
  explicit MappedArray(std::size_t size) : size_(size) {
    void* pages = mmap(nullptr, size * sizeof(T), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    data_ = pages == MAP_FAILED ? nullptr : static_cast<T*>(pages);
  }
  // Of what lies in the file from `offset` on, a multiple of the kernel's pages.
  MappedArray(std::size_t size, int file, std::size_t offset) : size_(size) {
    void* pages = mmap(nullptr, size * sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED, file,
                       static_cast<off_t>(offset));
    data_ = pages == MAP_FAILED ? nullptr : static_cast<T*>(pages);
  }
  ~MappedArray() {
    if (data_ != nullptr) munmap(data_, size_ * sizeof(T));
  }
  MappedArray(MappedArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}
  MappedArray& operator=(MappedArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  explicit operator bool() const { return data_ != nullptr; }  // false: the system has no room
  T* data() const { return data_; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t at) const { return data_[at]; }

  // Back to zeroes and no memory, of the process'; both ends at multiples of the kernel's pages.
  // False: the memory has stayed.
  bool release(std::size_t from, std::size_t to) const {
    const std::size_t bytes = (to - from) * sizeof(T);
    constexpr int kAlsoLocked = 24;  // MADV_DONTNEED_LOCKED, since 5.18
    return madvise(data_ + from, bytes, MADV_DONTNEED) == 0 ||
           madvise(data_ + from, bytes, kAlsoLocked) == 0;
  }
  // Gets the memory now. False: there is none, where a store would be a SIGBUS; errno says why.
  bool populate(std::size_t from, std::size_t to) const {
    constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE, since 5.14
    if (madvise(data_ + from, (to - from) * sizeof(T), kPopulateWrite) == 0) return true;
    if (errno == EFAULT) errno = ENOSPC;  // the kernel's word for that SIGBUS
    return false;
  }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace larder::store
