// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/object_store.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "serve/edge/item_key.h"
#include "serve/edge/object_record.h"
#include "serve/edge/packed_head.h"
#include "serve/edge/stored_fields.h"

namespace larder::serve::edge {
namespace {

using cache::Answer;

base::UnixMs later(base::UnixMs a, base::UnixMs b) {
  const bool is_for_ever = a == cache::kNeverExpires || b == cache::kNeverExpires;
  return is_for_ever ? cache::kNeverExpires : std::max(a, b);
}

// The head of `object` as it will be stored. False: its texts are too long for one.
bool complete(const ObjectStore::New& object, std::string_view selecting, ObjectHead& head) {
  head = object.head;
  if (selecting.size() > std::numeric_limits<decltype(head.selecting_bytes)>::max()) return false;
  head.selecting_bytes = static_cast<std::uint16_t>(selecting.size());
  head.field_bytes = static_cast<std::uint32_t>(object.field_lines.size());
  if (head.inline_body) head.body_bytes = object.body.size();
  return true;
}

Pieces inline_body_of(const ObjectStore::New& object) {
  return {.first = object.head.inline_body ? object.body : std::string_view{}};
}

}  // namespace

// ---- find

LookedUp ObjectStore::find(std::string_view key, const wire::http::Fields& request,
                           base::UnixMs now) {
  if (!UrlKey::fits(key)) return {};
  const UrlKey name(key);
  cache::Found found = cache_.find(cache_.key(name.text()), {.want_details = false}, now);
  if (found.answer != Answer::kOk) return {};
  const std::string_view record = pieces_of(found.value).first;
  switch (kind_of(record)) {
    case RecordKind::kNone: return {};
    case RecordKind::kHitForMiss: return {.state = LookedUp::State::kHitForMiss};
    case RecordKind::kVariants: return find_variant(record, request, now);
    case RecordKind::kObject: break;
  }
  std::optional<Object> object = Object::from(std::move(found.value), {.cas = found.cas});
  if (!object) return {};
  return {.state = LookedUp::State::kObject, .object = std::move(*object)};
}

LookedUp ObjectStore::find_variant(std::string_view record, const wire::http::Fields& request,
                                   base::UnixMs now) {
  const std::optional<Variants> variants = Variants::parse(record);
  if (!variants) return {};
  std::vector<std::pair<std::string, std::uint64_t>> selections;
  for (const std::string& set : variants->sets()) {
    std::string selection = selection_of(request, set);
    const std::uint64_t hash = hash_of(selection);
    selections.emplace_back(std::move(selection), hash);
  }
  for (const Variants::Variant& each : variants->all()) {
    const auto& [selection, hash] = selections[each.set];
    if (each.hash != hash) continue;
    std::optional<Object> object = find_selected(variants->id(), selection, hash, now);
    if (object) return {.state = LookedUp::State::kObject, .object = std::move(*object)};
  }
  std::optional<Object> object = find_by_language(*variants, request, now);
  if (object) return {.state = LookedUp::State::kObject, .object = std::move(*object)};
  const bool is_marked = now < variants->hit_for_miss_until;
  return {.state = is_marked ? LookedUp::State::kHitForMiss : LookedUp::State::kVaryMiss};
}

std::optional<Object> ObjectStore::find_selected(std::uint64_t id, const std::string& selection,
                                                 std::uint64_t hash, base::UnixMs now) {
  std::optional<Object> object = find_hashed(id, hash, now);
  if (object && object->selecting() != selection) object.reset();
  return object;
}

std::optional<Object> ObjectStore::find_hashed(std::uint64_t id, std::uint64_t hash,
                                               base::UnixMs now) {
  const NumberKey name(KeyKind::kVariant, id, hash);
  cache::Found found = cache_.find(cache_.key(name.text()), {.want_details = false}, now);
  if (found.answer != Answer::kOk) return {};
  return Object::from(std::move(found.value), {.cas = found.cas, .variants = id, .hash = hash});
}

// One in the language that is wanted most: an origin would hardly choose another, in whatever words
// it is asked (RFC 9111, 4.1).
std::optional<Object> ObjectStore::find_by_language(const Variants& variants,
                                                    const wire::http::Fields& request,
                                                    base::UnixMs now) {
  const auto set = std::ranges::find(variants.sets(), "accept-language");
  if (set == variants.sets().end()) return {};
  const std::optional<std::string> wanted = wire::http::wanted_language(request);
  if (!wanted) return {};
  for (const Variants::Variant& each : variants.all()) {
    if (each.set != set - variants.sets().begin()) continue;
    std::optional<Object> object = find_hashed(variants.id(), each.hash, now);
    if (!object) continue;
    const auto language = fields_of(object->field_lines()).value("content-language");
    if (language && wire::http::equal_names(*language, *wanted)) return object;
  }
  return {};
}

// ---- put

bool ObjectStore::put(std::string_view key, const wire::http::Fields& request, const New& object,
                      base::UnixMs now) {
  if (!UrlKey::fits(key) || object.vary.by_all) return false;
  const std::string set = set_of(object.vary.names);
  if (set.size() > limits::kMaxVaryBytes) return false;
  if (!set.empty()) return put_variant(key, selection_of(request, set), set, object, now);
  ObjectHead head;
  if (!complete(object, {}, head)) return false;
  const UrlKey name(key);
  const ObjectRecord record(head, {}, object.field_lines, inline_body_of(object));
  const cache::Put how{.expires = expiry_of(head)};
  return record.put(cache_, cache_.key(name.text()), how, now) == Answer::kOk;
}

// Known first, then there: until then, and when it is refused, it is a miss.
bool ObjectStore::put_variant(std::string_view key, const std::string& selection,
                              std::string_view set, const New& object, base::UnixMs now) {
  ObjectHead head;
  if (!complete(object, selection, head)) return false;
  const std::uint64_t hash = hash_of(selection);
  const base::UnixMs expires = expiry_of(head);
  std::uint64_t id = 0;
  std::vector<std::uint64_t> gone;
  const Edit add = [&](Variants* variants, base::UnixMs until) -> std::optional<Edited> {
    Variants next = variants != nullptr ? std::move(*variants) : Variants(new_id());
    gone = next.add(set, hash);
    id = next.id();
    return Edited{next.encode(), variants != nullptr ? later(until, expires) : expires};
  };
  if (!edit(key, add, now)) return false;
  for (const std::uint64_t each : gone) remove_variant(id, each, now);
  const NumberKey name(KeyKind::kVariant, id, hash);
  const ObjectRecord record(head, selection, object.field_lines, inline_body_of(object));
  return record.put(cache_, cache_.key(name.text()), {.expires = expires}, now) == Answer::kOk;
}

bool ObjectStore::edit(std::string_view key, const Edit& change, base::UnixMs now) {
  if (!UrlKey::fits(key)) return false;
  const UrlKey name(key);
  const cache::Key item = cache_.key(name.text());
  for (unsigned i = 0; i < limits::kObjectTries; ++i) {
    cache::Put how{.mode = cache::PutMode::kAdd};
    std::optional<Variants> variants;
    base::UnixMs expires = cache::kNeverExpires;
    {
      const cache::Found found = cache_.find(item, {.leave_no_trace = true}, now);
      if (found.answer == Answer::kOk) {
        how = {.expected = found.cas};
        variants = Variants::parse(pieces_of(found.value).first);
        expires = found.expires;
      }
    }
    const std::optional<Edited> edited = change(variants ? &*variants : nullptr, expires);
    if (!edited) return true;
    how.expires = edited->expires;
    const Answer answer = cache_.put(item, edited->bytes, how, now).answer;
    if (answer == Answer::kOk) return true;
    const bool was_late =
        answer == Answer::kMiss || answer == Answer::kExists || answer == Answer::kNotStored;
    if (!was_late) return false;
  }
  return false;
}

// ---- update

bool ObjectStore::update(std::string_view key, const Object& was, const Freshness& freshness,
                         std::string_view field_lines, base::UnixMs now) {
  if (!UrlKey::fits(key)) return false;
  ObjectHead head = was.head();
  head.freshness = freshness;
  head.field_bytes = static_cast<std::uint32_t>(field_lines.size());
  const ObjectPlace& place = was.place();
  const cache::Put how{.expires = expiry_of(head), .expected = place.cas};
  const ObjectRecord record(head, was.selecting(), field_lines, was.body_pieces());
  if (place.variants == 0) {
    const UrlKey name(key);
    return record.put(cache_, cache_.key(name.text()), how, now) == Answer::kOk;
  }
  if (!extend(key, place.variants, how.expires, now)) return false;
  const NumberKey name(KeyKind::kVariant, place.variants, place.hash);
  return record.put(cache_, cache_.key(name.text()), how, now) == Answer::kOk;
}

// Variants are known at least as long as any of them is of use. False: these are not any more.
bool ObjectStore::extend(std::string_view key, std::uint64_t id, base::UnixMs expires,
                         base::UnixMs now) {
  bool is_known = false;
  const Edit extend = [&](Variants* variants, base::UnixMs until) -> std::optional<Edited> {
    is_known = variants != nullptr && variants->id() == id;
    if (!is_known || later(until, expires) == until) return {};
    return Edited{variants->encode(), expires};
  };
  return edit(key, extend, now) && is_known;
}

// ---- marks, and what goes

bool ObjectStore::mark_hit_for_miss(std::string_view key, base::UnixMs until, base::UnixMs now) {
  if (until <= now) return true;
  const Edit mark = [&](Variants* variants, base::UnixMs expires) -> std::optional<Edited> {
    if (variants == nullptr)
      return Edited{std::string(1, static_cast<char>(RecordKind::kHitForMiss)), until};
    variants->hit_for_miss_until = until;
    return Edited{variants->encode(), later(expires, until)};
  };
  return edit(key, mark, now);
}

void ObjectStore::mark_authorized(std::string_view key, base::UnixMs until, base::UnixMs now) {
  if (until <= now) return;
  const NumberKey name(KeyKind::kAuthorized, hash_of(key));
  cache_.put(cache_.key(name.text()), {}, {.expires = until}, now);
}

bool ObjectStore::is_marked_authorized(std::string_view key, base::UnixMs now) {
  return has(NumberKey(KeyKind::kAuthorized, hash_of(key)).text(), now);
}

std::size_t ObjectStore::remove(std::string_view key, base::UnixMs now) {
  if (!UrlKey::fits(key)) return 0;
  const UrlKey name(key);
  const cache::Key item = cache_.key(name.text());
  cache::Found found = cache_.find(item, {.leave_no_trace = true}, now);
  if (found.answer != Answer::kOk) return 0;
  const std::string_view record = pieces_of(found.value).first;
  const bool is_object = kind_of(record) == RecordKind::kObject;
  const std::optional<Variants> variants = Variants::parse(record);
  found.value = {};
  if (cache_.remove(item, {}, now) != Answer::kOk) return 0;
  if (!variants) return is_object ? 1 : 0;
  return static_cast<std::size_t>(
      std::ranges::count_if(variants->all(), [&](const Variants::Variant& each) {
        return remove_variant(variants->id(), each.hash, now);
      }));
}

bool ObjectStore::remove_variant(std::uint64_t id, std::uint64_t hash, base::UnixMs now) {
  const NumberKey name(KeyKind::kVariant, id, hash);
  return cache_.remove(cache_.key(name.text()), {}, now) == Answer::kOk;
}

std::uint64_t ObjectStore::note_use(std::string_view key, base::UnixMs now) {
  const NumberKey name(KeyKind::kUses, hash_of(key));
  const cache::Count how{.create_expires = now + limits::kUseWindowMs, .initial = 1};
  const cache::Counted counted = cache_.count(cache_.key(name.text()), how, now);
  return counted.answer == Answer::kOk ? counted.number : 1;
}

// ---- parts

bool ObjectStore::put_part(ObjectId id, std::uint64_t number, std::string_view bytes,
                           base::UnixMs now) {
  const NumberKey name(KeyKind::kPart, id, number);
  return cache_.put(cache_.key(name.text()), bytes, {}, now).answer == Answer::kOk;
}

std::optional<cache::Value> ObjectStore::find_part(ObjectId id, std::uint64_t number,
                                                   base::UnixMs now) {
  const NumberKey name(KeyKind::kPart, id, number);
  cache::Found found = cache_.find(cache_.key(name.text()), {.want_details = false}, now);
  if (found.answer != Answer::kOk) return {};
  return std::move(found.value);
}

bool ObjectStore::has_part(ObjectId id, std::uint64_t number, base::UnixMs now) {
  return has(NumberKey(KeyKind::kPart, id, number).text(), now);
}

// Which is no use of it.
bool ObjectStore::has(std::string_view name, base::UnixMs now) {
  const cache::Lookup how{.leave_no_trace = true, .want_value = false, .want_details = false};
  return cache_.find(cache_.key(name), how, now).answer == Answer::kOk;
}

}  // namespace larder::serve::edge
