// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "serve/memcache/session.h"
#include "wire/memcache/command.h"
#include "wire/memcache/reply.h"

// The values of many keys, as the text protocols give them.
namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
using cache::Answer;

std::optional<Next> Session::give_values(std::string_view text, const cache::Key& first,
                                         std::string_view rest, const cache::Lookup& how,
                                         bool with_cas) {
  const bool begins = get_offset_ == 0;
  std::string_view unread = begins ? rest : text.substr(get_offset_);
  std::span<const cache::Key> keys = begins ? std::span(&first, 1) : hash_ahead(unread);
  const auto offset_of = [text](std::string_view part) {
    return static_cast<std::uint32_t>(part.data() - text.data());
  };
  while (true) {
    for (const cache::Key& key : keys) {
      const std::optional<Next> next = give_value(key, how, with_cas);
      if (next == Next::kGoOn) continue;
      get_offset_ = next ? offset_of(key.bytes) : 0;
      return next;
    }
    if (unread.empty()) break;
    if (socket_.loop().turn_is_long()) {
      get_offset_ = offset_of(unread);
      return Next::kYield;
    }
    keys = hash_ahead(unread);
  }
  get_offset_ = 0;
  outbox().append(wire::kEnd);
  return Next::kGoOn;
}

// kGoOn, kDrain or kWait; nothing if there is no memory for the new expiry.
std::optional<Next> Session::give_value(const cache::Key& key, const cache::Lookup& how,
                                        bool with_cas) {
  if (outbox().full()) return Next::kDrain;
  cache::Found found = find(key, how);
  const bool has_value = found.answer == Answer::kOk && found.type == cache::ItemType::kValue;
  if (has_value) append_found(key.bytes, found, with_cas);
  if (found.answer == Answer::kNoMemory) return std::nullopt;
  return found.answer == Answer::kPending ? wait_for(key) : Next::kGoOn;
}

std::span<const cache::Key> Session::hash_ahead(std::string_view& unread) {
  // Not on the stack, where it would have to be cleared for every get of one key.
  static thread_local std::array<cache::Key, limits::kBatchKeys> keys;
  std::size_t count = 0;
  for (; count < keys.size() && !unread.empty(); ++count) {
    keys[count] = cache().key(wire::next_key(unread));
    cache().prefetch_line(keys[count]);
  }
  const auto batch = std::span(keys).first(count);
  for (const cache::Key& key : batch) cache().prefetch_item(key);
  return batch;
}

void Session::append_found(std::string_view key, cache::Found& found, bool with_cas) {
  const std::size_t size = found.value.size();
  const std::size_t line_bytes = wire::value_line_room(key.size());
  const std::size_t bytes = line_bytes + size + wire::kLineEnd.size();
  const bool is_copied = size < limits::kPinReplyBytes && bytes <= io::OutboxPool::kRoomBytes;
  const cache::Cas cas = shown(found.cas);
  char* const out = outbox().room(is_copied ? bytes : line_bytes);
  char* end = wire::write_value_line(out, key, found.flags, size, with_cas ? &cas : nullptr);
  if (is_copied) end = wire::append(found.value.copy_to(end), wire::kLineEnd);
  outbox().appended(static_cast<std::size_t>(end - out));
  if (!is_copied) append_value(found.value);
}

void Session::append_value(cache::Value& value) {
  if (value.size() >= limits::kPinReplyBytes) {
    append_in_place(value);
    return outbox().append(wire::kLineEnd);
  }
  char* const out = outbox().room(value.size() + wire::kLineEnd.size());
  wire::append(value.copy_to(out), wire::kLineEnd);
  outbox().appended(value.size() + wire::kLineEnd.size());
}

}  // namespace larder::serve::memcache
