// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/loop.h"
#include "io/resolver.h"
#include "origin/servers.h"

namespace larder::origin {

// How long it is until a name is worth being asked for again, after this was told.
std::int64_t ask_again_in_ms(const base::Result<io::Resolved>& told);

// Asks name servers for the addresses of an upstream's servers, again each time that their records
// end, and tells Servers. Of the first loop.
//
//   new name ─► asked ─► answered ── TTL ──► asked …
//                 └───── no answer: what was known stays ── kResolveRetryMs ──► asked …
class Names {
 public:
  // `changed` is called after an answer.
  Names(io::Loop& loop, std::shared_ptr<Servers> servers, std::function<void()> changed)
      : loop_(loop), servers_(std::move(servers)), changed_(std::move(changed)) {}
  ~Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  // Other name servers than the system's; see io::Resolver.
  base::Status use(const std::vector<std::string>& name_servers);
  // The configuration has changed: names that it has no more are not asked for.
  void update();

 private:
  struct Asked {
    std::optional<io::Loop::Timers::iterator> timer;  // nothing: an answer is awaited
  };

  void ask(const Servers::Name& name);
  void answered(const Servers::Name& name, const base::Result<io::Resolved>& resolved);
  io::Resolver& resolver();

  io::Loop& loop_;
  const std::shared_ptr<Servers> servers_;
  const std::function<void()> changed_;
  std::map<Servers::Name, Asked> asked_;
  std::unique_ptr<io::Resolver> resolver_;  // null: there was no name yet
};

}  // namespace larder::origin
