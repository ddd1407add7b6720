// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/output_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace larder::base {
namespace {

class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest() {
    std::string name = (std::filesystem::temp_directory_path() / "larder-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~OutputFileTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const char* name) const { return (folder_ / name).string(); }
  static std::string text_of(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::filesystem::path folder_;
};

TEST_F(OutputFileTest, WritesFromItsBegin) {
  std::ofstream(path("a")) << "what was there before";
  auto file = OutputFile::open(path("a"));
  ASSERT_TRUE(file) << file.failure().what;
  ASSERT_TRUE(file->write("one "));
  ASSERT_TRUE(file->write("two"));
  EXPECT_EQ(text_of(path("a")), "one two");
}

TEST_F(OutputFileTest, OpensNothingButPlainFiles) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  std::ofstream(path("target")) << "kept";
  std::filesystem::create_symlink(path("target"), path("link"));
  EXPECT_FALSE(OutputFile::open(path("pipe")));
  EXPECT_FALSE(OutputFile::open(path("link")));
  EXPECT_FALSE(OutputFile::open("/dev/null"));
  EXPECT_FALSE(OutputFile::open(folder_.string()));
  EXPECT_FALSE(OutputFile::open(path("no/such/folder")));
  EXPECT_EQ(text_of(path("target")), "kept");
}

}  // namespace
}  // namespace larder::base
