// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "base/check.h"
#include "store/item.h"
#include "store/page.h"

namespace larder::store {

// What the engine would hold if its pages were cut into slots by classes of size, to compare the
// log with: it counts, and keeps no bytes.
//
//   class ─► pages ─► [item][item][free][item]…      slots of one size
//                        ▲ hand: who was used has a second chance, the next one goes
//
//   no free slot:   1  a page, while the limit allows one
//                   2  a page of the class that needs least: one that has a page's worth of free
//                      slots (the most bytes of them), or else the one whose items have been there
//                      for longest on average, if a tenth longer than here, and never its last
//                      page to one that has some; it evicts by its own hand until a page's worth
//                      is free, and what its emptiest page still holds moves to its other slots
//                   3  the slot under the own hand
//
// It is given the better of every doubt: a clock for the order, which costs no bytes (the bits are
// in the item's header; links would be 8), slots without alignment, page ends shared out among the
// slots, one shard, no ghost, an index that is always as large as its items need, and the old
// version's slot before one for the new version is looked for.
class SizeClassModel {
 public:
  struct Shape {
    std::size_t page_bytes;
    double growth;  // from one class to the next
  };

  SizeClassModel(const Shape& shape, std::size_t limit, double index_bytes_of_item)
      : page_bytes_(shape.page_bytes), limit_(limit), index_bytes_of_item_(index_bytes_of_item) {
    constexpr std::size_t kSmallest = 16;
    constexpr std::size_t kLargest = limits::kMaxContiguousBytes + limits::kMaxKeyBytes + 35;
    for (std::size_t bytes = kSmallest; classes_.empty() || classes_.back().bytes < kLargest;) {
      const std::size_t slots = page_bytes_ / bytes;
      classes_.push_back({.bytes = page_bytes_ / slots, .slots = slots});
      const auto next =
          static_cast<std::size_t>(static_cast<double>(classes_.back().bytes) * shape.growth);
      bytes = std::max(next, page_bytes_ / slots + 1);
    }
  }

  void put(std::size_t key, std::size_t bytes) {
    ++puts_;
    if (key >= places_.size()) places_.resize(key + 1);
    Class& of = class_of(bytes);
    unsigned uses = 0;
    if (Slot* old = slot_of(key); old != nullptr) {
      uses = std::min(old->uses + 1U, Item::kMostUses);
      if (&class_at(places_[key]) == &of) return write_over(*old, bytes, uses);
      release(places_[key]);
    }
    const Place place = free_slot(of);
    fill(place, {.key = static_cast<std::uint32_t>(key),
                 .entered = puts_,
                 .bytes = static_cast<std::uint16_t>(bytes),
                 .uses = static_cast<std::uint8_t>(uses)});
    while (total() > limit_) give_up_a_page();
  }

  bool find(std::size_t key) {
    Slot* slot = slot_of(key);
    if (slot != nullptr && slot->uses < Item::kMostUses) ++slot->uses;
    return slot != nullptr;
  }

  bool has(std::size_t key) const { return key < places_.size() && places_[key].page != kNobody; }

  std::size_t items() const { return items_; }
  std::size_t item_bytes() const { return item_bytes_; }
  std::size_t moved_bytes() const { return moved_bytes_; }
  std::size_t total() const {
    const double index = static_cast<double>(items_) * index_bytes_of_item_;
    return leased_ * (page_bytes_ + sizeof(store::Page)) + static_cast<std::size_t>(index);
  }

 private:
  static constexpr std::uint32_t kNobody = ~std::uint32_t{0};

  struct Slot {
    std::uint32_t key = kNobody;
    std::uint32_t entered = 0;  // the put that it came with, or when it had its second chance
    std::uint16_t bytes = 0;
    std::uint8_t uses = 0;
  };
  struct Page {
    std::size_t of = 0;  // its class
    std::vector<Slot> slots;
    std::vector<std::uint32_t> free;
  };
  struct Place {
    std::uint32_t page = kNobody;
    std::uint32_t slot = 0;
  };
  struct Class {
    std::size_t bytes = 0;  // of a slot
    std::size_t slots = 0;  // of a page
    std::vector<std::uint32_t> pages = {};
    std::set<std::uint32_t> with_free = {};
    std::size_t free = 0;  // slots
    std::size_t items = 0;
    std::uint64_t entered = 0;  // of all its items, summed up
    std::size_t hand_page = 0;
    std::size_t hand_slot = 0;
  };

  Class& class_of(std::size_t bytes) {
    const auto at = std::ranges::lower_bound(classes_, bytes, {}, &Class::bytes);
    LARDER_CHECK(at != classes_.end());
    return *at;
  }
  Class& class_at(Place place) { return classes_[pages_[place.page].of]; }
  Slot& slot_at(Place place) { return pages_[place.page].slots[place.slot]; }
  Slot* slot_of(std::size_t key) { return has(key) ? &slot_at(places_[key]) : nullptr; }
  double age_of(const Class& of) const {
    return static_cast<double>(puts_) -
           static_cast<double>(of.entered) / static_cast<double>(of.items);
  }

  // ---- slots

  void write_over(Slot& slot, std::size_t bytes, unsigned uses) {
    item_bytes_ = item_bytes_ - slot.bytes + bytes;
    slot.bytes = static_cast<std::uint16_t>(bytes);
    slot.uses = static_cast<std::uint8_t>(uses);
  }

