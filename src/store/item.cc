// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/item.h"

#include <array>
#include <bit>
#include <limits>

#include "base/check.h"

namespace larder::store {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written by their low bytes");

constexpr unsigned kPackedLogicalBits = 10;
constexpr unsigned kPackedMsBits = 38;
constexpr std::size_t kPackedStampBytes = 6;
static_assert(kPackedLogicalBits + kPackedMsBits == 8 * kPackedStampBytes);
constexpr std::uint32_t kPackedNever = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kPackedExpired = 0;

constexpr std::uint64_t low_bits(std::uint64_t number, unsigned bits) {
  return number & ((std::uint64_t{1} << bits) - 1);
}

std::uint64_t logical_of(Stamp stamp) {
  return low_bits(stamp >> kStampNodeBits, kStampLogicalBits);
}
UnixMs time_of(Stamp stamp) { return kStampEpochMs + static_cast<UnixMs>(stamp >> kStampMsShift); }

bool is_packable(Stamp stamp, const StampFrame& frame) {
  const UnixMs ms = time_of(stamp) - frame.since;
  return low_bits(stamp, kStampNodeBits) == frame.node &&
         logical_of(stamp) >> kPackedLogicalBits == 0 && ms >= 0 && ms >> kPackedMsBits == 0;
}

std::uint64_t pack(Stamp stamp, const StampFrame& frame) {
  const auto ms = static_cast<std::uint64_t>(time_of(stamp) - frame.since);
  return ms << kPackedLogicalBits | logical_of(stamp);
}

UnixMs packed_time(std::uint64_t packed, const StampFrame& frame) {
  return frame.since + static_cast<UnixMs>(packed >> kPackedLogicalBits);
}

Stamp unpack(std::uint64_t packed, const StampFrame& frame) {
  const auto ms = static_cast<std::uint64_t>(packed_time(packed, frame) - kStampEpochMs);
  return ms << kStampMsShift | low_bits(packed, kPackedLogicalBits) << kStampNodeBits | frame.node;
}

// Of a packed item with a place for it; empty: only a wide one can hold it.
std::optional<std::uint32_t> pack_expiry(UnixMs expires, Stamp stamp) {
  if (expires == kNeverExpires) return kPackedNever;
  if (expires < 0) return kPackedExpired;
  const UnixMs behind = expires - time_of(stamp);
  if (behind <= kPackedExpired || behind >= kPackedNever) return std::nullopt;
  return static_cast<std::uint32_t>(behind);
}

constexpr unsigned kFormShift = 28;

// By the four bits of the form.
constexpr std::array<std::uint8_t, 16> kHeaderBytes = [] {
  std::array<std::uint8_t, 16> bytes{};
  for (std::uint32_t i = 0; i < bytes.size(); ++i) {
    const std::uint32_t form = i << kFormShift;
    std::size_t sum = 13;
    if ((form & Item::kHasExpiry) != 0) sum += sizeof(std::uint32_t);
    if ((form & Item::kHasFlags) != 0) sum += sizeof(std::uint32_t);
    if ((form & Item::kWide) != 0) sum = 35;
    if ((form & Item::kInExtents) != 0) sum += sizeof(Extents*);
    bytes[i] = static_cast<std::uint8_t>(sum);
  }
  return bytes;
}();

}  // namespace

std::size_t Item::header_bytes(std::uint32_t form) { return kHeaderBytes[form >> kFormShift]; }

std::uint32_t Item::form_of(const Terms& terms, bool in_extents, const StampFrame& frame) {
  const std::uint32_t long_form = in_extents ? std::uint32_t{kInExtents} : 0U;
  const bool packable = terms.own_cas == 0 && is_packable(terms.stamp, frame) &&
                        pack_expiry(terms.expires, terms.stamp).has_value();
  if (!packable) return kWide | long_form;
  return (terms.expires != kNeverExpires ? std::uint32_t{kHasExpiry} : 0U) |
         (terms.flags != 0 ? std::uint32_t{kHasFlags} : 0U) | long_form;
}

