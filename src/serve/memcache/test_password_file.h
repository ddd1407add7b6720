// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>

#include "base/check.h"

namespace larder::serve::memcache {

// A file of passwords that is gone with the test.
class PasswordFile {
 public:
  explicit PasswordFile(const std::string& text) {
    std::array<char, 32> path = {"/tmp/larder-passwords-XXXXXX"};
    const int fd = ::mkstemp(path.data());
    LARDER_CHECK(fd >= 0);
    ::close(fd);
    path_ = path.data();
    write(text);
  }
  ~PasswordFile() { std::remove(path_.c_str()); }
  PasswordFile(const PasswordFile&) = delete;
  PasswordFile& operator=(const PasswordFile&) = delete;

  void write(const std::string& text) { std::ofstream(path_) << text; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace larder::serve::memcache