  void fill(Place place, const Slot& with) {
    Class& of = class_at(place);
    slot_at(place) = with;
    places_[with.key] = place;
    of.entered += with.entered;
    ++of.items;
    ++items_;
    item_bytes_ += with.bytes;
  }

  // The slot is free then.
  void release(Place place) {
    Class& of = class_at(place);
    Slot& slot = slot_at(place);
    of.entered -= slot.entered;
    --of.items;
    --items_;
    item_bytes_ -= slot.bytes;
    places_[slot.key] = {};
    slot = {};
    pages_[place.page].free.push_back(place.slot);
    of.with_free.insert(place.page);
    ++of.free;
  }

  // One that is free now; there must be one.
  Place take_slot(Class& of) {
    const std::uint32_t page = *of.with_free.begin();
    std::vector<std::uint32_t>& free = pages_[page].free;
    const Place place{page, free.back()};
    free.pop_back();
    if (free.empty()) of.with_free.erase(page);
    --of.free;
    return place;
  }

  Place free_slot(Class& of) {
    while (of.free == 0) {
      if (total() + page_bytes_ + sizeof(store::Page) <= limit_) {
        add_page(of);
      } else if (Class* giver = giver_to(&of); giver != nullptr) {
        empty_a_page(*giver);
        add_page(of);
      } else {
        evict_one(of);
      }
    }
    return take_slot(of);
  }

  void evict_one(Class& of) {
    for (;;) {
      if (of.hand_page >= of.pages.size()) of.hand_page = 0;
      const std::uint32_t page = of.pages[of.hand_page];
      const Place place{page, static_cast<std::uint32_t>(of.hand_slot)};
      if (++of.hand_slot == of.slots) {
        of.hand_slot = 0;
        ++of.hand_page;
      }
      Slot& slot = slot_at(place);
      if (slot.key == kNobody) continue;
      if (slot.uses == 0) return release(place);
      --slot.uses;
      of.entered += puts_ - slot.entered;
      slot.entered = puts_;
    }
  }

  // ---- pages

  void add_page(Class& of) {
    if (unused_.empty()) {
      unused_.push_back(static_cast<std::uint32_t>(pages_.size()));
      pages_.emplace_back();
    }
    const std::uint32_t number = unused_.back();
    unused_.pop_back();
    Page& page = pages_[number];
    page.of = static_cast<std::size_t>(&of - classes_.data());
    page.slots.assign(of.slots, {});
    page.free.clear();
    for (std::size_t slot = of.slots; slot-- != 0;) {
      page.free.push_back(static_cast<std::uint32_t>(slot));
    }
    of.pages.push_back(number);
    of.with_free.insert(number);
    of.free += of.slots;
    ++leased_;
  }

  // The class that needs a page least; null: none that should give one to `to`. To nobody (null)
  // somebody has to. Who has one page keeps it as long as others have more.
  Class* giver_to(const Class* to) {
    constexpr double kOlder = 1.1;
    Class* best = nullptr;
    for (Class& of : classes_) {
      if (&of != to && !of.pages.empty() && (best == nullptr || needs_less(of, *best))) best = &of;
    }
    const bool may_refuse = to != nullptr && !to->pages.empty();
    if (best == nullptr || !may_refuse || has_spare_page(*best)) return best;
    const bool gives = best->pages.size() > 1 && age_of(*best) > kOlder * age_of(*to);
    return gives ? best : nullptr;
  }

  static bool has_spare_page(const Class& of) {
    return of.free >= of.slots && (of.pages.size() > 1 || of.items == 0);
  }

  bool needs_less(const Class& one, const Class& other) const {
    const bool spares = has_spare_page(one);
    if (spares != has_spare_page(other)) return spares;
    if (spares) return one.free * one.bytes > other.free * other.bytes;
    const bool has_more = one.pages.size() > 1;
    if (has_more != (other.pages.size() > 1)) return has_more;
    return age_of(one) > age_of(other);
  }

  void give_up_a_page() {
    Class* giver = giver_to(nullptr);
    LARDER_CHECK(giver != nullptr);
    empty_a_page(*giver);
  }

  void empty_a_page(Class& of) {
    while (of.free < of.slots) evict_one(of);
    const auto emptiest = std::ranges::max_element(
        of.pages, {}, [&](std::uint32_t page) { return pages_[page].free.size(); });
    const std::uint32_t number = *emptiest;
    of.pages.erase(emptiest);
    of.with_free.erase(number);
    of.free -= pages_[number].free.size();
    for (const Slot& slot : pages_[number].slots) {
      if (slot.key != kNobody) move(slot, of);
    }
    unused_.push_back(number);
    --leased_;
  }

  void move(const Slot& slot, Class& of) {
    const Place place = take_slot(of);
    slot_at(place) = slot;
    places_[slot.key] = place;
    moved_bytes_ += slot.bytes;
  }

  std::size_t page_bytes_;
  std::size_t limit_;
  double index_bytes_of_item_;
  std::vector<Class> classes_;  // the smallest first
  std::vector<Page> pages_;
  std::vector<std::uint32_t> unused_;  // of those numbers
  std::vector<Place> places_;          // by key
  std::size_t leased_ = 0;
  std::uint32_t puts_ = 0;
  std::size_t items_ = 0;
  std::size_t item_bytes_ = 0;
  std::size_t moved_bytes_ = 0;
};

}  // namespace larder::store
