// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/load/pipeline.h"
#include "cli/load/requests.h"
#include "cli/load/tally.h"
#include "cli/load/values.h"

namespace larder::cli::load {

// Reads the replies of one connection and holds each against its request.
//
//   kHead ──value line──► kValue ──its bytes──► kValueEnd ──line end──► kHead (meta, one key: end)
//     │
//     └── STORED, END, EN, … : the request is answered
//
// A value whose length is known and that has come as a whole is stepped over without being parsed,
// unless values are to be verified. An error line answers its request and is counted; anything else
// that does not fit is a failure, since what follows could not be told apart.
class Replies {
 public:
  Replies(const Shape& shape, bool verify, Pipeline& pipeline, Tally& tally);

  // Consumes what can be consumed of `bytes` and returns how much: all but the beginning of a line.
  base::Result<std::size_t> scan(std::string_view bytes);

  // The first error line that was counted.
  const std::string& first_error() const { return first_error_; }

 private:
  enum class State : std::uint8_t { kHead, kValue, kValueEnd };

  // Each returns the bytes that it consumed; 0: more are needed, or failed_ says what is wrong.
  std::size_t step(std::string_view bytes);
  std::size_t step_whole_value(std::string_view bytes);
  std::size_t step_head(std::string_view bytes);
  std::size_t step_value(std::string_view bytes);
  std::size_t step_value_end(std::string_view bytes);

  void answered();
  std::size_t get_answered(std::size_t line_bytes);
  std::size_t value_begins(std::string_view line);
  bool identify(std::string_view key);
  bool take_error(std::string_view line);
  std::size_t fail(std::string_view what, std::string_view bytes);

  const Shape& shape_;
  const bool verify_;
  const bool must_identify_;  // the keys of values in a multiget's reply
  const std::string_view stored_;
  const std::string_view end_;  // of a get's reply; of a meta get of one key: the miss
  Pipeline& pipeline_;
  Tally& tally_;

  State state_ = State::kHead;
  std::uint32_t hits_ = 0;  // of the request at work
  std::uint32_t next_ = 0;  // of its keys, the first that may still come
  std::uint32_t key_ = 0;   // of the value at work, if it is known
  std::size_t value_left_ = 0;
  ValueCheck check_;
  std::string first_error_;
  std::string failed_;
};

}  // namespace larder::cli::load
