// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "http/exchange.h"

namespace larder::app {

// What `larder serve` puts behind its edge, so that there is something to cache: a page that says
// when it was made and how many were made before it, good for ten seconds.
class DemoOrigin final : public http::Handler {
 public:
  std::unique_ptr<http::Exchange> open(http::Stream& stream) override;
  Refusal refuse(const http::Client& client, unsigned status, std::string_view why) override;

 private:
  std::atomic<std::uint64_t> made_ = 0;
};

}  // namespace larder::app
