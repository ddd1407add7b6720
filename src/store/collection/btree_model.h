// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "store/collection/btree.h"

namespace larder::store::collection {

// What a b+tree should be, written for plainness: one std::map, and loops over all of it.
class BTreeModel {
 public:
  using Key = std::variant<std::uint64_t, std::string>;
  struct Element {
    std::string eflag = {};
    std::string value = {};

    bool operator==(const Element&) const = default;
  };
  using Elements = std::vector<std::pair<Key, Element>>;
  struct Range {
    Key from;
    Key to;

    bool is_downwards() const { return to < from; }
    bool has(const Key& key) const {
      return std::min(from, to) <= key && key <= std::max(from, to);
    }
  };
  struct Query {
    Range range;
    const EflagFilter* filter = nullptr;
    std::size_t offset = 0;
    std::size_t most = 0;
  };
  struct Got {
    Verdict verdict = Verdict::kDone;
    Elements elements = {};
    bool trimmed = false;
  };

  static Bkey bkey_of(const Key& key) {
    if (const auto* number = std::get_if<std::uint64_t>(&key)) return Bkey::of(*number);
    return Bkey::of(base::ShortBytes(std::get<std::string>(key)));
  }
  static Key key_of(const Bkey& bkey) {
    if (bkey.is_number()) return bkey.number();
    return std::string(bkey.bytes());
  }

  // ---- changes

  Verdict put(const Key& key, const Element& element, bool replaces, Elements& lost) {
    if (is_foreign(key)) return Verdict::kBkeyMismatch;
    if (elements.contains(key)) {
      if (!replaces) return Verdict::kElementExists;
      elements[key] = element;
      return Verdict::kReplaced;
    }
    if (elements.empty()) {
      elements[key] = element;
      return Verdict::kDone;
    }
    const bool is_smallest = key < elements.begin()->first;
    const bool is_largest = elements.rbegin()->first < key;
    if (is_smallest && exceeds(key, elements.rbegin()->first)) {
      if (!trims_largest()) return Verdict::kOutOfRange;
      std::erase_if(elements, [&](const auto& old) { return exceeds(key, old.first); });
      trimmed = false;
    } else if (is_largest && exceeds(elements.begin()->first, key)) {
      if (!trims_smallest()) return Verdict::kOutOfRange;
      std::erase_if(elements, [&](const auto& old) { return exceeds(old.first, key); });
      trimmed = false;
    } else if (elements.size() >= attributes.most) {
      if (attributes.overflow == Overflow::kError) return Verdict::kOverflowed;
      if (remembers()) trimmed = true;
      if (trims_smallest() ? is_smallest : is_largest) return Verdict::kOutOfRange;
      const auto at = trims_smallest() ? elements.begin() : std::prev(elements.end());
      lost.emplace_back(*at);
      elements.erase(at);
    }
    elements[key] = element;
    return Verdict::kDone;
  }

  Verdict update(const Key& key, const std::optional<EflagUpdate>& eflag,
                 const std::optional<std::string>& value) {
    if (!eflag && !value) return Verdict::kNothingToUpdate;
    if (elements.empty()) return Verdict::kElementMissing;
    if (is_foreign(key)) return Verdict::kBkeyMismatch;
    if (!elements.contains(key)) return Verdict::kElementMissing;
    Element& element = elements[key];
    if (eflag && eflag->how && !combine(element.eflag, *eflag)) return Verdict::kEflagMismatch;
    if (eflag && !eflag->how) element.eflag = eflag->eflag.view();
    if (value) element.value = *value;
    return Verdict::kDone;
  }

  Verdict count(const Key& key, const BTree::Count& how, std::uint64_t& number) {
    if (is_foreign(key)) return Verdict::kBkeyMismatch;
    if (!elements.contains(key)) {
      if (!how.initial) return Verdict::kElementMissing;
      number = *how.initial;
      Elements lost;
      const Element element{.eflag = std::string(how.eflag.view()),
                            .value = std::to_string(number)};
      return put(key, element, false, lost);
    }
    std::string& value = elements[key].value;
    if (value.empty() || value.find_first_not_of("0123456789") != std::string::npos) {
      return Verdict::kNotNumeric;
    }
    const std::uint64_t old = std::stoull(value);
    number = how.down ? old - std::min(old, how.delta) : old + how.delta;
    value = std::to_string(number);
    return Verdict::kDone;
  }

  // ---- queries

  // All elements in the direction of a range.
  Elements in_direction(const Range& range) const {
    Elements all(elements.begin(), elements.end());
    if (range.is_downwards()) std::ranges::reverse(all);
    return all;
  }

