// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cache/cache.h"

#include <algorithm>

#include "base/limits.h"

namespace larder::cache {

Reservation Cache::reserve(const Key& key, std::size_t size, std::uint32_t flags, UnixMs now) {
  if (!admitted(key)) return Reservation(Answer::kPending);
  return store_.reserve(key, size, flags, now);
}

Stored Cache::commit(Reservation& reservation, const Key& key, const Put& how, UnixMs now) {
  if (!admitted(key)) return {.answer = Answer::kPending};
  return store_.commit(reservation, key, how, now);
}

Stored Cache::put(const Key& key, std::string_view value, const Put& how, UnixMs now) {
  if (!admitted(key)) return {.answer = Answer::kPending};
  return store_.put(key, value, how, now);
}

Answer Cache::remove(const Key& key, const Remove& how, UnixMs now) {
  return admitted(key) ? store_.remove(key, how, now) : Answer::kPending;
}

Counted Cache::count(const Key& key, const Count& how, UnixMs now) {
  if (!admitted(key)) return {.answer = Answer::kPending};
  return store_.count(key, how, now);
}

Answer Cache::create_collection(const Key& key, const store::NewCollection& what, UnixMs now) {
  return admitted(key) ? store_.create_collection(key, what, now) : Answer::kPending;
}

store::CollectionUsed Cache::operate(const Key& key, store::collection::Type type,
                                     const store::CollectionUse& how, const Store::Operate& operate,
                                     UnixMs now) {
  if (!admitted(key)) return {.answer = Answer::kPending};
  return store_.operate(key, type, how, operate, now);
}

Found Cache::inspect(const Key& key, const Store::Look& look, UnixMs now) {
  return admitted(key) ? store_.inspect(key, look, now) : Found{.answer = Answer::kPending};
}

Store::Changed Cache::change(const Key& key, std::optional<UnixMs> expires,
                             const Store::Check& check, const Store::Change& change, UnixMs now) {
  if (!admitted(key)) return {.answer = Answer::kPending};
  return store_.change(key, expires, check, change, now);
}

bool Cache::set_memory_limit(std::size_t bytes, UnixMs now) {
  if (bytes > store_.most_memory()) return false;
  wanted_limit_ = bytes;
  if (bytes >= store_.memory_limit()) store_.set_memory_limit(bytes, now);
  return true;
}

bool Cache::tend(UnixMs now) {
  const std::size_t wanted = wanted_limit_;
  const std::size_t limit = std::min(store_.memory_limit(), store_.memory_in_use());
  if (limit <= wanted) {
    // Also up: another loop may have lowered it just after it was raised.
    if (store_.memory_limit() != wanted) store_.set_memory_limit(wanted, now);
    return store_.tend(now);
  }
  const std::size_t step = std::min(limit - wanted, limits::kLimitStepBytes);
  store_.set_memory_limit(limit - step, now);
  return true;
}

void Cache::wait(const Key& key, Waiter& waiter) {
  if (gate_ == nullptr) return waiter.ready();
  gate_->wait(key, waiter);
}

}  // namespace larder::cache
