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
  if (count_ != 0 || status.pipe) return add(status, outbox);
  if (!status.noreply) outbox.append(status.line);
}

void Batch::add(const Status& status, io::Outbox& outbox) {
  statuses_ += status.line;
  ++count_;
  const bool goes_on = status.pipe || status.noreply;
  if (is_error(status.line)) return close(kBadStatus, goes_on, outbox);
  if (!goes_on) return close(kEnd, false, outbox);
  if (count_ == limits::kPipedCommands) close(kTooManyCommands, true, outbox);
}

void Batch::close(std::string_view end, bool failed, io::Outbox& outbox) {
  outbox.append(fmt::format("RESPONSE {}\r\n", count_));
  outbox.append(statuses_);
  outbox.append(end);
  statuses_ = {};  // its memory, too
  count_ = 0;
  failed_ = failed;
}

bool Batch::skips(bool pipe) {
  const bool skipped = failed_;
  if (!pipe) failed_ = false;
  return skipped;
}

}  // namespace larder::serve::memcache::arcus