  Got get(const Query& query) const {
    if (!attributes.readable) return {.verdict = Verdict::kUnreadable};
    if (query.offset >= elements.size()) return {.verdict = Verdict::kElementMissing};
    if (is_foreign(query.range.from)) return {.verdict = Verdict::kBkeyMismatch};
    Got got;
    bool is_full = false;
    got.elements = matches(query, is_full);
    const bool none = !has_any(query.range);
    got.trimmed = reaches_lost(query.range.from) && (none ? reaches_lost(query.range.to) : true);
    if (!none && !is_full && reaches_lost(query.range.to)) got.trimmed = true;
    if (got.elements.empty()) {
      got.verdict = got.trimmed ? Verdict::kOutOfRange : Verdict::kElementMissing;
    }
    return got;
  }
  Elements matches(const Query& query, bool& is_full) const {
    Elements matches;
    std::size_t skipped = 0;
    for (const auto& [key, element] : in_direction(query.range)) {
      if (!query.range.has(key)) continue;
      if (query.filter != nullptr && !admits(*query.filter, element.eflag)) continue;
      if (skipped++ < query.offset) continue;
      matches.emplace_back(key, element);
      is_full = matches.size() == query.most;
      if (is_full) break;
    }
    return matches;
  }
  void erase(const Elements& gone) {
    for (const auto& [key, element] : gone) elements.erase(key);
  }
  bool has_any(const Range& range) const {
    return std::ranges::any_of(elements, [&](const auto& each) { return range.has(each.first); });
  }
  // Where elements were that it has lost and remembers.
  bool reaches_lost(const Key& key) const {
    if (!trimmed || elements.empty()) return false;
    return trims_smallest() ? key < elements.begin()->first : elements.rbegin()->first < key;
  }
  bool is_foreign(const Key& key) const {
    if (!elements.empty()) return key.index() != elements.begin()->first.index();
    return max_range && key.index() != max_range->index();
  }

  Verdict set_max_range(const std::optional<Key>& range) {
    if (range && !elements.empty()) {
      if (range->index() != elements.begin()->first.index()) return Verdict::kBadValue;
      if (exceeds(elements.begin()->first, elements.rbegin()->first, *range)) {
        return Verdict::kBadValue;
      }
    }
    max_range = range;
    return Verdict::kDone;
  }

  static bool admits(const EflagFilter& filter, std::string eflag) {
    using enum EflagFilter::Compare;
    const std::size_t width = filter.values[0].size();
    if (eflag.size() < filter.offset + width) return filter.compare == kNotEqual;
    eflag = eflag.substr(filter.offset, width);
    for (std::size_t i = 0; i < width && filter.mask_how; ++i) {
      const char mask = filter.mask.view()[i];
      eflag[i] = static_cast<char>(*filter.mask_how == base::Bitwise::kAnd  ? eflag[i] & mask
                                   : *filter.mask_how == base::Bitwise::kOr ? eflag[i] | mask
                                                                            : eflag[i] ^ mask);
    }
    bool is_listed = false;
    for (const base::ShortBytes& value : filter.values) is_listed |= value.view() == eflag;
    const std::string_view value = filter.values[0].view();
    switch (filter.compare) {
      case kEqual: return is_listed;
      case kNotEqual: return !is_listed;
      case kLess: return eflag < value;
      case kLessOrEqual: return eflag <= value;
      case kGreater: return eflag > value;
      case kGreaterOrEqual: return eflag >= value;
    }
    return false;
  }

  Attributes attributes = {};
  bool trimmed = false;
  std::optional<Key> max_range = {};
  std::map<Key, Element> elements = {};

 private:
  bool trims_smallest() const {
    return attributes.overflow == Overflow::kSmallestTrim ||
           attributes.overflow == Overflow::kSmallestSilentTrim;
  }
  bool trims_largest() const {
    return attributes.overflow == Overflow::kLargestTrim ||
           attributes.overflow == Overflow::kLargestSilentTrim;
  }
  bool remembers() const {
    return attributes.overflow == Overflow::kSmallestTrim ||
           attributes.overflow == Overflow::kLargestTrim;
  }

  bool exceeds(const Key& low, const Key& high) const {
    return max_range && exceeds(low, high, *max_range);
  }
  // high > low + range
  static bool exceeds(const Key& low, const Key& high, const Key& range) {
    if (const auto* number = std::get_if<std::uint64_t>(&range)) {
      const std::uint64_t most = std::get<std::uint64_t>(high);
      return most > *number && most - *number > std::get<std::uint64_t>(low);
    }
    const auto& width_giver = std::get<std::string>(range);
    const std::size_t width = width_giver.size();
    std::string least = std::get<std::string>(low);
    std::string most = std::get<std::string>(high);
    least.resize(width);
    most.resize(width);
    std::string sum(width + 1, '\0');
    unsigned carried = 0;
    for (std::size_t i = width; i-- > 0;) {
      carried += static_cast<unsigned char>(least[i]);
      carried += static_cast<unsigned char>(width_giver[i]);
      sum[i + 1] = static_cast<char>(carried);
      carried >>= 8;
    }
    sum[0] = static_cast<char>(carried);
    return std::string(1, '\0') + most > sum;
  }

  static bool combine(std::string& eflag, const EflagUpdate& update) {
    const std::string_view with = update.eflag.view();
    if (!with.empty() && update.offset + with.size() > eflag.size()) return false;
    for (std::size_t i = 0; i < with.size(); ++i) {
      char& byte = eflag[update.offset + i];
      if (*update.how == base::Bitwise::kAnd) byte &= with[i];
      if (*update.how == base::Bitwise::kOr) byte |= with[i];
      if (*update.how == base::Bitwise::kXor) byte ^= with[i];
    }
    return true;
  }
};

}  // namespace larder::store::collection
