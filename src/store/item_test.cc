// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/item.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace larder::store {
namespace {

constexpr std::uint32_t kNode = 5;
constexpr UnixMs kSince = 1'795'000'000'000;
constexpr StampFrame kFrame{.node = kNode, .since = kSince};
constexpr UnixMs kNow = kSince + 40'000'000'123;
constexpr UnixMs kLastPackable = kSince + (UnixMs{1} << 38) - 1;
constexpr std::size_t kMostShortKey = 254;
constexpr UnixMs kPackedReach = (UnixMs{1} << 32) - 3;

constexpr Stamp stamp_of(UnixMs at, unsigned logical = 0, std::uint32_t node = kNode) {
  return first_stamp_of(at) | Stamp{logical} << kStampNodeBits | node;
}

constexpr Terms kPlain{.stamp = stamp_of(kNow, 3)};
constexpr Terms kExpiring{.stamp = stamp_of(kNow, 3), .expires = kNow + 60'000};
constexpr Terms kFlagged{.stamp = stamp_of(kNow, 3), .flags = 0xdead'beef};
constexpr Terms kBoth{.stamp = stamp_of(kNow, 3), .expires = kNow + 60'000, .flags = 0xdead'beef};
constexpr Terms kOwnCas{
    .stamp = stamp_of(kNow, 3), .own_cas = 77, .expires = kNow + 60'000, .flags = 0xdead'beef};

void expect_same(const Terms& seen, const Terms& wanted) {
  EXPECT_EQ(seen.stamp, wanted.stamp);
  EXPECT_EQ(seen.own_cas, wanted.own_cas);
  EXPECT_EQ(seen.expires, wanted.expires);
  EXPECT_EQ(seen.flags, wanted.flags);
}

std::uint32_t form_for(const Terms& terms, bool attached) {
  return Item::form_of(terms, attached, kFrame);
}

// An item at an odd address, with something around it that must stay.
class Written {
 public:
  Written(const Terms& terms, bool attached, std::string_view key = "key",
          std::string_view value = "value", std::uint32_t marks = 0) {
    const std::uint32_t form = form_for(terms, attached);
    const std::size_t bytes = Item::bytes_of(form, key.size(), value.size());
    memory_.assign(kBefore + bytes + kBehind, kUntouched);
    item_ = Item::create(&memory_[kBefore], form, key, value.size(), terms, marks, kFrame);
    item_.set_accessed(kNow);
    if (attached) item_.set_attachment(fake_attachment());
    if (!attached) value.copy(item_.value(), value.size());
  }
  Item& item() { return item_; }
  const std::vector<std::byte>& memory() const { return memory_; }
  // Never looked into.
  static Attachment* fake_attachment() {
    static std::uint64_t place = 0;
    return reinterpret_cast<Attachment*>(&place);
  }
  void expect_nothing_around_it_was_touched() const {
    for (std::size_t i = 0; i < kBefore; ++i) ASSERT_EQ(memory_[i], kUntouched);
    for (std::size_t i = memory_.size() - kBehind; i < memory_.size(); ++i) {
      ASSERT_EQ(memory_[i], kUntouched);
    }
  }

 private:
  static constexpr std::size_t kBefore = 3;
  static constexpr std::size_t kBehind = 5;
  static constexpr std::byte kUntouched{0xa5};
  std::vector<std::byte> memory_;
  Item item_;
};

struct FormRow {
  const char* name;
  Terms terms;
  std::uint32_t form;
  std::size_t header_bytes;
};
constexpr std::array<FormRow, 5> kForms{{{"plain", kPlain, 0, 13},
                                         {"expiry", kExpiring, Item::kHasExpiry, 17},
                                         {"flags", kFlagged, Item::kHasFlags, 17},
                                         {"both", kBoth, Item::kHasExpiry | Item::kHasFlags, 21},
                                         {"wide", kOwnCas, Item::kWide, 35}}};

// Promised in docs/: what an item costs beside its key and value.
TEST(Item, HasAHeaderOfTheBytesThatArePromised) {
  for (const FormRow& row : kForms) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(form_for(row.terms, false), row.form);
    EXPECT_EQ(form_for(row.terms, true), row.form | Item::kAttached);
    EXPECT_EQ(Item::header_bytes(row.form), row.header_bytes);
    EXPECT_EQ(Item::header_bytes(row.form | Item::kAttached), row.header_bytes + 8);
    EXPECT_EQ(Item::bytes_of(row.form, 24, 100), row.header_bytes + 24 + 100);
    EXPECT_EQ(Item::bytes_of(row.form | Item::kAttached, 24, 100), row.header_bytes + 8 + 24);
  }
}

TEST(Item, GivesBackWhatWasWritten) {
  for (const FormRow& row : kForms) {
    for (const std::size_t key_size :
         {std::size_t{1}, std::size_t{24}, std::size_t{128}, limits::kMaxKeyBytes, kMostShortKey,
          kMostShortKey + 1, limits::kMaxArcusKeyBytes}) {
      for (const std::size_t value_size :
           {std::size_t{0}, std::size_t{1}, std::size_t{500}, limits::kMaxContiguousBytes}) {
        for (const std::uint32_t marks : {0U, std::uint32_t{Item::kMarks}}) {
          SCOPED_TRACE(testing::Message() << row.name << ' ' << key_size << ' ' << value_size);
          const std::string key(key_size, 'k');
          const std::size_t key_bytes = key_size > kMostShortKey ? key_size + 2 : key_size;
          const std::string value(value_size, 'v');
          Written written(row.terms, false, key, value, marks);
          const Item item = written.item();
          EXPECT_EQ(item.form(), row.form);
          EXPECT_EQ(item.key(), key);
          EXPECT_EQ(item.short_value(), value);
          EXPECT_EQ(item.short_size(), value_size);
          EXPECT_EQ(item.bytes(), row.header_bytes + key_bytes + value_size);
          EXPECT_EQ(item.bytes(), Item::bytes_of(row.form, key_size, value_size));
          EXPECT_EQ(item.marks(), marks);
          EXPECT_EQ(item.uses(), 0U);
          EXPECT_FALSE(item.is_dead());
          EXPECT_FALSE(item.is_attached());
          expect_same(item.terms(kFrame), row.terms);
          EXPECT_EQ(item.cas(kFrame), row.terms.own_cas != 0 ? 77U : row.terms.stamp);
          EXPECT_EQ(item.idle_s(kNow), 0);
          written.expect_nothing_around_it_was_touched();
        }
      }
    }
  }
}

TEST(Item, OfALongValueHoldsWhereThatIs) {
  for (const FormRow& row : kForms) {
    SCOPED_TRACE(row.name);
    Written written(row.terms, true, "some key", "");
    const Item item = written.item();
    EXPECT_TRUE(item.is_attached());
    EXPECT_EQ(item.attachment(), Written::fake_attachment());
    EXPECT_EQ(item.key(), "some key");
    EXPECT_EQ(item.short_size(), 0U);
    EXPECT_EQ(item.bytes(), row.header_bytes + 8 + 8);
    expect_same(item.terms(kFrame), row.terms);
    written.expect_nothing_around_it_was_touched();
  }
}

// All bits of a neighbour set, so that one that is stepped on shows.
TEST(Item, KeepsItsFieldsApart) {
  Written written(kBoth, false, std::string(250, 'k'),
                  std::string(limits::kMaxContiguousBytes, 'v'), Item::kMarks);
  Item item = written.item();
  item.set_uses(Item::kMostUses);
  const auto expect_rest = [&](std::uint32_t marks, unsigned uses, std::size_t size) {
    EXPECT_EQ(item.key().size(), 250U);
    EXPECT_EQ(item.form(), Item::kHasExpiry | Item::kHasFlags);
    EXPECT_EQ(item.marks(), marks);
    EXPECT_EQ(item.uses(), uses);
    EXPECT_EQ(item.short_size(), size);
  };
  expect_rest(Item::kMarks, 3, limits::kMaxContiguousBytes);
  item.set_uses(0);
  expect_rest(Item::kMarks, 0, limits::kMaxContiguousBytes);
  item.set_uses(3);
  item.set_short_size(0);
  expect_rest(Item::kMarks, 3, 0);
  item.set_short_size(limits::kMaxContiguousBytes);
  item.set_marks(0);
  expect_rest(0, 3, limits::kMaxContiguousBytes);
  for (const Item::Mark mark : {Item::kFetched, Item::kStale, Item::kTokenSent, Item::kBinaryKey}) {
    item.set(mark);
    EXPECT_TRUE(item.is(mark));
    expect_rest(mark, 3, limits::kMaxContiguousBytes);
    item.clear(mark);
    EXPECT_FALSE(item.is(mark));
    expect_rest(0, 3, limits::kMaxContiguousBytes);
  }
  expect_same(item.terms(kFrame), kBoth);
}

// ---- other terms for the same value

struct ChangeRow {
  const char* name;
  Terms to;
  // By the form of the item: plain, expiry, flags, both.
  std::array<bool, 4> fits;
};

constexpr UnixMs kLater = kNow + 5000;
constexpr Stamp kStampLater = stamp_of(kLater, 9);
constexpr std::array<bool, 4> kAll{true, true, true, true};
constexpr std::array<bool, 4> kNone{false, false, false, false};
constexpr std::array<bool, 4> kWithExpiry{false, true, false, true};
constexpr std::array<bool, 4> kWithFlags{false, false, true, true};
constexpr std::array<bool, 4> kWithBoth{false, false, false, true};
constexpr ChangeRow kChanges[] = {
    {"a stamp", {.stamp = kStampLater}, kAll},
    {"the most logical part", {.stamp = stamp_of(kLater, 1023)}, kAll},
    {"too many in a millisecond", {.stamp = stamp_of(kLater, 1024)}, kNone},
    {"the last in a millisecond", {.stamp = stamp_of(kLater, 4095)}, kNone},
    {"a foreign node", {.stamp = stamp_of(kLater, 0, kNode + 1)}, kNone},
    {"the frame's begin", {.stamp = stamp_of(kSince)}, kAll},
    {"before the frame", {.stamp = stamp_of(kSince - 1)}, kNone},
    {"the frame's end", {.stamp = stamp_of(kLastPackable)}, kAll},
    {"behind the frame", {.stamp = stamp_of(kLastPackable + 1)}, kNone},
    {"own cas", {.stamp = kStampLater, .own_cas = 1}, kNone},
    {"flags", {.stamp = kStampLater, .flags = 1}, kWithFlags},
    {"expiry", {.stamp = kStampLater, .expires = kLater + 1000}, kWithExpiry},
    {"both", {.stamp = kStampLater, .expires = kLater + 1000, .flags = 1}, kWithBoth},
    {"the next millisecond", {.stamp = kStampLater, .expires = kLater + 1}, kWithExpiry},
    {"the stamp's own", {.stamp = kStampLater, .expires = kLater}, kNone},
    {"before the stamp", {.stamp = kStampLater, .expires = kLater - 1}, kNone},
    {"long ago", {.stamp = kStampLater, .expires = 1}, kNone},
    {"the furthest", {.stamp = kStampLater, .expires = kLater + kPackedReach}, kWithExpiry},
    {"too far", {.stamp = kStampLater, .expires = kLater + kPackedReach + 1}, kNone},
    {"much too far", {.stamp = kStampLater, .expires = kLater + 10 * kPackedReach}, kNone},
    {"expired", {.stamp = kStampLater, .expires = kExpired}, kWithExpiry},
};

TEST(ItemSetTerms, SaysFalseExactlyWhereTheFormCannotHoldThemAndChangesNothingThen) {
  for (const ChangeRow& change : kChanges) {
    for (std::size_t i = 0; i < change.fits.size(); ++i) {
      for (const bool attached : {false, true}) {
        SCOPED_TRACE(testing::Message() << change.name << " in " << kForms[i].name);
        Written written(kForms[i].terms, attached, "key", "value", Item::kStale);
        Item item = written.item();
        item.set_uses(2);
        const std::vector<std::byte> before = written.memory();
        EXPECT_EQ(item.set_terms(change.to, kFrame), change.fits[i]);
        if (!change.fits[i]) {
          EXPECT_EQ(written.memory(), before);
          continue;
        }
        expect_same(item.terms(kFrame), change.to);
        EXPECT_EQ(item.form() & ~Item::kAttached, kForms[i].form);
        EXPECT_EQ(item.marks(), Item::kStale);
        EXPECT_EQ(item.uses(), 2U);
        EXPECT_EQ(item.idle_s(kNow + 1000), 1);
        EXPECT_EQ(item.key(), "key");
        if (attached) {
          EXPECT_EQ(item.attachment(), Written::fake_attachment());
        } else {
          EXPECT_EQ(item.short_value(), "value");
        }
        written.expect_nothing_around_it_was_touched();
      }
    }
  }
}

TEST(ItemSetTerms, HoldsAllOfThemInAWideItem) {
  for (const ChangeRow& change : kChanges) {
    for (const bool attached : {false, true}) {
      SCOPED_TRACE(change.name);
      Written written(kOwnCas, attached);
      Item item = written.item();
      ASSERT_TRUE(item.set_terms(change.to, kFrame));
      expect_same(item.terms(kFrame), change.to);
      EXPECT_EQ(item.key(), "key");
      written.expect_nothing_around_it_was_touched();
    }
  }
}

// What form_of chooses for a new item is able to hold it, and as small as it may be.
TEST(ItemForm, IsTheSmallestThatHoldsTheTerms) {
  for (const ChangeRow& change : kChanges) {
    SCOPED_TRACE(change.name);
    const std::uint32_t form = form_for(change.to, false);
    Written written(change.to, false);
    expect_same(written.item().terms(kFrame), change.to);
    for (std::size_t i = 0; i < change.fits.size(); ++i) {
      if (!change.fits[i]) continue;
      EXPECT_LE(Item::header_bytes(form), kForms[i].header_bytes);
    }
    EXPECT_EQ(form == Item::kWide, change.fits == kNone);
  }
}

// ---- time

TEST(ItemExpiry, BeginsAtItsMillisecond) {
  for (const Cas own_cas : {Cas{0}, Cas{7}}) {  // packed, wide
    Written written({.stamp = stamp_of(kNow), .own_cas = own_cas, .expires = kNow + 500}, false);
    EXPECT_FALSE(written.item().is_expired(kNow, kFrame));
    EXPECT_FALSE(written.item().is_expired(kNow + 499, kFrame));
    EXPECT_TRUE(written.item().is_expired(kNow + 500, kFrame));
    EXPECT_TRUE(written.item().is_expired(kNow + 501, kFrame));
  }
}

TEST(ItemExpiry, IsStickyInAShortForm) {
  const Terms sticky{.stamp = stamp_of(kNow), .expires = kSticky};
  EXPECT_EQ(form_for(sticky, false), Item::kHasExpiry);
  Written written(sticky, false);
  Item item = written.item();
  EXPECT_TRUE(item.is_sticky());
  EXPECT_EQ(item.expires(kFrame), kSticky);
  EXPECT_FALSE(item.is_expired(std::numeric_limits<UnixMs>::max(), kFrame));
  EXPECT_TRUE(item.set_expires(kNow + 5, kFrame));
  EXPECT_FALSE(item.is_sticky());
  EXPECT_TRUE(item.set_expires(kSticky, kFrame));
  EXPECT_TRUE(item.is_sticky());
  const Terms wide{.stamp = stamp_of(kNow), .own_cas = 5, .expires = kSticky};
  EXPECT_TRUE(Written(wide, false).item().is_sticky());
  for (const Terms& other : {kPlain, kExpiring, kFlagged, kBoth, kOwnCas}) {
    EXPECT_FALSE(Written(other, false).item().is_sticky());
  }
}

TEST(ItemExpiry, NeverOrAlwaysWhenToldSo) {
  for (const Cas own_cas : {Cas{0}, Cas{7}}) {
    Terms terms{.stamp = stamp_of(kNow), .own_cas = own_cas, .expires = kNow + 500};
    Written without({.stamp = terms.stamp, .own_cas = own_cas}, false);
    Written with_room(terms, false);
    Written expired(terms, false);
    terms.expires = kNeverExpires;
    ASSERT_TRUE(with_room.item().set_terms(terms, kFrame));
    terms.expires = kExpired;
    ASSERT_TRUE(expired.item().set_terms(terms, kFrame));
    for (const UnixMs now : {UnixMs{0}, kNow, std::numeric_limits<UnixMs>::max()}) {
      EXPECT_FALSE(without.item().is_expired(now, kFrame));
      EXPECT_FALSE(with_room.item().is_expired(now, kFrame));
      EXPECT_TRUE(expired.item().is_expired(now, kFrame));
    }
  }
}

TEST(ItemIdle, CountsWholeSeconds) {
  Written written(kPlain, false);
  Item item = written.item();
  item.set_accessed(50'000'999);
  EXPECT_EQ(item.idle_s(50'000'999), 0);
  EXPECT_EQ(item.idle_s(50'001'000), 1) << "by the clock's seconds, as memcached counts";
  EXPECT_EQ(item.idle_s(50'007'000), 7);
}

TEST(ItemIdle, GoesOnWhereTheSecondsBeginAnew) {
  constexpr std::int64_t kModulus = std::int64_t{1} << 24;
  constexpr std::int64_t kDay = 24 * 3600;
  Written written(kPlain, false);
  Item item = written.item();
  item.set_accessed((5 * kModulus - 1) * kMsPerS);
  EXPECT_EQ(item.accessed(), kModulus - 1);
  EXPECT_EQ(item.idle_s((5 * kModulus + 9) * kMsPerS), 10);
  // The furthest that is told, and what would be taken for a clock that went back.
  EXPECT_EQ(item.idle_s((6 * kModulus - 2 - kDay) * kMsPerS), kModulus - 1 - kDay);
  EXPECT_EQ(item.idle_s((6 * kModulus - 1 - kDay) * kMsPerS), 0);
}

TEST(ItemIdle, IsNoneWhenTheClockWentBackALittle) {
  Written written(kPlain, false);
  Item item = written.item();
  EXPECT_EQ(item.idle_s(kNow - 1000), 0);
  EXPECT_EQ(item.idle_s(kNow - 23 * 3600 * kMsPerS), 0);
  EXPECT_GT(item.idle_s(kNow - 25 * 3600 * kMsPerS), 0);
}

TEST(Item, CountsItsUsesUpToThree) {
  Written written(kPlain, false);
  Item item = written.item();
  for (unsigned seen = 0; seen < 6; ++seen) {
    EXPECT_EQ(item.uses(), std::min(seen, 3U));
    item.access(kNow + 10'000 * seen);
    EXPECT_EQ(item.idle_s(kNow + 10'000 * seen), 0);
  }
  EXPECT_EQ(item.marks(), 0U);
  EXPECT_EQ(item.key(), "key");
  EXPECT_EQ(item.short_value(), "value");
}

// ---- the dead

TEST(DeadItem, TellsHowManyBytesToSkip) {
  for (const std::size_t bytes :
       {Item::kLeastDeadBytes, std::size_t{5}, std::size_t{300}, limits::kPageBytes}) {
    std::vector<std::byte> memory(limits::kPageBytes, std::byte{0xff});
    Item::bury(memory.data(), bytes);
    EXPECT_TRUE(Item(memory.data()).is_dead());
    EXPECT_EQ(Item(memory.data()).dead_bytes(), bytes);
    for (std::size_t i = 4; i < memory.size(); ++i) ASSERT_EQ(memory[i], std::byte{0xff});
  }
}

TEST(DeadItem, DiesWhereTheWordDoesNotFit) {
  std::array<std::byte, 4> memory{};
  EXPECT_DEATH(Item::bury(memory.data(), 3), "bytes >= sizeof");
}

TEST(DeadItem, IsSteppedOver) {
  std::vector<std::byte> page(4096);
  std::vector<std::size_t> begins;
  std::size_t filled = 0;
  for (std::size_t i = 0; i < 40; ++i) {
    const Terms& terms = kForms[i % kForms.size()].terms;
    const std::uint32_t form = form_for(terms, false);
    const std::string key = "k" + std::to_string(i);
    Item::create(&page[filled], form, key, i, terms, 0, kFrame);
    begins.push_back(filled);
    filled += Item::bytes_of(form, key.size(), i);
  }
  begins.push_back(filled);
  for (std::size_t i = 0; i < 40; i += 3) Item::bury(&page[begins[i]], begins[i + 1] - begins[i]);
  Item::bury(&page[begins[9]], begins[11] - begins[9]);  // two that lie together become one
  std::string seen;
  std::string wanted;
  for (std::size_t i = 0; i < 40; ++i) {
    if (i % 3 != 0 && i != 10) wanted += "k" + std::to_string(i) + " ";
  }
  std::size_t at = 0;
  while (at < filled) {
    const Item item(&page[at]);
    if (!item.is_dead()) seen += std::string(item.key()) + " ";
    at += item.is_dead() ? item.dead_bytes() : item.bytes();
  }
  EXPECT_EQ(at, filled);
  EXPECT_EQ(seen, wanted);
}

}  // namespace
}  // namespace larder::store
