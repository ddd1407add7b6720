// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/exclusive_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
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

TEST(ExclusiveFile, IsNobodyElses) {
  const std::string path = testing::TempDir() + "exclusive-" + std::to_string(::getpid());
  EXPECT_EQ(failure_of(path), "");
  EXPECT_EQ(::chmod(path.c_str(), 0620), 0);
  EXPECT_EQ(failure_of(path), path + " can be written to by other users");
  EXPECT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(failure_of(path), "");
  if (::geteuid() == 0) {
    EXPECT_EQ(::chown(path.c_str(), 1, 1), 0);
    EXPECT_EQ(failure_of(path), path + " belongs to user 1, not to 0 who runs this");
  }
  std::remove(path.c_str());
}

TEST(ExclusiveFile, ReservesAllOrNothing) {
  const std::string path = testing::TempDir() + "exclusive-" + std::to_string(::getpid());
  auto file = ExclusiveFile::open(path);
  ASSERT_TRUE(file) << file.failure().what;
  EXPECT_TRUE(file->write("larder", 6));
  constexpr std::size_t kMore = 100'000;
  constexpr std::size_t kFarTooMuch = std::size_t{1} << 60;
  EXPECT_FALSE(file->reserve(kFarTooMuch));
  EXPECT_EQ(file->size(), 6U);
  EXPECT_TRUE(file->reserve(kMore));
  EXPECT_EQ(file->size(), kMore);
  EXPECT_TRUE(file->reserve(10));
  EXPECT_EQ(file->size(), kMore);
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_GE(static_cast<std::size_t>(status.st_blocks) * 512, kMore);
  std::remove(path.c_str());
}

}  // namespace
}  // namespace larder::base
