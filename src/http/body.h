// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/pin.h"

namespace larder::http {

// What a pull brings.
struct Pulled {
  enum class State : std::uint8_t {
    kBytes,
    kLater,   // none yet: the reader will be told
    kEnd,     // there are no more; see BodySource::trailer
    kFailed,  // the rest will never come: what was pulled is not the whole
  };
  State state = State::kLater;
  std::string_view bytes = {};  // kBytes: one at least, and no more than there was room for
  // Of these bytes. Empty: they are there until the next pull, and no longer than the call goes in
  // which they were pulled (a turn of the loop moves them): to be copied at once.
  base::Pin pin = {};
  bool frozen = false;  // as io::Outbox::append_frozen wants them
};

// Whoever pulls, to be told that it is worth while again. On the loop that pulls.
class BodyReader {
 public:
  virtual void body_ready() = 0;

 protected:
  ~BodyReader() = default;
};

// The bytes of a body, in order, as they are asked for: there is no other back-pressure. Whoever
// has no room does not pull.
//
//   reader ──pull(room)──► source ──► kBytes … ──► kEnd
//      ▲                      │ kLater
//      └───── body_ready ─────┘ once, never inside the pull
//
// One reader, one thread. After kEnd or kFailed every pull says the same again.
class BodySource {
 public:
  virtual ~BodySource() = default;
  BodySource(const BodySource&) = delete;
  BodySource& operator=(const BodySource&) = delete;

  virtual Pulled pull(std::size_t room) = 0;
  // After kEnd: fields behind the body, as wire::http::FieldLines has them.
  virtual std::string_view trailer() const { return {}; }
  // Who is told from now on; null: nobody.
  void read_by(BodyReader* reader) { reader_ = reader; }

 protected:
  BodySource() = default;
  void tell_reader() {
    if (reader_ != nullptr) reader_->body_ready();
  }

 private:
  BodyReader* reader_ = nullptr;
};

}  // namespace larder::http
