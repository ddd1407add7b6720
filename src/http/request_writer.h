// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/body.h"
#include "http/client_connection.h"
#include "io/outbox.h"

namespace larder::http {

// One request of HTTP/1.1 on its way into an outbox, at the pace at which that is emptied.
//
//   begin ─► head ─► body: counted, chunked ─► done           stop: no more of it, at any time
//              └── upgrade: nothing, until begin_tunnel ─► raw ─► done
class RequestWriter {
 public:
  // `reader` is told by the body.
  void begin(const Outgoing& request, BodyReader& reader);
  // The connection is a tunnel now: the body is what goes through it.
  void begin_tunnel(BodyReader& reader);
  // What there is and the outbox has room for. → false: the body failed, or lied about its length.
  bool write(io::Outbox& outbox);
  void stop();

  bool is_done() const { return stage_ == Stage::kDone; }
  bool wants_upgrade() const { return upgrade_ != nullptr; }
  const std::string& method() const { return method_; }

 private:
  enum class Stage : std::uint8_t { kStopped, kBody, kDone };
  enum class Coding : std::uint8_t { kCounted, kChunked, kRaw };

  void write_head(const Outgoing& request);
  void read(BodySource* body, BodyReader& reader);
  bool has_all() const { return coding_ == Coding::kCounted && left_ == 0; }
  bool append(Pulled&& pulled, io::Outbox& outbox);
  bool end(io::Outbox& outbox);
  void leave_body();

  std::string method_;
  std::string head_;  // not written yet
  BodySource* body_ = nullptr;
  BodySource* upgrade_ = nullptr;  // the body of a tunnel that is not one yet
  std::uint64_t left_ = 0;         // kCounted
  Stage stage_ = Stage::kStopped;
  Coding coding_ = Coding::kCounted;
};

}  // namespace larder::http
