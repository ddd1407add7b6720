// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "io/loop.h"

namespace larder::serve::memcache::arcus {

// `shutdown`: the end of the process, some seconds from now.
//
//   none ── begin ──► due ── its time has come, or no client leaves any more (adaptive) ──► end
//                      └─ begin: another time, unless it is due within a second
//
// Any thread; what is timed is of the loop that was asked.
class Shutdown {
 public:
  // `end` ends the process as a signal does; `clients` tells how many there are.
  Shutdown(std::function<void()> end, std::function<std::size_t()> clients)
      : end_(std::move(end)), clients_(std::move(clients)) {}

  // Without seconds it is adaptive: as soon as clients have stopped leaving, in two seconds at the
  // latest. False: it is denied.
  bool begin(std::optional<std::uint32_t> seconds, io::Loop& loop);

 private:
  void end_unless_replaced(std::uint64_t number);
  void watch(std::uint64_t number, std::size_t clients_before, io::Loop& loop);

  const std::function<void()> end_;
  const std::function<std::size_t()> clients_;
  std::mutex mutex_;
  std::uint64_t number_ = 0;  // of the one that holds; 0: none
  base::SteadyMs due_ = 0;
  bool has_ended_ = false;
};

}  // namespace larder::serve::memcache::arcus
