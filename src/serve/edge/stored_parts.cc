// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/stored_parts.h"

#include <algorithm>
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
  if (!store_.has_part(body_.id, first / kPartBytes, loop_.now())) open(first);
  stored_.reset();
}

http::Pulled StoredParts::pull(std::uint64_t number, std::size_t offset, std::size_t room) {
  const std::uint64_t byte = number * kPartBytes + offset;
  for (bool is_new = false;;) {
    if (reader_ != nullptr && at_ == byte) {
      http::Pulled pulled = reader_->pull(room);
      if (pulled.state == State::kBytes) at_ += pulled.bytes.size();
      // Where one that was there before has ended, the next parts have not been asked for yet.
      if (pulled.state != State::kEnd || is_new) return pulled;
    }
    switch (open(byte)) {
      case Source::kNone: return {.state = State::kFailed};
      case Source::kReader: is_new = true; break;
      case Source::kStored: {
        cache::Value value = *std::exchange(stored_, std::nullopt);
        const std::string_view bytes = pieces_of(value, offset).first.substr(0, room);
        const bool frozen = value.frozen();
        return {State::kBytes, bytes, value.take_pin(), frozen};
      }
    }
  }
}

StoredParts::Source StoredParts::open(std::uint64_t byte) {
  if (body_.etag.empty()) return Source::kNone;
  const FillSpan span = missing_from(byte);
  if (const std::shared_ptr<Fill> fill = fetch_(span, false)) {
    if (read(fill, byte, span)) return Source::kReader;
  } else {
    stored_ = find_whole(span.first);
    if (stored_) return Source::kStored;
  }
  return read(fetch_(span, true), byte, span) ? Source::kReader : Source::kNone;
}

// The reader before leaves when the next one is there: it may be of the same fill.
bool StoredParts::read(std::shared_ptr<Fill> fill, std::uint64_t byte, const FillSpan& span) {
  std::unique_ptr<Fill::Reader> reader = fill->read(loop_, byte, range_of(span, body_).last);
  if (reader == nullptr) return false;
  reader_ = std::move(reader);
  reader_->read_by(this);
  at_ = byte;
  return true;
}

// One of another size than it should have is as good as none.
std::optional<cache::Value> StoredParts::find_whole(std::uint64_t number) {
  std::optional<cache::Value> value = find(number);
  const std::uint64_t size = std::min(kPartBytes, body_.bytes - number * kPartBytes);
  return value && value->size() == size ? std::move(value) : std::nullopt;
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
