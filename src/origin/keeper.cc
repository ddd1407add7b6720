// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/keeper.h"

#include <utility>

namespace larder::origin {

Keeper::Keeper(io::Loop& loop, std::shared_ptr<Servers> servers)
    : loop_(loop), servers_(std::move(servers)), names_(loop, servers_, [this] { check_all(); }) {}

void Keeper::update(const TermsPtr& terms) {
  terms_ = terms;
  for (const auto& [server, checker] : checkers_) checker->update(terms);
  check_all();
  names_.update();
}

void Keeper::check_all() {
  std::erase_if(checkers_, [](const auto& one) { return one.first->retired.load(); });
  if (terms_->options.check.path.empty()) {
    if (!checkers_.empty()) servers_->forget_checks(loop_.steady_now());
    checkers_.clear();
    return;
  }
  for (const auto& server : servers_->all()) {
    auto& checker = checkers_[server];
    if (checker) continue;
    checker = std::make_unique<Checker>(loop_, server, terms_, [this](Server& of, bool good) {
      servers_->checked(of, good, terms_->options.check, loop_.steady_now());
    });
  }
}

}  // namespace larder::origin
