// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/stored_parts.h"

#include <utility>

namespace larder::serve::edge {
namespace {

using State = http::Pulled::State;

constexpr std::uint64_t kPartBytes = ObjectStore::kPartBytes;

}  // namespace

StoredParts::StoredParts(ObjectStore& store, io::Loop& loop, PartialBody body,
                         std::vector<wire::http::ByteRange> wanted, FetchParts fetch)
    : store_(store),
      loop_(loop),
      body_(std::move(body)),
      wanted_(std::move(wanted)),
      fetch_(std::move(fetch)) {}

// If the first part is on its way, whoever brings it knows from now on that it is wanted.
void StoredParts::supply(RangeBody& body) {
  supplied_ = &body;
  const std::uint64_t first = wanted_.front().first;
  if (!store_.has_part(body_.id, first / kPartBytes, loop_.now())) read_from(first);
}

http::Pulled StoredParts::pull(std::uint64_t number, std::size_t offset, std::size_t room) {
  const std::uint64_t byte = number * kPartBytes + offset;
  const bool is_there = reader_ != nullptr && at_ == byte;
  if (!is_there && !read_from(byte)) return {.state = State::kFailed};
  http::Pulled pulled = reader_->pull(room);
  if (pulled.state == State::kEnd && is_there) {  // the next ones have not been asked for yet
    if (!read_from(byte)) return {.state = State::kFailed};
    pulled = reader_->pull(room);
  }
  if (pulled.state == State::kBytes) at_ += pulled.bytes.size();
  return pulled;
}

// The reader before leaves when the next one is there: it may be of the same fill.
bool StoredParts::read_from(std::uint64_t byte) {
  if (body_.etag.empty()) return false;
  const FillSpan span = missing_from(byte);
  const auto read = [&](bool alone) {
    return fetch_(span, alone)->read(loop_, byte, range_of(span, body_).last);
  };
  std::unique_ptr<Fill::Reader> reader = read(false);
  if (reader == nullptr) reader = read(true);
  if (reader == nullptr) return false;
  reader_ = std::move(reader);
  reader_->read_by(this);
  at_ = byte;
  return true;
}

// The part that has that byte, and those behind it that are wanted and missing as well.
FillSpan StoredParts::missing_from(std::uint64_t byte) const {
  const std::uint64_t number = byte / kPartBytes;
  FillSpan span{.id = body_.id, .first = number, .last = number};
  for (const wire::http::ByteRange& each : wanted_) {
    if (byte < each.first || each.last < byte) continue;
    const ObjectHead head{.id = body_.id, .body_bytes = body_.bytes};
    const auto missing =
        find_missing(store_, head, {.first = byte, .last = each.last}, loop_.now());
    if (missing && missing->numbers.front() == number) span.last = missing->range.last / kPartBytes;
    break;
  }
  return span;
}

bool has_all_parts(ObjectStore& store, const ObjectHead& head, base::UnixMs now) {
  if (head.inline_body) return true;
  const std::uint64_t parts = (head.body_bytes + kPartBytes - 1) / kPartBytes;
  for (std::uint64_t number = 0; number < parts; ++number) {
    if (!store.has_part(head.id, number, now)) return false;
  }
  return true;
}

}  // namespace larder::serve::edge
