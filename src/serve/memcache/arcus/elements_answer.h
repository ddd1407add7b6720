// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "base/decimal.h"
#include "base/limits.h"
#include "cache/collections.h"
#include "io/outbox.h"
#include "serve/memcache/long_answer.h"
#include "wire/memcache/arcus/reply.h"

namespace larder::serve::memcache::arcus {

// Room for what stands before an element's value: bkey and eflag, or a field; and its size.
constexpr std::size_t kElementHeadRoom =
    limits::kMaxFieldBytes + 2 * wire::memcache::arcus::kMaxBkeyText + base::kMaxDecimalBytes + 4;

// Writes that at `out`, and tells where in the entry the value is. Returns the end.
using WriteElement = char* (*)(char* out, std::string_view entry, std::string_view& value);

char* write_list_element(char* out, std::string_view entry, std::string_view& value);
char* write_set_element(char* out, std::string_view entry, std::string_view& value);
char* write_map_element(char* out, std::string_view entry, std::string_view& value);
char* write_btree_element(char* out, std::string_view entry, std::string_view& value);

void append_element(io::Outbox& outbox, WriteElement write, std::string_view entry);

// Those from `walk` on, each behind `prefix`, which is moved past them. kDrain: there are more.
Next append_elements(io::Socket& socket, WriteElement write, std::string_view prefix,
                     cache::Snapshot::Walk& walk);

// Elements of one collection behind each other, and a line behind them.
class ElementsAnswer final : public LongAnswer {
 public:
  ElementsAnswer(cache::Snapshot elements, WriteElement write, std::string_view tail)
      : elements_(std::move(elements)), walk_(elements_), write_(write), tail_(tail) {}
  ElementsAnswer(const ElementsAnswer&) = delete;
  ElementsAnswer& operator=(const ElementsAnswer&) = delete;

  Next go_on(io::Socket& socket) override;

 private:
  cache::Snapshot elements_;
  cache::Snapshot::Walk walk_;
  WriteElement write_;
  std::string_view tail_;  // a constant
};

}  // namespace larder::serve::memcache::arcus