Item Item::create(std::byte* at, std::uint32_t form, std::string_view key, std::size_t value_size,
                  const Terms& terms, std::uint32_t marks, const StampFrame& frame) {
  Item item(at);
  const std::size_t short_size = (form & kInExtents) != 0 ? 0 : value_size;
  LARDER_CHECK(short_size <= kMostShort);
  item.set_word(static_cast<std::uint32_t>(key.size()) |
                static_cast<std::uint32_t>(short_size) << kSizeShift | form | marks);
  item.write_terms(terms, frame);
  std::memcpy(at + header_bytes(form), key.data(), key.size());
  return item;
}

void Item::bury(std::byte* at, std::size_t bytes) {
  LARDER_CHECK(bytes >= sizeof(std::uint32_t));
  Item(at).set_word(static_cast<std::uint32_t>(bytes) << kSizeShift);
}

// The form holds them.
void Item::write_terms(const Terms& terms, const StampFrame& frame) {
  const std::uint32_t form = this->form();
  if ((form & kWide) != 0) {
    write(kStamp, terms.stamp);
    write(kWideCas, terms.own_cas);
    write(kWideExpires, terms.expires);
    write(kWideFlags, terms.flags);
    return;
  }
  const std::uint64_t stamp = pack(terms.stamp, frame);
  std::memcpy(at_ + kStamp, &stamp, kPackedStampBytes);
  std::size_t at = kPackedEnd;
  if ((form & kHasExpiry) != 0) {
    write(at, *pack_expiry(terms.expires, terms.stamp));
    at += sizeof(std::uint32_t);
  }
  if ((form & kHasFlags) != 0) write(at, terms.flags);
}

bool Item::set_terms(const Terms& terms, const StampFrame& frame) {
  const std::uint32_t form = this->form();
  if ((form & kWide) == 0) {
    const std::uint32_t needed = form_of(terms, false, frame);
    if ((needed & ~form) != 0) return false;
  }
  write_terms(terms, frame);
  return true;
}

std::uint64_t Item::packed_stamp() const {
  std::uint64_t packed = 0;
  std::memcpy(&packed, at_ + kStamp, kPackedStampBytes);
  return packed;
}

Stamp Item::stamp(const StampFrame& frame) const {
  return (word() & kWide) != 0 ? read<Stamp>(kStamp) : unpack(packed_stamp(), frame);
}

UnixMs Item::expires(const StampFrame& frame) const {
  if ((word() & kWide) != 0) return read<UnixMs>(kWideExpires);
  if ((word() & kHasExpiry) == 0) return kNeverExpires;
  const auto behind = read<std::uint32_t>(kPackedEnd);
  if (behind == kPackedNever) return kNeverExpires;
  if (behind == kPackedExpired) return kExpired;
  return packed_time(packed_stamp(), frame) + behind;
}

bool Item::has_expired(UnixMs now, const StampFrame& frame) const {
  const UnixMs at = expires(frame);
  return at != kNeverExpires && at <= now;
}

std::uint32_t Item::flags() const {
  if ((word() & kWide) != 0) return read<std::uint32_t>(kWideFlags);
  if ((word() & kHasFlags) == 0) return 0;
  const bool behind_expiry = (word() & kHasExpiry) != 0;
  return read<std::uint32_t>(kPackedEnd + (behind_expiry ? sizeof(std::uint32_t) : 0));
}

Terms Item::terms(const StampFrame& frame) const {
  return {.stamp = stamp(frame), .own_cas = own_cas(), .expires = expires(frame), .flags = flags()};
}

// A clock that went back a little makes it 0, not half a year.
std::int64_t Item::idle_s(UnixMs now) const {
  const std::uint32_t idle = (seconds_of(now) - accessed()) & kAccessedMask;
  constexpr std::uint32_t kWentBack = kAccessedMask - 24 * 3600;
  return idle > kWentBack ? 0 : idle;
}

}  // namespace larder::store
