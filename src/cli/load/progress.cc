// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>

namespace larder::cli::load {
namespace {

constexpr std::size_t kBarBytes = 30;

}  // namespace

Progress::Progress() : on_terminal_(::isatty(STDERR_FILENO) == 1) {}

void Progress::show(double share, const std::string& text) {
  if (!on_terminal_) return;
  const double filled = std::clamp(share, 0.0, 1.0) * static_cast<double>(kBarBytes - 1);
  std::string bar(static_cast<std::size_t>(filled), '=');
  bar += '>';
  bar.resize(kBarBytes, ' ');
  // Back to the line's start, and what an earlier, longer text has left behind is erased.
  std::fprintf(stderr, "\r[%s] %s\x1b[K", bar.c_str(), text.c_str());
  std::fflush(stderr);
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace larder::cli::load
