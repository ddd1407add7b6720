// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/address.h"
#include "io/loop.h"
#include "io/resolver.h"
#include "origin/server_address.h"

namespace larder::serve::edge {

// Where a node is: a number, or what name servers say, who are asked again when its records end
// and somebody wants to know. Of one loop.
class NodeAddress {
 public:
  // `text` is `host:port`. `changed` is called when the node is somewhere else than it was.
  NodeAddress(io::Loop& loop, const std::string& text, std::function<void()> changed);
  NodeAddress(const NodeAddress&) = delete;
  NodeAddress& operator=(const NodeAddress&) = delete;

  // Other name servers than the system's; see io::Resolver.
  base::Status use(const std::vector<std::string>& name_servers);
  // Null: it is not known (yet). Nobody waits for name servers: what was known holds meanwhile.
  const io::Address* find();
  bool is_asking() const { return is_asking_; }

 private:
  io::Resolver& resolver();
  void ask();
  void answered(const base::Result<io::Resolved>& resolved);
  bool is_still_at(const std::vector<io::Address>& addresses) const;

  io::Loop& loop_;
  const std::function<void()> changed_;
  origin::ServerAddress where_;
  std::optional<io::Address> known_;
  bool is_name_ = false;
  bool is_asking_ = false;
  base::SteadyMs ask_at_ = 0;
  std::unique_ptr<io::Resolver> resolver_;  // null: it was not needed yet
};

}  // namespace larder::serve::edge
