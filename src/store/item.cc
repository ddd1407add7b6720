// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/item.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/hash.h"
#include "store/program_order.h"

namespace larder::store {

static_assert(std::endian::native == std::endian::little, "numbers are written by their low bytes");

// For a packed item with a place for it; empty: only a wide one can hold it.
std::optional<std::uint32_t> Item::pack_expiry(UnixMs expires, Stamp stamp) {
  if (expires == kNeverExpires) return kPackedNever;
  if (expires == kSticky) return kPackedSticky;
  if (expires < 0) return kPackedExpired;
  const UnixMs behind = expires - PackedStamp::time_of(stamp);
  if (behind <= kPackedExpired || behind >= kPackedSticky) return std::nullopt;
  return static_cast<std::uint32_t>(behind);
}

std::uint32_t Item::form_of(const Terms& terms, bool attached, const StampFrame& frame) {
  const std::uint32_t attached_form = attached ? std::uint32_t{kAttached} : 0U;
  const bool packable = terms.own_cas == 0 && PackedStamp::holds(terms.stamp, frame) &&
                        pack_expiry(terms.expires, terms.stamp).has_value();
  if (!packable) return kWide | attached_form;
  return (terms.expires != kNeverExpires ? std::uint32_t{kHasExpiry} : 0U) |
         (terms.flags != 0 ? std::uint32_t{kHasFlags} : 0U) | attached_form;
}

Item Item::create(std::byte* at, std::uint32_t form, std::string_view key, std::size_t value_size,
                  const Terms& terms, std::uint32_t marks, const StampFrame& frame) {
  Item item(at);
  const std::size_t short_size = bytes_in_log(form, value_size);
  LARDER_CHECK(short_size <= kMostShort && key.size() <= limits::kMaxArcusKeyBytes);
  const auto key_size = static_cast<std::uint32_t>(std::min<std::size_t>(key.size(), kLongKey));
  item.set_word(key_size | static_cast<std::uint32_t>(short_size) << kSizeShift | form | marks);
  item.write_terms(terms, frame);
  const std::size_t key_at = header_bytes(form) + key_bytes(key.size()) - key.size();
  if (key_size == kLongKey) {
    item.write(header_bytes(form), static_cast<std::uint16_t>(key.size()));
  }
  key.copy(item.chars(key_at), key.size());
  return item;
}

void Item::bury(std::byte* at, std::size_t bytes) {
  LARDER_CHECK(bytes >= sizeof(std::uint32_t));
  keep_program_order();
  Item(at).set_word(static_cast<std::uint32_t>(bytes) << kSizeShift);
  keep_program_order();
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
  const std::uint64_t stamp = PackedStamp::pack(terms.stamp, frame).bits();
  std::memcpy(at_ + kStamp, &stamp, PackedStamp::kBytes);
  std::size_t at = kPackedEnd;
  if ((form & kHasExpiry) != 0) {
    write(at, *pack_expiry(terms.expires, terms.stamp));
    at += kNumberBytes;
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

bool Item::set_expires(UnixMs expires, const StampFrame& frame) {
  const std::uint32_t form = this->form();
  if ((form & kWide) != 0) {
    write(kWideExpires, expires);
    return true;
  }
  if ((form & kHasExpiry) == 0) return expires == kNeverExpires;
  const std::optional<std::uint32_t> behind = pack_expiry(expires, stamp(frame));
  if (behind) write(kPackedEnd, *behind);
  return behind.has_value();
}

// Of the expiry, marks and uses nothing: they change in place.
std::uint32_t Item::sum() const {
  constexpr std::uint32_t kShape = kKeySize | kMostShort << kSizeShift | kForms;
  struct {
    std::uint64_t stamp;
    Cas own_cas;
    std::uint32_t flags;
    std::uint32_t shape;
  } const fixed{(word() & kWide) != 0 ? read<Stamp>(kStamp) : packed_stamp().bits(), own_cas(),
                flags(), word() & kShape};
  const std::uint64_t head =
      base::keyed_hash({reinterpret_cast<const char*>(&fixed), sizeof fixed}, 0);
  const std::string_view tail(reinterpret_cast<const char*>(at_) + header_bytes(form()),
                              bytes() - header_bytes(form()));
  return static_cast<std::uint32_t>(base::keyed_hash(tail, head));
}

Terms Item::terms(const StampFrame& frame) const {
  return {.stamp = stamp(frame), .own_cas = own_cas(), .expires = expires(frame), .flags = flags()};
}

}  // namespace larder::store
