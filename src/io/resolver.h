// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/address.h"
#include "io/loop.h"

namespace larder::io {

// What a name comes to, and how long that may be believed.
struct Resolved {
  std::vector<Address> addresses;
  std::int64_t ttl_s = 0;  // of the record that ends first; of a number or /etc/hosts: an hour
};

// Asks name servers on a loop's thread, without blocking it (c-ares is behind this). Of one loop.
class Resolver {
 public:
  using Done = std::function<void(base::Result<Resolved>)>;

  explicit Resolver(Loop& loop);
  ~Resolver();  // who waits is not told any more
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Other name servers than those of /etc/resolv.conf: `127.0.0.1:5353`.
  base::Status use(const std::vector<std::string>& servers);
  // Never inside the call. A failure says what was asked and why there is no answer.
  void resolve(const std::string& host, std::uint16_t port, Done done);

 private:
  class Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace larder::io
