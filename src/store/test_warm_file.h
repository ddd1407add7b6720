// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "store/store.h"
#include "store/test_store.h"
#include "store/warm_file.h"

namespace larder::store {

// A name for the file of a store, in memory where the machine has a place for that; gone behind the
// test.
class TestPath {
 public:
  TestPath() {
    static int number = 0;
    const std::filesystem::path shared = "/dev/shm";
    const bool has_shared = ::access(shared.c_str(), W_OK) == 0;
    const std::filesystem::path folder =
        has_shared ? shared : std::filesystem::path(testing::TempDir());
    path_ = folder /
            ("larder-store-test-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
  }
  ~TestPath() { std::filesystem::remove(path_); }
  TestPath(const TestPath&) = delete;
  TestPath& operator=(const TestPath&) = delete;

  operator const std::string&() const { return path_; }  // NOLINT(google-explicit-constructor)

 private:
  std::string path_;
};

inline std::unique_ptr<WarmFile> open_warm(const std::string& path, const Limits& limits,
                                           UnixMs now = TestStore::kStart) {
  auto file = WarmFile::open(path, limits, 0, now);
  EXPECT_TRUE(file) << file.failure().what;
  return file ? *std::move(file) : nullptr;
}

}  // namespace larder::store
