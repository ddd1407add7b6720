// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/address.h"
#include "origin/health.h"
#include "origin/upstream.h"

namespace larder::origin {

// One address of an upstream, as all loops see it: the same one as long as the configuration and
// the name servers still have it.
struct Server {
  Server(const io::Address& at, std::string name, std::string cookie)
      : address(at), text(at.text()), host(std::move(name)), sticky(std::move(cookie)) {}

  const io::Address address;
  const std::string text;    // of the address: what it is known by
  const std::string host;    // as it is configured, without the port
  const std::string sticky;  // the value of its cookie

  // What Servers guards by its mutex.
  ServerOptions options = {};
  Health health = {};
  Checked checked = {};
  std::size_t busy = 0;      // connections, and requests that are given one
  std::int64_t current = 0;  // of smooth weighted round robin
  bool fits = false;         // of the choice at hand: may be chosen, and has room

  HealthTerms health_terms() const {
    return {.max_fails = options.max_fails, .fail_timeout_ms = options.fail_timeout_ms};
  }
  bool is_full() const { return options.max_connections != 0 && busy >= options.max_connections; }
  // Whatever requests have found out.
  bool is_wanted() const { return !options.down && checked.is_in(); }

  // Any thread.
  std::atomic<std::size_t> idle = 0;  // connections of all loops
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> failures = 0;
  std::atomic<bool> retired = false;  // the upstream has it no more: keep no connection
};

using ServerList = std::vector<std::shared_ptr<Server>>;

}  // namespace larder::origin
