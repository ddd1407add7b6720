// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "cache/cache.h"
#include "serve/edge/freshness.h"
#include "wire/http/negotiation.h"

namespace larder::serve::edge {

// Names the bytes of one body, for ever: a 304 makes a new head with the same id.
using ObjectId = std::uint64_t;

// The head of a stored response, as plain data; at the front of its item it is packed.
//
//   item of the key    [ PackedHead ][ selecting text ][ field lines ][ body, up to 32 KiB ]
//   items of parts     (id, n): 256 KiB of a longer body each, any of which may be missing
struct ObjectHead {
  ObjectId id = 0;
  std::uint64_t body_bytes = 0;
  Freshness freshness = {};
  std::uint16_t status = 0;
  wire::http::Coding coding = wire::http::Coding::kIdentity;
  bool inline_body = true;            // behind the head; else in parts
  bool has_strong_validator = false;  // parts of one id may be fetched at different times
  bool has_validator = false;
  std::uint16_t selecting_bytes = 0;
  std::uint32_t field_bytes = 0;
  bool operator==(const ObjectHead&) const = default;
};

// When a stored response is of no use any more, not even behind a failure of the origin. One that
// the origin can be asked about is of use for ever.
base::UnixMs expiry_of(const ObjectHead& head);

// Bytes that lie in several places, in order.
struct Pieces {
  std::string_view first = {};
  std::span<const std::string_view> rest = {};

  std::size_t count() const { return (first.empty() ? 0 : 1) + rest.size(); }
  std::size_t size() const;
  // From byte `offset` on as much as lies in one place; empty: there is nothing behind it.
  std::string_view from(std::size_t offset) const;
};

// `value` from byte `offset` on. Views into it: they hold as long as its pin does.
Pieces pieces_of(const cache::Value& value, std::size_t offset = 0);

// Where an object was found, and as which version: what an update replaces.
struct ObjectPlace {
  cache::Cas cas = 0;
  std::uint64_t variants = 0;  // id of the Variants of which it is one; 0: the key's only object
  std::uint64_t hash = 0;      // of its selecting text
};

// One stored response under its pin: immutable, on any thread, as long as it is held.
class Object {
 public:
  Object() = default;
  // Nothing: these bytes are no object.
  static std::optional<Object> from(cache::Value value, const ObjectPlace& place = {});

  const ObjectHead& head() const { return head_; }
  const ObjectPlace& place() const { return place_; }
  // What a request must say to be answered by it; empty: anything.
  std::string_view selecting() const { return selecting_; }
  std::string_view field_lines() const { return fields_; }
  // Whether inline_body() is all of the body that is stored here: true of what is below 8 KiB.
  bool is_contiguous() const { return body_.rest.empty(); }
  std::string_view inline_body() const {
    return is_contiguous() ? body_.first : std::string_view{};
  }
  const Pieces& body_pieces() const { return body_; }
  bool frozen() const { return frozen_; }  // as io::Outbox::append_frozen wants it
  // For a reply that is sent from where it lies: the views hold while both it and this are there.
  base::Pin take_pin() { return value_.take_pin(); }

 private:
  bool read();
  std::string_view cut(std::size_t offset, std::size_t bytes);

  ObjectHead head_;
  ObjectPlace place_;
  std::string_view selecting_;
  std::string_view fields_;
  Pieces body_;
  bool frozen_ = false;
  cache::Value value_;
  std::unique_ptr<char[]> copy_;  // of texts that lie in several places
};

}  // namespace larder::serve::edge
