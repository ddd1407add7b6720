// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "cli/load/requests.h"
#include "io/inbox.h"
#include "io/outbox.h"

namespace larder::cli::load {

// Answers a load of one shape without looking at it: the first byte (or two) of a request tell its
// type, the type tells its length and the reply. Nothing is parsed, found or stored; so what is
// left is the price of the kernel and of the room `io`, which no server over them can go below.
//
//   received   g..............g..............s...........................g........
//   steps      ├─ get bytes ─►├─ get bytes ─►├─ set bytes ──────────────►├─ (more to come)
//   replies    VALUE … END    VALUE … END    STORED
class FloorPlan {
 public:
  // Sizes of values must be fixed.
  explicit FloorPlan(const Shape& shape);

  struct Type {
    char letter = 0;
    std::size_t request_bytes = 0;
    std::string reply;
  };
  // Nothing for a byte that begins no request of this load.
  const Type* find(char letter) const;
  std::size_t letter_at() const { return letter_at_; }

 private:
  std::size_t letter_at_;
  std::array<Type, 3> types_;
};

// One connection's steps.
class FloorSteps {
 public:
  enum class Answer { kAll, kOutboxFull, kStranger };

  explicit FloorSteps(const FloorPlan& plan) : plan_(plan) {}
  // Replies to all requests that have come as a whole. kStranger: this is no load of the shape.
  Answer answer(io::Inbox& inbox, io::Outbox& outbox);

 private:
  const FloorPlan& plan_;
  const FloorPlan::Type* at_work_ = nullptr;  // begun, `left_` bytes of it are to come
  std::size_t left_ = 0;
};

}  // namespace larder::cli::load
