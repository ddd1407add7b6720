// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace larder::app {

// What is read again when the operator sends SIGHUP: certificates, files of passwords. Whoever
// reads such a file at the start adds how it is read anew, and keeps the old one when that fails.
class Reloads {
 public:
  void add(std::function<base::Status()> read) { reads_.push_back(std::move(read)); }

  // All of them, in the order of their coming. → what has failed.
  std::vector<base::Failure> run() const {
    std::vector<base::Failure> failures;
    for (const auto& read : reads_) {
      if (const auto done = read(); !done) failures.push_back(done.failure());
    }
    return failures;
  }

 private:
  std::vector<std::function<base::Status()>> reads_;
};

}  // namespace larder::app
