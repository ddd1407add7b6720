// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/input_file.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace larder::base {
namespace {

class InputFile : public testing::Test {
 protected:
  ~InputFile() override { std::remove(path_.c_str()); }
  void write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }

  const std::string path_ = testing::TempDir() + "input_file_" +
                            testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(InputFile, IsReadWhole) {
  const std::string text = std::string(200'000, 'x') + std::string(1, '\0') + "end";
  write(text);
  const auto read = read_file(path_, 1'000'000);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, text);
  write("");
  EXPECT_EQ(*read_file(path_, 0), "");
}

TEST_F(InputFile, MayBeTooLong) {
  write("1234");
  EXPECT_TRUE(read_file(path_, 4));
  const auto read = read_file(path_, 3);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.failure().what, path_ + " is too long");
}

TEST_F(InputFile, MustBeThere) {
  const auto read = read_file(path_, 10);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.failure().what, "cannot open " + path_ + ": No such file or directory");
  EXPECT_FALSE(read_file("/", 10));
}

}  // namespace
}  // namespace larder::base
