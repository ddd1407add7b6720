// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace larder::store {

// What has happened since the start: counts, but where a name says otherwise.
struct History {
  std::uint64_t stored = 0;  // new items and new values, whoever asked for them
  std::uint64_t evicted = 0;
  std::uint64_t evicted_unfetched = 0;  // of those: nobody had read them
  std::uint64_t evicted_active = 0;     // use would have kept them, had there been less need
  std::uint64_t evicted_expiring = 0;   // they had an expiry
  std::uint64_t expired = 0;            // found dead (expired or flushed) and reclaimed
  std::uint64_t expired_unfetched = 0;  // of those: nobody had read them
  std::uint64_t met_expired = 0;        // an operation met them
  std::uint64_t met_flushed = 0;
  std::uint64_t tended = 0;        // reclaimed when nobody waited for it
  std::uint64_t walks = 0;         // through pages that have many dead
  std::uint64_t walked_items = 0;  // in them, living ones too
  std::uint64_t spared = 0;        // living, looked at for eviction, and kept
  std::uint64_t spared_held = 0;   // of those: because they were being sent
  std::uint64_t made_room = 0;     // pieces of work that something new had to wait for
  std::uint64_t moved_bytes = 0;   // of items copied from page to page

  History& operator+=(const History& other) {
    stored += other.stored;
    evicted += other.evicted;
    evicted_unfetched += other.evicted_unfetched;
    evicted_active += other.evicted_active;
    evicted_expiring += other.evicted_expiring;
    expired += other.expired;
    expired_unfetched += other.expired_unfetched;
    met_expired += other.met_expired;
    met_flushed += other.met_flushed;
    tended += other.tended;
    walks += other.walks;
    walked_items += other.walked_items;
    spared += other.spared;
    spared_held += other.spared_held;
    made_room += other.made_room;
    moved_bytes += other.moved_bytes;
    return *this;
  }
};

}  // namespace larder::store
