// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Damage to the file of a store: the input is a list of places and of bits to turn there. Opening
// it must come to an end, and what it returns must be what was put and not flushed, or nothing.
#include "store/warm_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "store/mapped_array.h"
#include "store/store.h"

namespace larder::store {
namespace {

constexpr UnixMs kNow = 1'800'000'000'000;
constexpr Limits kLimits = {.memory_bytes = 4 << 20, .item_bytes = 1 << 20};
constexpr std::size_t kUsedBytes = 8 * kPageBytes;  // records, and the pages of some items

std::unique_ptr<WarmFile> open(const std::string& path) {
  auto file = WarmFile::open(path, kLimits, 0, kNow);
  LARDER_CHECK(file);
  return *std::move(file);
}

// A file as it was left, and what was put into it.
class Left {
 public:
  Left() : path_("larder-fuzz-" + std::to_string(::getpid())) {
    if (::access("/dev/shm", W_OK) == 0) path_ = "/dev/shm/" + path_;
    {
      Store store(open(path_), true, kNow);
      for (int i = 0; i < 200; ++i) {
        const std::string key = "key" + std::to_string(i % 120);
        const std::size_t size = i % 50 == 7 ? 20'000 : static_cast<std::size_t>(i);
        values_[key].push_back(key + std::string(size, static_cast<char>('a' + i % 26)));
        store.put(store.key(key), values_[key].back(), {.expires = kNow + i * 1'000'000}, kNow);
        if (i % 9 == 0) store.remove(store.key(key), {}, kNow);
        if (i < kGone) store.put(store.key(gone(i)), "gone", {}, kNow);
      }
      LARDER_CHECK(store.flush_prefix("gone", kNow, kNow) == Answer::kOk);
      LARDER_CHECK(store.flush_prefix("later", kNow + 1000, kNow) == Answer::kOk);
    }
    struct stat status{};
    LARDER_CHECK(::stat(path_.c_str(), &status) == 0);
    bytes_ = status.st_size;
    const int file = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    as_left_.resize(kUsedBytes);
    LARDER_CHECK(::pread(file, as_left_.data(), kUsedBytes, 0) == static_cast<ssize_t>(kUsedBytes));
    ::close(file);
  }
  ~Left() { ::unlink(path_.c_str()); }
  Left(const Left&) = delete;
  Left& operator=(const Left&) = delete;

  void try_with(const std::uint8_t* edits, std::size_t size) const {
    std::string damaged = as_left_;
    for (; size >= kEditBytes; edits += kEditBytes, size -= kEditBytes) {
      std::uint32_t at = 0;
      std::memcpy(&at, edits, sizeof at);
      char& byte = damaged[at % damaged.size()];
      byte = static_cast<char>(byte ^ edits[sizeof at]);
    }
    std::memcpy(damaged.data(), as_left_.data(), kMagicBytes);  // or it is refused
    const int file = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    LARDER_CHECK(::ftruncate(file, bytes_) == 0);
    LARDER_CHECK(::pwrite(file, damaged.data(), damaged.size(), 0) ==
                 static_cast<ssize_t>(damaged.size()));
    ::close(file);
    Store store(open(path_), true, kNow);
    for (const auto& [key, values] : values_) {
      const Found found = store.find(store.key(key), {}, kNow);
      if (found.answer != Answer::kOk) continue;
      std::string text;
      for (const std::string_view span : found.value.spans()) text += span;
      bool was_put = false;
      for (const std::string& value : values) was_put = was_put || value == text;
      LARDER_CHECK(was_put);
    }
    for (int i = 0; i < kGone; ++i) {
      LARDER_CHECK(store.find(store.key(gone(i)), {}, kNow).answer == Answer::kMiss);
    }
  }

 private:
  // Of a prefix that was flushed, and nobody had the time to reclaim any of it.
  static constexpr int kGone = 50;
  static std::string gone(int number) { return "gone:" + std::to_string(number); }

  static constexpr std::size_t kEditBytes = sizeof(std::uint32_t) + 1;
  static constexpr std::size_t kMagicBytes = 8;
  std::string path_;
  std::map<std::string, std::vector<std::string>> values_;
  std::string as_left_;
  off_t bytes_ = 0;
};

}  // namespace
}  // namespace larder::store

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const larder::store::Left kLeft;
  kLeft.try_with(data, size);
  return 0;
}
