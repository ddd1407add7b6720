// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "io/outbox.h"

namespace larder::serve::memcache::arcus {

// What one command says in one line, and what it wants of the batch that it may be part of.
struct Status {
  std::string_view line;  // with its line end
  bool pipe = false;      // its last word was `pipe`
  bool noreply = false;
};

// Commands behind each other that are answered together: Arcus' `pipe`.
//
//   closed ── a status with `pipe` ─► open ── a status without it, or an error ─► told: closed
//                                      │ `noreply` adds its status, and closes nothing
//                                      └─ an error, or too many, of one with `pipe` ─► told: failed
//   failed ── skips() the rest, up to the first without `pipe`, or any other command ──► closed
//
//   RESPONSE <n>  STORED  ELEMENT_EXISTS  …  END | PIPE_ERROR <what>
//
// Replies of more than a line have no part in it: they are sent at once.
class Batch {
 public:
  // Says the status now, or with the others.
  void tell(const Status& status, io::Outbox& outbox);

  // Before a command that could be part of a batch is carried out. True: it is not to be.
  bool skips(bool pipe);
  // Any other command ends the skipping.
  void go_on() {
    if (state_ != nullptr && state_->failed) state_.reset();
  }

 private:
  struct State {
    std::string statuses;
    std::size_t count = 0;
    bool failed = false;
  };

  void add(const Status& status, io::Outbox& outbox);
  void close(std::string_view end, bool failed, io::Outbox& outbox);

  std::unique_ptr<State> state_;  // null: closed, as most are all the time
};

}  // namespace larder::serve::memcache::arcus
