// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "io/loop.h"
#include "serve/edge/object_store.h"
#include "serve/edge/range_body.h"

namespace larder::serve::edge {

// The parts of one stored body. One that is evicted while it is sent ends the response early: what
// has been sent cannot be taken back.
class StoredParts final : public PartSupplier {
 public:
  StoredParts(ObjectStore& store, io::Loop& loop, ObjectId id)
      : store_(store), loop_(loop), id_(id) {}
  std::optional<cache::Value> find(std::uint64_t number) override {
    return store_.find_part(id_, number, loop_.now());
  }
  http::Pulled pull(std::uint64_t, std::size_t, std::size_t) override {
    return {.state = http::Pulled::State::kFailed};
  }

 private:
  ObjectStore& store_;
  io::Loop& loop_;
  ObjectId id_;
};

// Whether all parts are there.
bool has_all_parts(ObjectStore& store, const ObjectHead& head, base::UnixMs now);

}  // namespace larder::serve::edge
