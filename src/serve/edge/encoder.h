// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "serve/edge/policy.h"
#include "wire/http/negotiation.h"

namespace larder::serve::edge {

// One stream of gzip, brotli or zstd.
class Encoder {
 public:
  virtual ~Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  // How far the output must go.
  enum class Until : std::uint8_t {
    kMore,   // as is best
    kFlush,  // all of the input can be read from it
    kEnd,    // and it is whole
  };
  // Takes from `input` and appends to `output`, a chunk at most.
  enum class State : std::uint8_t {
    kAgain,  // there is more to be had of this input
    kDone,   // all of it has gone as far as `until` says
    kFailed,
  };
  virtual State encode(std::string_view& input, Until until, std::string& output) = 0;

  // Null: no coding, or no memory.
  static std::unique_ptr<Encoder> make(wire::http::Coding coding, const CompressPolicy& policy);

 protected:
  Encoder() = default;
};

}  // namespace larder::serve::edge
