// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace larder::cli::load {

// How far a run is: one line that is drawn over itself on a terminal, and nothing elsewhere.
//
//   [=========>                    ] 1.6/5.0 s   412345 requests/s
class Progress {
 public:
  Progress();
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(double share, const std::string& text);
  void clear();

 private:
  bool on_terminal_;
  bool shown_ = false;
};

}  // namespace larder::cli::load
