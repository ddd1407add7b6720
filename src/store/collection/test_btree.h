// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "store/collection/btree.h"
#include "store/collection/test_pool.h"

// B+trees in text, as clients write them.
//
//   bkey    10         0x0A0B
//   range   10..20     20..10     10
//   element 10=value   10/0A=value
namespace larder::store::collection {

inline std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

inline std::string hex_of(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof(digits), "%02X", static_cast<unsigned char>(byte));
    hex += digits;
  }
  return hex;
}

inline Bkey bkey(std::string_view text) {
  if (!text.starts_with("0x")) return Bkey::of(base::parse_decimal<std::uint64_t>(text).value());
  return Bkey::of(base::ShortBytes(bytes_of_hex(text.substr(2))));
}

inline std::string text_of(const Bkey& bkey) {
  return bkey.is_number() ? std::to_string(bkey.number()) : "0x" + hex_of(bkey.bytes());
}

inline BkeyRange range(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return {.from = bkey(text), .to = bkey(text)};
  return {.from = bkey(text.substr(0, dots)), .to = bkey(text.substr(dots + 2))};
}

inline std::string text_of(const BTree::Element& element) {
  std::string text = text_of(element.bkey);
  if (!element.eflag.empty()) text += '/' + hex_of(element.eflag);
  return text + '=' + std::string(element.value);
}

inline std::string text_of(const Snapshot& elements) {
  std::string text;
  for (const std::string& entry : entries_of(elements)) {
    text += (text.empty() ? "" : " ") + text_of(BTree::element_of(entry));
  }
  return text;
}

// Its elements, and what Arcus' reply would end with; or what it answers instead.
inline std::string text_of(const Got& got) {
  switch (got.verdict) {
    case Verdict::kDone: return text_of(got.elements) + (got.trimmed ? " TRIMMED" : " END");
    case Verdict::kElementMissing: return "NOT_FOUND_ELEMENT";
    case Verdict::kOutOfRange: return "OUT_OF_RANGE";
    case Verdict::kBkeyMismatch: return "BKEY_MISMATCH";
    case Verdict::kUnreadable: return "UNREADABLE";
    case Verdict::kNoMemory: return "NO_MEMORY";
    default: return "?";
  }
}

inline EflagFilter filter(EflagFilter::Compare compare,
                          std::initializer_list<std::string_view> values, std::size_t offset = 0) {
  EflagFilter filter{.offset = offset, .compare = compare, .values = {}};
  for (const std::string_view value : values) filter.values.emplace_back(bytes_of_hex(value));
  return filter;
}

class BTreeTest : public testing::Test {
 protected:
  // A tree with that limit and these elements: the value of bkey 10 is v10.
  BTree& make(std::uint32_t most, Overflow overflow,
              std::initializer_list<std::string_view> bkeys = {}) {
    tree_.emplace(pool_.blocks(), Attributes{.most = most, .overflow = overflow});
    for (const std::string_view bkey : bkeys) EXPECT_EQ(insert(bkey), Verdict::kDone) << bkey;
    return *tree_;
  }
  Verdict insert(std::string_view bkey) { return insert(bkey, "", "v" + std::string(bkey)); }
  Verdict insert(std::string_view bkey, std::string_view eflag, std::string_view value) {
    return tree_->insert(element(bkey, eflag, value));
  }
  Verdict upsert(std::string_view bkey, std::string_view eflag, std::string_view value) {
    return tree_->upsert(element(bkey, eflag, value));
  }
  // What is lost for it.
  std::string lost_by(std::string_view bkey) {
    Snapshot lost;
    EXPECT_EQ(tree_->insert(element(bkey, "", "new"), &lost), Verdict::kDone);
    return text_of(lost);
  }
  std::string get(std::string_view range_text, std::size_t offset = 0, std::size_t most = 0) {
    return text_of(
        tree_->get({.range = range(range_text), .offset = offset, .most = most}, Removal::kKeep));
  }
  std::string get(std::string_view range_text, const EflagFilter& filter, std::size_t offset = 0,
                  std::size_t most = 0) {
    return text_of(
        tree_->get({.range = range(range_text), .filter = &filter, .offset = offset, .most = most},
                   Removal::kKeep));
  }
  Verdict erase(std::string_view range_text, std::size_t most = 0) {
    return tree_->erase({.range = range(range_text), .most = most});
  }
  std::size_t count(std::string_view range_text, const EflagFilter* filter = nullptr) {
    std::size_t count = 999;
    EXPECT_EQ(tree_->count_in(range(range_text), filter, count), Verdict::kDone);
    return count;
  }
  Verdict count_up(std::string_view bkey_text, const BTree::Count& how,
                   std::uint64_t expected = 0) {
    const BTree::Counted counted = tree_->count(bkey(bkey_text), how);
    EXPECT_EQ(counted.verdict == Verdict::kDone ? counted.number : expected, expected);
    return counted.verdict;
  }
  // The bkeys that it spans.
  std::string span() {
    return tree_->tree().empty() ? "-" : text_of(*tree_->least()) + ".." + text_of(*tree_->most());
  }

  TestPool pool_;
  std::optional<BTree> tree_;

 private:
  BTree::Element element(std::string_view bkey_text, std::string_view eflag,
                         std::string_view value) {
    eflag_ = bytes_of_hex(eflag);
    return {.bkey = bkey(bkey_text), .eflag = eflag_, .value = value};
  }

  std::string eflag_;
};

}  // namespace larder::store::collection
