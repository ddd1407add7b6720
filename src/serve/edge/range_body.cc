// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/range_body.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "serve/edge/object_store.h"

namespace larder::serve::edge {
namespace {

using State = http::Pulled::State;

constexpr std::uint64_t kPartBytes = ObjectStore::kPartBytes;

// Nobody can know it beforehand, and so nobody can write it into a body.
std::string any_boundary() {
  constexpr int kHexadecimal = 16;
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), base::random_seed(),
                                 kHexadecimal);
  return {digits.data(), end.ptr};
}

}  // namespace

std::string content_range_of(const wire::http::ByteRange& range, std::uint64_t size) {
  return "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/" +
         std::to_string(size);
}

RangeBody::RangeBody(Object object, std::vector<wire::http::ByteRange> ranges,
                     std::string_view content_type, PartSupplier* supplier)
    : object_(std::move(object)),
      ranges_(std::move(ranges)),
      content_type_(content_type),
      supplier_(supplier) {
  if (is_multipart()) boundary_ = any_boundary();
  for (const wire::http::ByteRange& range : ranges_) {
    LARDER_CHECK(range.first <= range.last && range.last < body_bytes());
  }
  size_ = wanted_bytes();
  if (object_.head().inline_body) pin_ = SharedPin(object_.take_pin());
}

std::uint64_t RangeBody::wanted_bytes() const {
  std::uint64_t bytes = 0;
  for (const wire::http::ByteRange& range : ranges_) {
    bytes += range.size();
    if (is_multipart()) bytes += heading_of(range).size();
  }
  constexpr std::size_t kClosing = std::string_view("\r\n----\r\n").size();
  constexpr std::size_t kLineEndOfFirst = 2;  // which has none in front
  return is_multipart() ? bytes + kClosing + boundary_.size() - kLineEndOfFirst : bytes;
}

std::string RangeBody::response_type() const {
  return is_multipart() ? "multipart/byteranges; boundary=" + boundary_ : content_type_;
}

// With the end of the line before, which belongs to the boundary.
std::string RangeBody::heading_of(const wire::http::ByteRange& range) const {
  std::string heading = "\r\n--" + boundary_ + "\r\n";
  if (!content_type_.empty()) heading += "Content-Type: " + content_type_ + "\r\n";
  return heading + "Content-Range: " + content_range_of(range, body_bytes()) + "\r\n\r\n";
}

// False: all has been pulled.
bool RangeBody::begin_next() {
  const std::size_t number = begun_;
  const std::size_t all = ranges_.size() + (is_multipart() ? 1 : 0);
  if (number == all) return false;
  ++begun_;
  text_.clear();
  text_done_ = 0;
  if (number == ranges_.size()) {
    text_ = "\r\n--" + boundary_ + "--\r\n";
    return true;
  }
  at_ = ranges_[number].first;
  left_ = ranges_[number].size();
  if (is_multipart()) text_ = heading_of(ranges_[number]).substr(number == 0 ? 2 : 0);
  return true;
}

http::Pulled RangeBody::pull(std::size_t room) {
  if (failed_) return fail();
  while (text_done_ == text_.size() && left_ == 0) {
    if (!begin_next()) return {.state = State::kEnd};
  }
  if (text_done_ < text_.size()) return pull_text(room);
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(room, left_));
  return object_.head().inline_body ? pull_inline(most) : pull_part(most);
}

http::Pulled RangeBody::pull_text(std::size_t room) {
  const std::string_view bytes = std::string_view(text_).substr(text_done_, room);
  text_done_ += bytes.size();
  return {.state = State::kBytes, .bytes = bytes};
}

http::Pulled RangeBody::pull_inline(std::size_t room) {
  const std::string_view bytes = object_.body_pieces().from(at_).substr(0, room);
  return advance({State::kBytes, bytes, pin_.share(), object_.frozen()});
}

http::Pulled RangeBody::pull_part(std::size_t room) {
  const std::uint64_t number = at_ / kPartBytes;
  const std::size_t offset = at_ % kPartBytes;
  if (part_ != number) find_part(number);
  if (!bytes_) return pull_supplied(offset, std::min(room, ObjectStore::kPartBytes - offset));
  const std::string_view bytes = pieces_of(*bytes_, offset).first.substr(0, room);
  return advance({State::kBytes, bytes, pin_.share(), bytes_->frozen()});
}

// One of another size than it should have is as good as none.
void RangeBody::find_part(std::uint64_t number) {
  if (supplier_ == nullptr) return;
  part_ = number;
  bytes_ = supplier_->find(number);
  const std::uint64_t size = std::min(kPartBytes, body_bytes() - number * kPartBytes);
  if (bytes_ && bytes_->size() != size) bytes_.reset();
  pin_ = bytes_ ? SharedPin(bytes_->take_pin()) : SharedPin();
}

http::Pulled RangeBody::pull_supplied(std::size_t offset, std::size_t room) {
  if (supplier_ == nullptr) return fail();
  http::Pulled pulled = supplier_->pull(*part_, offset, room);
  switch (pulled.state) {
    case State::kBytes:
      LARDER_CHECK(!pulled.bytes.empty() && pulled.bytes.size() <= room);
      return advance(std::move(pulled));
    case State::kLater: return pulled;
    case State::kEnd:
    case State::kFailed: break;
  }
  return fail();
}

http::Pulled RangeBody::advance(http::Pulled pulled) {
  at_ += pulled.bytes.size();
  left_ -= pulled.bytes.size();
  return pulled;
}

http::Pulled RangeBody::fail() {
  failed_ = true;
  return {.state = State::kFailed};
}

}  // namespace larder::serve::edge
