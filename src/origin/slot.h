// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "io/loop.h"
#include "origin/servers.h"

namespace larder::origin {

// The right to one connection of a server, which goes back when this ends. Of one loop.
class Slot {
 public:
  Slot() = default;
  Slot(io::Loop& loop, std::shared_ptr<Servers> of, std::shared_ptr<Server> server)
      : loop_(&loop), of_(std::move(of)), server_(std::move(server)) {}
  Slot(Slot&&) noexcept = default;
  Slot& operator=(Slot&& other) noexcept {
    std::swap(loop_, other.loop_);
    of_.swap(other.of_);
    server_.swap(other.server_);
    return *this;
  }
  ~Slot() { release(); }

  const std::shared_ptr<Server>& server() const { return server_; }
  void release() {
    if (!server_) return;
    const std::shared_ptr<Server> server = std::move(server_);
    of_->release(*server, loop_->steady_now());
  }

 private:
  io::Loop* loop_ = nullptr;
  std::shared_ptr<Servers> of_;
  std::shared_ptr<Server> server_;
};

}  // namespace larder::origin
