// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cli/load/replies.h"
#include "cli/load/requests.h"
#include "cli/load/values.h"

namespace larder::cli::load {

// Those of a memcached server, in its text protocols.
//
//   kHead ──value line──► kValue ──its bytes──► kValueEnd ──line end──► kHead (meta, one key: end)
//     │
//     └── STORED, END, EN, … : the request is answered
//
// A value whose length is known and that has come as a whole is stepped over without being parsed,
// unless values are to be verified. An error line answers its request and is counted.
class MemcachedReplies final : public Replies {
 public:
  MemcachedReplies(const Shape& shape, bool verify, Pipeline& pipeline, Tally& tally);

 private:
  enum class State : std::uint8_t { kHead, kValue, kValueEnd };

  std::size_t step(std::string_view bytes) override;
  std::size_t step_whole_value(std::string_view bytes);
  std::size_t step_head(std::string_view bytes);
  std::size_t step_value(std::string_view bytes);
  std::size_t step_value_end(std::string_view bytes);

  void all_answered();
  std::size_t get_answered(std::size_t line_bytes);
  std::size_t value_begins(std::string_view line);
  bool identify(std::string_view key);
  bool take_error(std::string_view line);

  const Shape& shape_;
  const bool verify_;
  const bool must_identify_;  // the keys of values in a multiget's reply
  const std::string_view stored_;
  const std::string_view end_;  // of a get's reply; of a meta get of one key: the miss

  State state_ = State::kHead;
  std::uint32_t hits_ = 0;  // of the request at work
  std::uint32_t next_ = 0;  // of its keys, the first that may still come
  std::uint32_t key_ = 0;   // of the value at work, if it is known
  std::size_t value_left_ = 0;
  ValueCheck check_;
};

}  // namespace larder::cli::load
