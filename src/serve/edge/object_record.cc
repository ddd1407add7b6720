// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/object_record.h"

#include <algorithm>
#include <array>

#include "base/limits.h"

namespace larder::serve::edge {
namespace {

// False: memory ran out on the way.
bool fill(cache::Reservation& reservation, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<char> room = reservation.room();
    if (room.empty()) return false;
    const std::size_t filled = bytes.copy(room.data(), room.size());
    reservation.fill(filled);
    bytes.remove_prefix(filled);
  }
  return true;
}

}  // namespace

template <class Take>
void ObjectRecord::each(Take take) const {
  for (const std::string_view text : front_) take(text);
  take(body_.first);
  for (const std::string_view piece : body_.rest) take(piece);
}

std::size_t ObjectRecord::size() const {
  std::size_t size = 0;
  each([&](std::string_view bytes) { size += bytes.size(); });
  return size;
}

cache::Answer ObjectRecord::put(cache::Cache& cache, const cache::Key& key, const cache::Put& how,
                                base::UnixMs now) const {
  const bool is_short = size() <= limits::kMaxContiguousBytes;
  return is_short ? put_short(cache, key, how, now) : put_long(cache, key, how, now);
}

cache::Answer ObjectRecord::put_short(cache::Cache& cache, const cache::Key& key,
                                      const cache::Put& how, base::UnixMs now) const {
  std::array<char, limits::kMaxContiguousBytes> value;
  std::size_t size = 0;
  each([&](std::string_view bytes) { size += bytes.copy(value.data() + size, bytes.size()); });
  return cache.put(key, {value.data(), size}, how, now).answer;
}

cache::Answer ObjectRecord::put_long(cache::Cache& cache, const cache::Key& key,
                                     const cache::Put& how, base::UnixMs now) const {
  cache::Reservation reservation = cache.reserve(key, size(), how.flags, now);
  each([&](std::string_view bytes) { fill(reservation, bytes); });
  if (reservation.missing() != 0) return reservation.answer();
  return cache.commit(reservation, key, how, now).answer;
}

}  // namespace larder::serve::edge
