// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/body.h"

namespace larder::serve::edge {

// A request's body that waits for a slow client in our memory, before an origin has to.
//
//   client ─► [gathered … most] ─► ready ─► pull: what was gathered, then as it comes
//                  the end ───────────┘
class GatheredBody final : public http::BodySource, private http::BodyReader {
 public:
  // `from` must live as long as this. `ready` is called once, perhaps inside of begin: the body is
  // whole, or has failed, or there is no more room.
  GatheredBody(http::BodySource& from, std::size_t most, std::function<void()> ready);
  ~GatheredBody() override { from_.read_by(nullptr); }
  void begin() { gather(); }

  // Once it is ready. Nothing: the rest is still to come.
  std::optional<std::uint64_t> whole_bytes() const;
  bool has_failed() const { return end_ == http::Pulled::State::kFailed; }

  http::Pulled pull(std::size_t room) override;
  std::string_view trailer() const override { return from_.trailer(); }

 private:
  void body_ready() override;
  void gather();

  http::BodySource& from_;
  const std::size_t most_;
  std::function<void()> ready_;  // null: it was called
  std::string gathered_;
  std::size_t pulled_ = 0;                                 // of gathered_
  http::Pulled::State end_ = http::Pulled::State::kBytes;  // kEnd, kFailed: as gathering ended
};

}  // namespace larder::serve::edge
