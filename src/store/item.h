// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include "base/limits.h"
#include "store/operation.h"
#include "store/packed_stamp.h"
#include "store/stamp.h"

namespace larder::store {

class Attachment;

constexpr std::int64_t kMsPerS = 1000;

// What a version of an item is, but for its key and value.
struct Terms {
  Stamp stamp = 0;
  Cas own_cas = 0;  // a client's own number; 0: none, the stamp is the cas
  UnixMs expires = kNeverExpires;
  std::uint32_t flags = 0;

  bool operator==(const Terms&) const = default;
};

// One version of a key's value, packed, at any address in a page. A view: copies refer to the same
// bytes.
//
//   packed  [ word 4 ][ accessed 3 ][ stamp 6 ]([ expires 4 ])([ flags 4 ])       13 to 21 bytes
//   wide    [ word 4 ][ accessed 3 ][ stamp 8 ][ own cas 8 ][ expires 8 ][ flags 4 ]      35 bytes
//           then     ([ check 4 ]) ([ Attachment* 8 ]) ([ long key's size 2 ]) [ key ] ([ value ])
//   dead    [ word 4 ] …                              the word holds the number of bytes to skip
//
//   word     31    27 26       23 22 21 20        8 7        0
//            ├ form ─┼─ marks ───┼ uses ┼─ size ────┼ key size ┤     a key size of 0: dead, and the
//                                                                    rest is the length; of 255:
//                                                                    a long key (from 255 bytes on)
//   check    of items that outlive the process: over all that does not change in place, and of
//            long ones the value is their PieceList, with the Attachment of the process that runs
//   stamp    a PackedStamp
//   expires  milliseconds behind the stamp, or never, or kExpired, or kSticky; what does not fit
//            any of these makes the item wide
//   accessed seconds, modulo 2^24 (194 days)
//
//   what                      written                                        read
//   key, value                before the index knows it; later only under    anybody with a pin
//                             the shard lock while the page has no pin
//   all else                  under the shard lock                           under the shard lock
class Item {
 public:
  enum Mark : std::uint32_t {
    kFetched = 1U << 23,    // a reader has had it
    kStale = 1U << 24,      // invalidated
    kTokenSent = 1U << 25,  // a reader has been asked to fill it
    kBinaryKey = 1U << 26,  // stored under a key marked binary
  };
  static constexpr std::uint32_t kMarks = kFetched | kStale | kTokenSent | kBinaryKey;
  enum Form : std::uint32_t {
    kChecked = 1U << 27,
    kHasExpiry = 1U << 28,
    kHasFlags = 1U << 29,
    kWide = 1U << 30,
    kAttached = 1U << 31,
  };
  static constexpr std::uint32_t kForms = kChecked | kHasExpiry | kHasFlags | kWide | kAttached;
  static constexpr unsigned kMostUses = 3;
  static constexpr std::size_t kLeastDeadBytes = 4;

  Item() = default;
  explicit Item(std::byte* at) : at_(at) {}
  explicit operator bool() const { return at_ != nullptr; }
  std::byte* at() const { return at_; }

  // The form that terms and value need.
  static std::uint32_t form_of(const Terms& terms, bool attached, const StampFrame& frame);
  static std::size_t header_bytes(std::uint32_t form) { return kHeaderBytes[form >> kFormShift]; }
  static std::size_t bytes_of(std::uint32_t form, std::size_t key_size, std::size_t value_size) {
    return header_bytes(form) + key_bytes(key_size) + bytes_in_log(form, value_size);
  }

  // The least for a key and a value that is short, or lies elsewhere.
  static std::size_t least_bytes(std::size_t key_size, std::size_t value_size) {
    return bytes_of(0, key_size, value_size <= limits::kMaxContiguousBytes ? value_size : 0);
  }

  // Writes header and key of a new item over bytes_of(...) bytes; the value is left to the caller.
  static Item create(std::byte* at, std::uint32_t form, std::string_view key,
                     std::size_t value_size, const Terms& terms, std::uint32_t marks,
                     const StampFrame& frame);
  // Makes `bytes` bytes (kLeastDeadBytes at least) at `at` dead; walks step over them.
  static void bury(std::byte* at, std::size_t bytes);

  // Of an item that lies in so many bytes, if it lies in them: whether bytes() looks at no others.
  bool tells_size_within(std::size_t room) const {
    return (word() & kKeySize) != kLongKey || header_bytes(form()) + kKeySizeBytes <= room;
  }

  bool is_dead() const { return (word() & kKeySize) == 0; }
  std::size_t dead_bytes() const { return word() >> 8; }

  bool is(Mark mark) const { return (word() & mark) != 0; }
  void set(Mark mark) { set_word(word() | mark); }
  void clear(Mark mark) { set_word(word() & ~mark); }
  std::uint32_t marks() const { return word() & kMarks; }
  void set_marks(std::uint32_t marks) { set_word((word() & ~std::uint32_t{kMarks}) | marks); }
  std::uint32_t form() const { return word() & kForms; }
  bool is_attached() const { return (word() & kAttached) != 0; }

