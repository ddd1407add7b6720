// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/packed_head.h"

#include <cstring>

namespace larder::serve::edge {
namespace {

constexpr std::uint8_t kKindBits = 0x03;
constexpr std::uint8_t kHasStaleTimes = 0x04;
constexpr std::uint8_t kHasSelecting = 0x08;
constexpr std::uint8_t kAllBits = kKindBits | kHasStaleTimes | kHasSelecting;

constexpr std::uint8_t kInlineBody = 0x01;
constexpr std::uint8_t kStrongValidator = 0x02;
constexpr std::uint8_t kValidator = 0x04;
constexpr std::uint8_t kNeedsValidation = 0x08;
constexpr std::uint8_t kMustRevalidate = 0x10;
constexpr std::uint8_t kHeuristic = 0x20;
constexpr unsigned kCodingShift = 6;

std::uint8_t form_of(const ObjectHead& head) {
  auto form = static_cast<std::uint8_t>(RecordKind::kObject);
  if (head.freshness.while_revalidate_ms != 0 || head.freshness.if_error_ms != 0)
    form |= kHasStaleTimes;
  if (head.selecting_bytes != 0) form |= kHasSelecting;
  return form;
}

std::uint8_t marks_of(const ObjectHead& head) {
  unsigned marks = static_cast<unsigned>(head.coding) << kCodingShift;
  if (head.inline_body) marks |= kInlineBody;
  if (head.has_strong_validator) marks |= kStrongValidator;
  if (head.has_validator) marks |= kValidator;
  if (head.freshness.needs_validation) marks |= kNeedsValidation;
  if (head.freshness.must_revalidate) marks |= kMustRevalidate;
  if (head.freshness.heuristic) marks |= kHeuristic;
  return static_cast<std::uint8_t>(marks);
}

void set_marks(unsigned marks, ObjectHead& into) {
  into.coding = static_cast<wire::http::Coding>(marks >> kCodingShift);
  into.inline_body = (marks & kInlineBody) != 0;
  into.has_strong_validator = (marks & kStrongValidator) != 0;
  into.has_validator = (marks & kValidator) != 0;
  into.freshness.needs_validation = (marks & kNeedsValidation) != 0;
  into.freshness.must_revalidate = (marks & kMustRevalidate) != 0;
  into.freshness.heuristic = (marks & kHeuristic) != 0;
}

std::size_t bytes_of(std::uint8_t form) {
  constexpr std::size_t kFixedBytes = 40;
  constexpr std::size_t kStaleTimesBytes = 16;
  return kFixedBytes + ((form & kHasStaleTimes) != 0 ? kStaleTimesBytes : 0) +
         ((form & kHasSelecting) != 0 ? sizeof(std::uint16_t) : 0);
}

template <class T>
void take(const char*& from, T& into) {
  std::memcpy(&into, from, sizeof into);
  from += sizeof into;
}

}  // namespace

RecordKind kind_of(std::string_view record) noexcept {
  if (record.empty()) return RecordKind::kNone;
  return static_cast<RecordKind>(static_cast<std::uint8_t>(record.front()) & kKindBits);
}

template <class T>
void PackedHead::add(T number) {
  std::memcpy(bytes_.data() + size_, &number, sizeof number);
  size_ += sizeof number;
}

PackedHead::PackedHead(const ObjectHead& head) {
  const std::uint8_t form = form_of(head);
  add(form);
  add(marks_of(head));
  add(head.status);
  add(head.field_bytes);
  add(head.id);
  add(head.body_bytes);
  add(head.freshness.generated);
  add(head.freshness.lifetime_ms);
  if ((form & kHasStaleTimes) != 0) {
    add(head.freshness.while_revalidate_ms);
    add(head.freshness.if_error_ms);
  }
  if ((form & kHasSelecting) != 0) add(head.selecting_bytes);
}

std::size_t PackedHead::unpack(std::string_view bytes, ObjectHead& into) noexcept {
  if (kind_of(bytes) != RecordKind::kObject) return 0;
  const auto form = static_cast<std::uint8_t>(bytes.front());
  if ((form & ~kAllBits) != 0 || bytes.size() < bytes_of(form)) return 0;
  const char* from = bytes.data() + sizeof form;
  std::uint8_t marks = 0;
  take(from, marks);
  set_marks(marks, into);
  take(from, into.status);
  take(from, into.field_bytes);
  take(from, into.id);
  take(from, into.body_bytes);
  take(from, into.freshness.generated);
  take(from, into.freshness.lifetime_ms);
  if ((form & kHasStaleTimes) != 0) {
    take(from, into.freshness.while_revalidate_ms);
    take(from, into.freshness.if_error_ms);
  }
  if ((form & kHasSelecting) != 0) take(from, into.selecting_bytes);
  return bytes_of(form);
}

}  // namespace larder::serve::edge
