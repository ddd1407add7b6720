// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "io/loop.h"
#include "origin/checker.h"
#include "origin/names.h"
#include "origin/servers.h"
#include "origin/terms.h"

namespace larder::origin {

// What goes on for an upstream though nobody asks: its names are resolved, its servers checked. On
// the first loop.
class Keeper {
 public:
  Keeper(io::Loop& loop, std::shared_ptr<Servers> servers);
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  // What holds from now on. Checks of servers that are still there go on.
  void update(const TermsPtr& terms);
  // The servers may be others.
  void check_all();
  Names& names() { return names_; }

 private:
  io::Loop& loop_;
  const std::shared_ptr<Servers> servers_;
  TermsPtr terms_;
  Names names_;
  std::map<std::shared_ptr<Server>, std::unique_ptr<Checker>> checkers_;
};

}  // namespace larder::origin