  std::string_view key() const {
    const std::size_t size = word() & kKeySize;
    const std::size_t at = header_bytes(form());
    if (size == kLongKey) [[unlikely]]
      return {chars(at + kKeySizeBytes), read<std::uint16_t>(at)};
    return {chars(at), size};
  }
  // In the page; of long ones what the log holds of them.
  std::size_t bytes() const { return value_at() + short_size(); }
  // Of a short value, or of the list of pieces in its place.
  char* value() const { return chars(value_at()); }
  std::string_view short_value() const { return {value(), short_size()}; }
  std::size_t short_size() const { return word() >> kSizeShift & kMostShort; }
  void set_short_size(std::size_t size) {
    set_word((word() & ~(kMostShort << kSizeShift)) | static_cast<std::uint32_t>(size)
                                                          << kSizeShift);
  }

  bool is_checked() const { return (word() & kChecked) != 0; }
  // Once all of it is written; true until then only by one in four billion.
  void seal() { write(check_at(), sum()); }
  bool is_sound() const { return is_checked() && read<std::uint32_t>(check_at()) == sum(); }

  Attachment* attachment() const {
    return reinterpret_cast<Attachment*>(
        read<std::uintptr_t>(header_bytes(form()) - sizeof(std::uintptr_t)));
  }
  void set_attachment(Attachment* attachment) {
    write(header_bytes(form()) - sizeof(std::uintptr_t),
          reinterpret_cast<std::uintptr_t>(attachment));
  }

  Terms terms(const StampFrame& frame) const;
  Stamp stamp(const StampFrame& frame) const {
    return (word() & kWide) != 0 ? read<Stamp>(kStamp) : packed_stamp().stamp(frame);
  }
  UnixMs expires(const StampFrame& frame) const {
    const std::uint32_t form = word();
    if ((form & (kHasExpiry | kWide)) == 0) return kNeverExpires;
    if ((form & kWide) != 0) return read<UnixMs>(kWideExpires);
    const auto behind = read<std::uint32_t>(kPackedEnd);
    if (behind >= kPackedSticky) return behind == kPackedNever ? kNeverExpires : kSticky;
    return behind == kPackedExpired ? kExpired : packed_stamp().time(frame) + behind;
  }
  std::uint32_t flags() const {
    const std::uint32_t form = word();
    if ((form & (kHasFlags | kWide)) == 0) return 0;
    if ((form & kWide) != 0) return read<std::uint32_t>(kWideFlags);
    return read<std::uint32_t>(kPackedEnd + ((form & kHasExpiry) != 0 ? kNumberBytes : 0));
  }
  Cas own_cas() const { return (word() & kWide) != 0 ? read<Cas>(kWideCas) : 0; }
  Cas cas(const StampFrame& frame) const {
    const Cas own = own_cas();
    return own != 0 ? own : stamp(frame);
  }
  bool is_sticky() const {
    const std::uint32_t form = word();
    if ((form & kWide) != 0) return read<UnixMs>(kWideExpires) == kSticky;
    return (form & kHasExpiry) != 0 && read<std::uint32_t>(kPackedEnd) == kPackedSticky;
  }
  bool is_expired(UnixMs now, const StampFrame& frame) const {
    if ((word() & (kHasExpiry | kWide)) == 0) return false;
    const UnixMs at = expires(frame);
    return is_mortal(at) && at <= now;
  }
  // False: not in this item's form; it must be written anew.
  [[nodiscard]] bool set_terms(const Terms& terms, const StampFrame& frame);
  // The same for the expiry alone, in one store: nobody finds half of it, whenever we are killed.
  [[nodiscard]] bool set_expires(UnixMs expires, const StampFrame& frame);

  // A clock that went back a little makes it 0, not half a year.
  std::int64_t idle_s(UnixMs now) const {
    const std::uint32_t idle = (seconds_of(now) - accessed()) & kAccessedMask;
    constexpr std::uint32_t kWentBack = kAccessedMask - 24 * 3600;
    return idle > kWentBack ? 0 : idle;
  }
  void set_accessed(UnixMs now) { write_accessed(seconds_of(now)); }
  std::uint32_t accessed() const { return read<std::uint32_t>(kAccessed) & kAccessedMask; }
  void write_accessed(std::uint32_t seconds) {
    write(kAccessed, static_cast<std::uint16_t>(seconds));
    write(kAccessed + kLowAccessedBytes, static_cast<std::uint8_t>(seconds >> 16));
  }

