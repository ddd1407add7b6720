// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/exclusive_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

namespace larder::base {
namespace {

std::string failure_of(const std::string& path) {
  const auto file = ExclusiveFile::open(path);
  return file ? "" : file.failure().what;
}

TEST(ExclusiveFile, HoldsWhatWasWritten) {
  const std::string path = testing::TempDir() + "exclusive-" + std::to_string(::getpid());
  {
    auto file = ExclusiveFile::open(path);
    ASSERT_TRUE(file) << file.failure().what;
    EXPECT_EQ(file->size(), 0U);
    EXPECT_TRUE(file->write("larder", 6));
    EXPECT_TRUE(file->resize(10'000));
    EXPECT_EQ(failure_of(path), path + " is in use by another process");
  }
  auto file = ExclusiveFile::open(path);
  ASSERT_TRUE(file) << file.failure().what;
  EXPECT_EQ(file->size(), 10'000U);
  std::array<char, 6> bytes{};
  EXPECT_EQ(file->read(bytes.data(), bytes.size()), bytes.size());
  EXPECT_EQ(std::string_view(bytes.data(), bytes.size()), "larder");
  std::remove(path.c_str());
}

TEST(ExclusiveFile, IsAPlainFile) {
  EXPECT_EQ(failure_of("/dev/null"), "/dev/null is not a plain file");
  EXPECT_EQ(failure_of("/no/such/folder/x"),
            "opening /no/such/folder/x: No such file or directory");
}

}  // namespace
}  // namespace larder::base
