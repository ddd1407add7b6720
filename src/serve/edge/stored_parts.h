// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "io/loop.h"
#include "serve/edge/fill.h"
#include "serve/edge/object_store.h"
#include "serve/edge/partial.h"
#include "serve/edge/range_body.h"

namespace larder::serve::edge {

// The parts of one stored body, for one response: those that are not there are fetched as it comes
// to them, as many together as it wants and limits::kPartsAtOnce allows. Where they cannot be, the
// response ends early: what has been sent cannot be taken back.
//
//   find(n) ─┬─ stored
//            └─ pull ─► FetchParts ─┬─ a fill, of this response or another ─► its reader
//                                   └─ stored meanwhile
class StoredParts final : public PartSupplier, private http::BodyReader {
 public:
  // → a fill that brings at least `span`; null: its first part has been stored meanwhile. `alone`:
  // one that nobody else has, in any case.
  using FetchParts = std::function<std::shared_ptr<Fill>(const FillSpan& span, bool alone)>;

  StoredParts(ObjectStore& store, io::Loop& loop, PartialBody body,
              std::vector<wire::http::ByteRange> wanted, FetchParts fetch);
  // Who is told when more has come.
  void supply(RangeBody& body);

  std::optional<cache::Value> find(std::uint64_t number) override {
    return store_.find_part(body_.id, number, loop_.now());
  }
  http::Pulled pull(std::uint64_t number, std::size_t offset, std::size_t room) override;

 private:
  enum class Source : std::uint8_t { kReader, kStored, kNone };

  void body_ready() override { supplied_->go_on(); }
  Source open(std::uint64_t byte);
  bool read(std::shared_ptr<Fill> fill, std::uint64_t byte, const FillSpan& span);
  std::optional<cache::Value> find_whole(std::uint64_t number);
  FillSpan missing_from(std::uint64_t byte) const;

  ObjectStore& store_;
  io::Loop& loop_;
  PartialBody body_;
  std::vector<wire::http::ByteRange> wanted_;
  FetchParts fetch_;
  RangeBody* supplied_ = nullptr;
  std::unique_ptr<Fill::Reader> reader_;
  std::uint64_t at_ = 0;                // of the body: what the reader brings next
  std::optional<cache::Value> stored_;  // meanwhile
};

// Whether all parts are there.
bool has_all_parts(ObjectStore& store, const ObjectHead& head, base::UnixMs now);

}  // namespace larder::serve::edge
