// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/load/pipeline.h"
#include "cli/load/requests.h"
#include "cli/load/tally.h"

namespace larder::cli::load {

// Reads the replies of one connection and holds each against its request.
//
//   received   reply … | reply … | the beginning of on
//   scan       ├ step ►├ step … ►├ comes again, with more behind it
//
// An error answers its request and is counted; anything that does not fit is a failure, since what
// follows could not be told apart.
class Replies {
 public:
  // What is referred to must outlive the replies. `verify`: every byte of every value, where the
  // protocol says whose it is.
  static std::unique_ptr<Replies> make(const Shape& shape, bool verify, Pipeline& pipeline,
                                       Tally& tally);
  virtual ~Replies() = default;

  // Consumes what can be consumed of `bytes` and returns how much; what is left is less than
  // limits::kMaxHeadBytes.
  base::Result<std::size_t> scan(std::string_view bytes);

  // The first error that was counted.
  const std::string& first_error() const { return first_error_; }

 protected:
  Replies(Pipeline& pipeline, Tally& tally) : pipeline_(pipeline), tally_(tally) {}

  Pipeline::Request& asked() { return pipeline_.at(pipeline_.first()); }
  std::span<std::uint32_t> asked_keys() { return pipeline_.keys(pipeline_.first()); }
  Tally& tally() { return tally_; }

  void answered();                          // what was asked first
  void count_error(std::string_view what);  // and it is answered
  // What a step returns when nothing that follows can be told apart.
  std::size_t fail(std::string_view what, std::string_view bytes);

 private:
  // Returns the bytes that it consumed; 0: more are needed, or it has failed. Something is asked.
  virtual std::size_t step(std::string_view bytes) = 0;

  Pipeline& pipeline_;
  Tally& tally_;
  std::string first_error_;
  std::string failed_;
};

}  // namespace larder::cli::load
