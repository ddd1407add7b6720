// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/body.h"
#include "serve/edge/object.h"
#include "serve/edge/shared_pin.h"
#include "wire/http/conditional.h"

namespace larder::serve::edge {

// `bytes 0-99/1234`: what Content-Range says.
std::string content_range_of(const wire::http::ByteRange& range, std::uint64_t size);

// Who has the parts of a long body.
class PartSupplier {
 public:
  // Part `number` where it is stored; nothing: it is not.
  virtual std::optional<cache::Value> find(std::uint64_t number) = 0;
  // Of a part that is not stored: from its byte `offset` on what there is, at most `room` bytes.
  // kLater: RangeBody::go_on will be called. kEnd is a failure, as the part is not over.
  virtual http::Pulled pull(std::uint64_t number, std::size_t offset, std::size_t room) = 0;

 protected:
  ~PartSupplier() = default;
};

// The body of a response from a stored one: ranges of it, sent from where they lie.
//
//   one range        [ bytes first to last ]                    a 206; the whole of a 200, too
//   several ranges   --b␍␊ Content-Type␍␊ Content-Range␍␊ ␍␊ [ bytes ]␍␊ … --b--␍␊
//
//   bytes of an inline body    under a pin of the object
//         of a part            under a pin of that part; from the supplier, where it is missing
class RangeBody final : public http::BodySource {
 public:
  // `ranges`: all within the body; none: of nothing. `content_type`: the object's; empty: it has
  // none. `supplier` is asked for the parts of a body that is not inline, and must outlive this.
  RangeBody(Object object, std::vector<wire::http::ByteRange> ranges, std::string_view content_type,
            PartSupplier* supplier = nullptr);

  std::uint64_t size() const { return size_; }  // of all that will be pulled
  bool is_multipart() const { return ranges_.size() > 1; }
  // What the response's Content-Type is.
  std::string response_type() const;

  http::Pulled pull(std::size_t room) override;
  // The supplier has more, or has failed.
  void go_on() { tell_reader(); }

 private:
  std::uint64_t body_bytes() const { return object_.head().body_bytes; }
  std::uint64_t wanted_bytes() const;
  std::string heading_of(const wire::http::ByteRange& range) const;
  bool begin_next();
  http::Pulled pull_text(std::size_t room);
  http::Pulled pull_inline(std::size_t room);
  http::Pulled pull_part(std::size_t room);
  http::Pulled pull_supplied(std::size_t offset, std::size_t room);
  void find_part(std::uint64_t number);
  http::Pulled advance(http::Pulled pulled);
  http::Pulled fail();

  Object object_;
  std::vector<wire::http::ByteRange> ranges_;
  std::string content_type_;
  std::string boundary_;  // of several ranges
  PartSupplier* supplier_;
  std::uint64_t size_ = 0;

  std::size_t begun_ = 0;  // ranges, and the end of a multipart
  std::string text_;       // in front of the range's bytes
  std::size_t text_done_ = 0;
  std::uint64_t at_ = 0;    // of the body: the next byte
  std::uint64_t left_ = 0;  // of this range
  bool failed_ = false;

  SharedPin pin_;                      // of the object, or of the part
  std::optional<std::uint64_t> part_;  // that was asked for last
  std::optional<cache::Value> bytes_;  // of that part; nothing: the supplier's
};

}  // namespace larder::serve::edge
