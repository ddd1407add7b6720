// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <iterator>
#include <optional>
#include <vector>

#include "base/check.h"
#include "base/decimal.h"
#include "serve/memcache/arcus/collections.h"
#include "serve/memcache/arcus/told_item.h"
#include "wire/memcache/arcus/bkey.h"
#include "wire/memcache/arcus/reply.h"
#include "wire/memcache/words.h"

// getattr, setattr.
namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using cache::Answer;
using cache::BTree;
using cache::ItemType;
using cache::Verdict;

namespace {

enum class Attribute : std::uint8_t {
  kType,
  kFlags,
  kExpireTime,
  kCount,
  kMaxCount,
  kOverflowAction,
  kReadable,
  kMaxBkeyRange,
  kMinBkey,
  kMaxBkey,
  kTrimmed,
};

// Which items have one.
enum class Of : std::uint8_t { kAny, kCollections, kBTrees };

struct AttributeRow {
  Attribute attribute;
  std::string_view name;
  Of of;
  bool can_be_asked_of_all = false;  // and is -1 where there is none
};

// In the order in which they are told.
constexpr auto kAttributes = std::to_array<AttributeRow>({
    {Attribute::kType, "type", Of::kAny},
    {Attribute::kFlags, "flags", Of::kAny},
    {Attribute::kExpireTime, "expiretime", Of::kAny},
    {Attribute::kCount, "count", Of::kCollections},
    {Attribute::kMaxCount, "maxcount", Of::kCollections},
    {Attribute::kOverflowAction, "overflowaction", Of::kCollections},
    {Attribute::kReadable, "readable", Of::kCollections},
    {Attribute::kMaxBkeyRange, "maxbkeyrange", Of::kBTrees},
    {Attribute::kMinBkey, "minbkey", Of::kBTrees, true},
    {Attribute::kMaxBkey, "maxbkey", Of::kBTrees, true},
    {Attribute::kTrimmed, "trimmed", Of::kBTrees},
});

const AttributeRow* row_of(std::string_view name) {
  for (const AttributeRow& row : kAttributes) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

bool has(ItemType type, Of of) {
  switch (of) {
    case Of::kAny: return true;
    case Of::kCollections: return type != ItemType::kValue;
    case Of::kBTrees: return type == ItemType::kBTree;
  }
  return false;
}

std::string_view name_of(ItemType type) {
  switch (type) {
    case ItemType::kValue: return "kv";
    case ItemType::kList: return "list";
    case ItemType::kSet: return "set";
    case ItemType::kMap: return "map";
    case ItemType::kBTree: return "b+tree";
  }
  return {};
}

std::string_view name_of(cache::Overflow overflow) {
  using Wire = wire::arcus::Overflow;
  switch (overflow) {
    case cache::Overflow::kError: return wire::arcus::name_of(Wire::kError);
    case cache::Overflow::kHeadTrim: return wire::arcus::name_of(Wire::kHeadTrim);
    case cache::Overflow::kTailTrim: return wire::arcus::name_of(Wire::kTailTrim);
    case cache::Overflow::kSmallestTrim: return wire::arcus::name_of(Wire::kSmallestTrim);
    case cache::Overflow::kLargestTrim: return wire::arcus::name_of(Wire::kLargestTrim);
    case cache::Overflow::kSmallestSilentTrim:
      return wire::arcus::name_of(Wire::kSmallestSilentTrim);
    case cache::Overflow::kLargestSilentTrim: return wire::arcus::name_of(Wire::kLargestSilentTrim);
  }
  return {};
}

std::string text_of(const std::optional<cache::Bkey>& bkey, std::string_view none) {
  if (!bkey) return std::string(none);
  std::array<char, wire::arcus::kMaxBkeyText> text;
  return {text.data(), wire::arcus::write_bkey(text.data(), *bkey)};
}

// What of a collection is told, copied under its lock.
struct Told {
  std::size_t count = 0;
  cache::Attributes attributes = {};
  std::optional<cache::Bkey> max_range = {};
  std::optional<cache::Bkey> least = {};
  std::optional<cache::Bkey> largest = {};
  bool trimmed = false;
};

Told told_of(const cache::Collection& collection) {
  Told told{.count = collection.tree().size(), .attributes = collection.attributes()};
  if (const auto* tree = std::get_if<BTree>(&collection.content())) {
    told.max_range = tree->max_range();
    told.least = tree->least();
    told.largest = tree->most();
    told.trimmed = tree->is_trimmed();
  }
  return told;
}

std::string text_of(Attribute attribute, const cache::Found& item, const Told& told,
                    cache::UnixMs now) {
  switch (attribute) {
    case Attribute::kType: return std::string(name_of(item.type));
    case Attribute::kFlags: return fmt::format("{}", item.flags);
    case Attribute::kExpireTime: return fmt::format("{}", expire_time(item.expires, now));
    case Attribute::kCount: return fmt::format("{}", told.count);
    case Attribute::kMaxCount: return fmt::format("{}", told.attributes.most);
    case Attribute::kOverflowAction: return std::string(name_of(told.attributes.overflow));
    case Attribute::kReadable: return told.attributes.readable ? "on" : "off";
    case Attribute::kMaxBkeyRange: return text_of(told.max_range, "0");
    case Attribute::kMinBkey: return text_of(told.least, "-1");
    case Attribute::kMaxBkey: return text_of(told.largest, "-1");
    case Attribute::kTrimmed: return told.trimmed ? "1" : "0";
  }
  return {};
}

}  // namespace

// ---- getattr <key> [<name> …]

Next ArcusSession::answer_getattr(const Request& request) {
  const Command& command = request.command;
  std::vector<const AttributeRow*> wanted;
  wire::Words words(command.rest);
  for (std::string_view name = words.next(); !name.empty(); name = words.next()) {
    wanted.push_back(row_of(name));
    if (wanted.back() == nullptr) return refuse(command, Fault::kAttributeNotFound);
  }
  Told told;
  const cache::Found item = cache().inspect(
      request.key,
      [&](const cache::Collection& collection) {
        told = told_of(collection);
        told.attributes.fit_most(tunables().most_elements_of(collection.kind()));
      },
      now());
  if (item.answer != Answer::kPending) {
    count(request.key, Operation::kGetattr,
          item.answer == Answer::kOk ? Outcome::kHit : Outcome::kMiss);
  }
  if (item.answer != Answer::kOk) return tell_answer(request, item.answer);
  const bool wants_all = wanted.empty();
  for (const AttributeRow& row : kAttributes) {
    if (wants_all && has(item.type, row.of)) wanted.push_back(&row);
  }
  std::string text;
  for (const AttributeRow* row : wanted) {
    if (!has(item.type, row->of) && !row->can_be_asked_of_all)
      return refuse(command, Fault::kAttributeNotFound);
    fmt::format_to(std::back_inserter(text), "ATTR {}={}\r\n", row->name,
                   text_of(row->attribute, item, told, now()));
  }
  outbox().append(text);
  outbox().append(wire::kEnd);
  return Next::kGoOn;
}

// ---- setattr <key> <name>=<value> …

namespace {

// What is to be set; of an attribute that is named twice the last value.
struct Wishes {
  std::optional<std::int64_t> exptime = {};
  std::optional<std::int32_t> maxcount = {};
  std::optional<cache::Overflow> overflow = {};
  bool readable = false;
  std::optional<cache::Bkey> max_range = {};  // 0: any
};

// What is wrong with them; nothing: all is well formed.
Fault parse_wish(std::string_view name, std::string_view value, Wishes& wishes) {
  const AttributeRow* const row = row_of(name);
  const auto judged = [](bool good) { return good ? Fault::kNone : Fault::kAttributeBadValue; };
  if (row == nullptr) return Fault::kAttributeNotFound;
  switch (row->attribute) {
    case Attribute::kExpireTime:
      wishes.exptime = base::parse_decimal<std::int64_t>(value);
      return judged(wishes.exptime.has_value());
    case Attribute::kMaxCount:
      wishes.maxcount = base::parse_decimal<std::int32_t>(value);
      return judged(wishes.maxcount.has_value());
    case Attribute::kOverflowAction: {
      const auto overflow = wire::arcus::overflow_of(value);
      if (overflow) wishes.overflow = overflow_action(*overflow);
      return judged(overflow.has_value());
    }
    case Attribute::kReadable: wishes.readable = true; return judged(value == "on");
    case Attribute::kMaxBkeyRange:
      return judged(wire::arcus::parse_bkey(value, wishes.max_range.emplace()));
    default: return Fault::kAttributeNotFound;
  }
}

std::optional<cache::Bkey> range_of(const cache::Bkey& wanted) {
  if (wanted == cache::Bkey::of(0)) return {};
  return wanted;
}

// Of a collection that may have `greatest` elements.
Verdict judge(const Wishes& wishes, std::uint32_t greatest, const cache::Collection& collection) {
  if (wishes.maxcount) {
    cache::Attributes attributes = collection.attributes();
    attributes.set_most(*wishes.maxcount, greatest);
    if (attributes.most < collection.tree().size()) return Verdict::kBadValue;
  }
  if (wishes.overflow && !cache::suits(*wishes.overflow, collection.kind())) {
    return Verdict::kBadValue;
  }
  const auto* tree = std::get_if<BTree>(&collection.content());
  const bool may_span =
      tree == nullptr || !wishes.max_range || tree->may_span(range_of(*wishes.max_range));
  return may_span ? Verdict::kDone : Verdict::kBadValue;
}

void change(const Wishes& wishes, std::uint32_t greatest, cache::Collection& collection) {
  cache::Attributes& attributes = collection.attributes();
  auto* tree = std::get_if<BTree>(&collection.content());
  if (wishes.maxcount) attributes.set_most(*wishes.maxcount, greatest);
  if (wishes.readable) attributes.readable = true;
  if (wishes.overflow && tree != nullptr) tree->set_overflow(*wishes.overflow);
  if (wishes.overflow) attributes.overflow = *wishes.overflow;
  if (wishes.max_range && tree != nullptr) {
    LARDER_CHECK(tree->set_max_range(range_of(*wishes.max_range)) == Verdict::kDone);
  }
}

}  // namespace

// Names and values come before the key: a wrong one is told of a key that is missing, too.
Next ArcusSession::answer_setattr(const Request& request) {
  const Command& command = request.command;
  Wishes wishes;
  wire::Words words(command.rest);
  for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return refuse(command, Fault::kBadFormat);
    const Fault fault = parse_wish(word.substr(0, equals), word.substr(equals + 1), wishes);
    if (fault != Fault::kNone) return refuse(command, fault);
  }
  std::optional<cache::UnixMs> expires;
  if (wishes.exptime) expires = wire::arcus::expiry_of(*wishes.exptime, now());
  const auto greatest = [this](const cache::Collection& collection) {
    return tunables().most_elements_of(collection.kind());
  };
  const auto changed = cache().change(
      request.key, expires,
      [&](const cache::Collection* collection) {
        if (collection == nullptr) return Verdict::kDone;
        return judge(wishes, greatest(*collection), *collection);
      },
      [&](cache::Collection& collection) { change(wishes, greatest(collection), collection); },
      now());
  if (changed.answer == Answer::kPending) return wait_for(request.key);
  count(request.key, Operation::kSetattr, outcome_of(changed.answer, changed.verdict));
  if (changed.answer == Answer::kBadExpiry) return refuse(command, Fault::kAttributeBadValue);
  if (changed.answer != Answer::kOk) return tell_answer(request, changed.answer);
  return tell_verdict(command, changed.verdict, wire::kOk);
}

}  // namespace larder::serve::memcache::arcus
