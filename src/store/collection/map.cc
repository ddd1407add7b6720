// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/map.h"

#include <set>

#include "store/collection/hash_order.h"
#include "store/collection/selection.h"

namespace larder::store::collection {

namespace {

std::string_view field_of(std::string_view entry) { return Map::element_of(entry).field; }

// An entry's parts, in their order.
class Packed {
 public:
  Packed(const HashedBytes& key, std::string_view value)
      : size_(static_cast<char>(key.bytes.size())),
        parts_{key.hash_bytes(), {&size_, 1}, key.bytes, value} {}
  Packed(const Packed&) = delete;
  Packed& operator=(const Packed&) = delete;

  std::span<const std::string_view> parts() const { return parts_; }

 private:
  char size_;
  std::string_view parts_[4];
};

}  // namespace

Map::Element Map::element_of(std::string_view entry) {
  const auto size = static_cast<unsigned char>(entry[HashedBytes::kHashBytes]);
  entry.remove_prefix(HashedBytes::kHashBytes + 1);
  return {.field = entry.substr(0, size), .value = entry.substr(size)};
}

Verdict Map::insert(const Element& element) { return put(element, Mode::kInsert); }
Verdict Map::upsert(const Element& element) { return put(element, Mode::kUpsert); }
Verdict Map::update(const Element& element) { return put(element, Mode::kUpdate); }

Verdict Map::put(const Element& element, Mode mode) {
  const HashedBytes key(element.field);
  const Packed packed(key, element.value);
  const Tree::Place place = find(tree_, key, field_of);
  if (is_at(tree_, place, key, field_of)) {
    if (mode == Mode::kInsert) return Verdict::kElementExists;
    if (!tree_.replace(place.rank, packed.parts())) return Verdict::kNoMemory;
    return mode == Mode::kUpsert ? Verdict::kReplaced : Verdict::kDone;
  }
  if (mode == Mode::kUpdate) return Verdict::kElementMissing;
  if (tree_.size() >= attributes_.most) return Verdict::kOverflowed;
  return tree_.insert(place.rank, packed.parts()) ? Verdict::kDone : Verdict::kNoMemory;
}

Got Map::get(std::span<const std::string_view> fields, Removal removal) {
  if (!attributes_.readable) return {.verdict = Verdict::kUnreadable};
  Got got;
  if (removal == Removal::kKeep) {
    pin(fields, got.elements);
    got.verdict = got.elements.empty() ? Verdict::kElementMissing : Verdict::kDone;
    return got;
  }
  got.verdict = take(fields, &got.elements);
  return got;
}

Verdict Map::erase(std::span<const std::string_view> fields) { return take(fields, nullptr); }

void Map::pin(std::span<const std::string_view> fields, Snapshot& into) const {
  if (fields.empty()) tree_.pin(0, tree_.size(), into);
  for (const std::string_view field : fields) {
    const HashedBytes key(field);
    const Tree::Place place = find(tree_, key, field_of);
    if (is_at(tree_, place, key, field_of)) tree_.pin(place, into);
  }
}

// A field that is named again is gone by then.
Verdict Map::take(std::span<const std::string_view> fields, Snapshot* taken) {
  Selection selection;
  if (fields.empty()) {
    selection.add(0, tree_.size());
    if (taken != nullptr) selection.pin(tree_, *taken);
  } else {
    std::set<std::size_t> ranks;
    for (const std::string_view field : fields) {
      const HashedBytes key(field);
      const Tree::Place place = find(tree_, key, field_of);
      if (!is_at(tree_, place, key, field_of) || !ranks.insert(place.rank).second) continue;
      if (taken != nullptr) tree_.pin(place, *taken);
    }
    for (const std::size_t rank : ranks) selection.add(rank);
  }
  if (selection.empty()) return Verdict::kElementMissing;
  if (selection.erase_from(tree_)) return Verdict::kDone;
  if (taken != nullptr) *taken = Snapshot();
  return Verdict::kNoMemory;
}

}  // namespace larder::store::collection
