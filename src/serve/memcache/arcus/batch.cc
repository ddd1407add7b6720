// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/batch.h"

#include <fmt/format.h>

#include "base/limits.h"

namespace larder::serve::memcache::arcus {
namespace {

constexpr std::string_view kEnd = "END\r\n";
constexpr std::string_view kTooManyCommands = "PIPE_ERROR command overflow\r\n";
constexpr std::string_view kBadStatus = "PIPE_ERROR bad error\r\n";

bool is_error(std::string_view line) {
  return line.starts_with("CLIENT_ERROR") || line.starts_with("SERVER_ERROR") ||
         line.starts_with("ERROR");
}

}  // namespace

void Batch::tell(const Status& status, io::Outbox& outbox) {
  if (status.pipe || (state_ != nullptr && !state_->failed)) return add(status, outbox);
  if (!status.noreply) outbox.append(status.line);
}

void Batch::add(const Status& status, io::Outbox& outbox) {
  if (state_ == nullptr || state_->failed) state_ = std::make_unique<State>();
  state_->statuses += status.line;
  ++state_->count;
  const bool goes_on = status.pipe || status.noreply;
  if (is_error(status.line)) return close(kBadStatus, goes_on, outbox);
  if (!goes_on) return close(kEnd, false, outbox);
  if (state_->count == limits::kPipedCommands) close(kTooManyCommands, true, outbox);
}

void Batch::close(std::string_view end, bool failed, io::Outbox& outbox) {
  outbox.append(fmt::format("RESPONSE {}\r\n", state_->count));
  outbox.append(state_->statuses);
  outbox.append(end);
  state_.reset();
  if (!failed) return;
  state_ = std::make_unique<State>();
  state_->failed = true;
}

bool Batch::skips(bool pipe) {
  const bool skipped = state_ != nullptr && state_->failed;
  if (skipped && !pipe) state_.reset();
  return skipped;
}

}  // namespace larder::serve::memcache::arcus