  // Sightings by readers, up to three: what eviction goes by.
  unsigned uses() const { return word() >> kUsesShift & kMostUses; }
  void set_uses(unsigned uses) {
    set_word((word() & ~(kMostUses << kUsesShift)) | uses << kUsesShift);
  }
  // A sign of use, which may mark it.
  void access(UnixMs now, std::uint32_t marks = 0) {
    constexpr std::uint32_t kOneUse = 1U << kUsesShift;
    const std::uint32_t before = word();
    const bool counts = (before & kMostUses * kOneUse) != kMostUses * kOneUse;
    const std::uint32_t after = (before | marks) + (counts ? kOneUse : 0);
    if (after != before) set_word(after);
    if (accessed() != seconds_of(now)) set_accessed(now);
  }

 private:
  static constexpr std::uint32_t kKeySize = 0xff;
  static constexpr std::uint32_t kLongKey = kKeySize;
  static constexpr std::size_t kKeySizeBytes = sizeof(std::uint16_t);
  static_assert(limits::kMaxKeyBytes < kLongKey && limits::kMaxArcusKeyBytes <= 0xffff);
  static constexpr unsigned kSizeShift = 8;
  static constexpr std::uint32_t kMostShort = (1U << 13) - 1;
  static_assert(limits::kMaxContiguousBytes <= kMostShort);
  static constexpr unsigned kUsesShift = 21;
  static constexpr std::size_t kAccessed = 4;
  static constexpr std::size_t kLowAccessedBytes = 2;
  static constexpr std::uint32_t kAccessedMask = (1U << 24) - 1;
  static constexpr std::size_t kStamp = 7;
  static constexpr std::size_t kPackedEnd = 13;
  static constexpr std::size_t kWideCas = 15;
  static constexpr std::size_t kWideExpires = 23;
  static constexpr std::size_t kWideFlags = 31;
  static constexpr std::size_t kWideEnd = 35;
  static constexpr std::size_t kNumberBytes = sizeof(std::uint32_t);  // expiry, flags, check
  static constexpr std::uint32_t kPackedNever = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kPackedSticky = kPackedNever - 1;
  static constexpr std::uint32_t kPackedExpired = 0;

  static constexpr unsigned kFormShift = 27;
  static constexpr std::array<std::uint8_t, 32> kHeaderBytes = [] {
    std::array<std::uint8_t, 32> bytes{};
    for (std::uint32_t i = 0; i < bytes.size(); ++i) {
      const std::uint32_t form = i << kFormShift;
      std::size_t sum = kPackedEnd;
      if ((form & kHasExpiry) != 0) sum += kNumberBytes;
      if ((form & kHasFlags) != 0) sum += kNumberBytes;
      if ((form & kWide) != 0) sum = kWideEnd;
      if ((form & kChecked) != 0) sum += kNumberBytes;
      if ((form & kAttached) != 0) sum += sizeof(std::uintptr_t);
      bytes[i] = static_cast<std::uint8_t>(sum);
    }
    return bytes;
  }();

  // What the log needs for a key of that size.
  static std::size_t key_bytes(std::size_t size) {
    return size < kLongKey ? size : kKeySizeBytes + size;
  }
  static std::size_t bytes_in_log(std::uint32_t form, std::size_t value_size) {
    return (form & (kAttached | kChecked)) == kAttached ? 0 : value_size;
  }
  static std::optional<std::uint32_t> pack_expiry(UnixMs expires, Stamp stamp);

  static std::uint32_t seconds_of(UnixMs now) {
    return static_cast<std::uint32_t>(now / kMsPerS) & kAccessedMask;
  }

  template <class T>
  T read(std::size_t offset) const {
    T value;
    std::memcpy(&value, at_ + offset, sizeof value);
    return value;
  }
  template <class T>
  void write(std::size_t offset, T value) {
    std::memcpy(at_ + offset, &value, sizeof value);
  }
  char* chars(std::size_t offset) const { return reinterpret_cast<char*>(at_) + offset; }
  std::size_t value_at() const {
    const std::size_t size = word() & kKeySize;
    const std::size_t at = header_bytes(form());
    if (size == kLongKey) [[unlikely]]
      return at + kKeySizeBytes + read<std::uint16_t>(at);
    return at + size;
  }
  std::uint32_t word() const { return read<std::uint32_t>(0); }
  void set_word(std::uint32_t word) { write(0, word); }
  PackedStamp packed_stamp() const {
    constexpr std::size_t kLowBytes = 4;
    return PackedStamp(read<std::uint32_t>(kStamp) |
                       std::uint64_t{read<std::uint16_t>(kStamp + kLowBytes)} << 32);
  }
  void write_terms(const Terms& terms, const StampFrame& frame);
  std::size_t check_at() const {
    return header_bytes(form()) - kNumberBytes - (is_attached() ? sizeof(std::uintptr_t) : 0);
  }
  std::uint32_t sum() const;

  std::byte* at_ = nullptr;
};

}  // namespace larder::store
