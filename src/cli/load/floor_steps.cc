// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/floor_steps.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"

namespace larder::cli::load {

FloorPlan::FloorPlan(const Shape& shape) : letter_at_(shape.protocol == Protocol::kMeta ? 1 : 0) {
  LARDER_CHECK(shape.sizes.fixed());
  const Requests requests(shape);
  const std::uint32_t bytes = shape.sizes.max();
  std::size_t get_bytes = requests.get_bytes();
  std::string reply = shape.hit_reply(bytes);
  if (shape.protocol == Protocol::kMeta && shape.multiget > 1) {
    // A request for each key, and one that ends the get.
    constexpr std::string_view kEnd = "mn\r\n";
    const std::string end_reply = "MN\r\n";
    get_bytes = (get_bytes - kEnd.size()) / shape.multiget;
    reply.resize((reply.size() - end_reply.size()) / shape.multiget);
    types_[2] = {'n', kEnd.size(), end_reply};
  }
  types_[0] = {shape.protocol == Protocol::kHttp ? 'G' : 'g', get_bytes, std::move(reply)};
  if (shape.protocol == Protocol::kHttp) return;  // which has no sets
  types_[1] = {'s', requests.set_bytes(0),
               shape.protocol == Protocol::kText ? "STORED\r\n" : "HD\r\n"};
}

const FloorPlan::Type* FloorPlan::find(char letter) const {
  for (const Type& type : types_) {
    if (type.letter == letter && letter != 0) return &type;
  }
  return nullptr;
}

FloorSteps::Answer FloorSteps::answer(io::Inbox& inbox, io::Outbox& outbox) {
  const std::string_view received = inbox.unread();
  std::size_t at = 0;
  Answer answer = Answer::kAll;
  while (at < received.size()) {
    if (outbox.full()) {
      answer = Answer::kOutboxFull;
      break;
    }
    if (at_work_ == nullptr) {
      if (at + plan_.letter_at() >= received.size()) break;
      at_work_ = plan_.find(received[at + plan_.letter_at()]);
      if (at_work_ == nullptr) return Answer::kStranger;
      left_ = at_work_->request_bytes;
    }
    const std::size_t step = std::min(left_, received.size() - at);
    at += step;
    left_ -= step;
    if (left_ != 0) break;
    const std::string& reply = at_work_->reply;
    at_work_ = nullptr;
    reply.size() < limits::kPinReplyBytes ? outbox.append(reply)
                                          : outbox.append_pinned(reply, base::Pin());
  }
  inbox.consume(at);
  return answer;
}

}  // namespace larder::cli::load
