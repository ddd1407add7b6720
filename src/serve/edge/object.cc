// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/object.h"

#include <algorithm>
#include <array>
#include <utility>

#include "serve/edge/packed_head.h"

namespace larder::serve::edge {
namespace {

// Bytes from the front of `pieces`, one behind the other.
void copy_front(const Pieces& pieces, std::size_t bytes, char* to) {
  for (std::size_t done = 0; done < bytes;) done += pieces.from(done).copy(to + done, bytes - done);
}

}  // namespace

base::UnixMs expiry_of(const ObjectHead& head) {
  if (head.has_validator) return cache::kNeverExpires;
  const Freshness& freshness = head.freshness;
  const base::UnixMs end = freshness.generated + freshness.lifetime_ms +
                           std::max(freshness.while_revalidate_ms, freshness.if_error_ms);
  return end > 0 ? end : cache::kExpired;
}

std::size_t Pieces::size() const {
  std::size_t size = first.size();
  for (const std::string_view piece : rest) size += piece.size();
  return size;
}

std::string_view Pieces::from(std::size_t offset) const {
  if (offset < first.size()) return first.substr(offset);
  offset -= first.size();
  for (const std::string_view piece : rest) {
    if (offset < piece.size()) return piece.substr(offset);
    offset -= piece.size();
  }
  return {};
}

Pieces pieces_of(const cache::Value& value, std::size_t offset) {
  const std::span<const std::string_view> spans = value.spans();
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (offset < spans[i].size()) {
      // Of a contiguous value there is no rest, and the span is the value's own: it may move.
      const bool is_last = i + 1 == spans.size();
      return {spans[i].substr(offset), is_last ? Pieces{}.rest : spans.subspan(i + 1)};
    }
    offset -= spans[i].size();
  }
  return {};
}

std::optional<Object> Object::from(cache::Value value, const ObjectPlace& place) {
  std::optional<Object> object(std::in_place);
  object->place_ = place;
  object->value_ = std::move(value);
  if (!object->read()) object.reset();
  return object;
}

bool Object::read() {
  const Pieces all = pieces_of(value_);
  std::array<char, PackedHead::kMostBytes> copy;
  std::string_view front = all.first;
  if (front.size() < copy.size() && !all.rest.empty()) {
    const std::size_t bytes = std::min(copy.size(), value_.size());
    copy_front(all, bytes, copy.data());
    front = {copy.data(), bytes};
  }
  const std::size_t head_bytes = PackedHead::unpack(front, head_);
  if (head_bytes == 0) return false;
  const std::size_t text_bytes = std::size_t{head_.selecting_bytes} + head_.field_bytes;
  const std::uint64_t stored_body = head_.inline_body ? head_.body_bytes : 0;
  if (value_.size() - head_bytes < text_bytes) return false;
  if (value_.size() - head_bytes - text_bytes != stored_body) return false;
  const std::string_view texts = cut(head_bytes, text_bytes);
  selecting_ = texts.substr(0, head_.selecting_bytes);
  fields_ = texts.substr(head_.selecting_bytes);
  body_ = pieces_of(value_, head_bytes + text_bytes);
  frozen_ = value_.frozen();
  return true;
}

std::string_view Object::cut(std::size_t offset, std::size_t bytes) {
  const Pieces pieces = pieces_of(value_, offset);
  if (pieces.first.size() >= bytes) return pieces.first.substr(0, bytes);
  copy_ = std::make_unique_for_overwrite<char[]>(bytes);
  copy_front(pieces, bytes, copy_.get());
  return {copy_.get(), bytes};
}

}  // namespace larder::serve::edge
