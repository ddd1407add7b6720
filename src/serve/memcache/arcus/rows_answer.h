// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "io/socket.h"
#include "serve/memcache/long_answer.h"
#include "serve/memcache/session.h"

namespace larder::serve::memcache::arcus {

// Lines behind each other, made as the client takes them, and `end` behind them.
class RowsAnswer final : public LongAnswer {
 public:
  // The next one, with its line end. Empty: that was the last.
  using NextRow = std::function<std::string()>;

  RowsAnswer(NextRow next_row, std::string_view end) : next_row_(std::move(next_row)), end_(end) {}

  Next go_on(io::Socket& socket) override {
    while (true) {
      if (socket.outbox().full()) return Next::kDrain;
      const std::string row = next_row_();
      socket.outbox().append(row.empty() ? end_ : std::string_view(row));
      if (row.empty()) return Next::kGoOn;
      if (socket.loop().turn_is_long()) return Next::kYield;
    }
  }

 private:
  NextRow next_row_;
  std::string_view end_;  // a constant
};

}  // namespace larder::serve::memcache::arcus
