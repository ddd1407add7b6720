// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "cli/load/replies.h"
#include "wire/http/head.h"

namespace larder::cli::load {

// Those of an HTTP server, to requests by GET.
//
//   head ─┬─ 200, 304, …: a hit ─┬─► its body, by length or in chunks ──► the next head
//         ├─ 404, 410: a miss ───┤
//         ├─ any other: an error ┘
//         └─ 1xx: the head behind it answers
//
// Whatever is in a body is stepped over. A body that ends with its connection is a failure.
class HttpReplies final : public Replies {
 public:
  HttpReplies(Pipeline& pipeline, Tally& tally) : Replies(pipeline, tally) {}

 private:
  std::size_t step(std::string_view bytes) override;
  std::size_t step_head(std::string_view bytes);
  std::size_t step_body(std::string_view bytes);
  std::size_t step_chunks(std::string_view bytes);
  void body_over();

  wire::http::ResponseHead head_;
  unsigned status_ = 0;  // of the reply whose body comes; 0: a head is to come
  std::uint64_t body_left_ = 0;
  std::optional<wire::http::ChunkDecoder> chunks_;
};

}  // namespace larder::cli::load
