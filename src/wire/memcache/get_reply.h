// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace larder::wire::memcache {

// What a server of the text protocol says to `get` of one key, as it comes, for whoever has asked.
//
//   kLine ── VALUE key flags size ──► kHead, kBytes … ── END ──► kHit
//     ├───── END ──────────────────────────────────────────────► kMiss
//     ├───── ERROR, CLIENT_ERROR …, SERVER_ERROR … ────────────► kRefused
//     └───── anything else, here or behind a value ────────────► kBroken
//
// Strict: a server that writes otherwise than memcached does may mean another key.
class GetReply {
 public:
  enum class Step : std::uint8_t {
    kMore,     // has to come, before anything can be taken
    kHead,     // flags and size are known
    kBytes,    // of the value
    kHit,      // that was all
    kMiss,     // the same
    kRefused,  // the same: the server is well, and does not say what it has
    kBroken,   // nobody knows what follows
  };
  struct Taken {
    Step step = Step::kMore;
    std::size_t bytes = 0;  // from the front of what is unread; of kBytes they are the value's
  };

  // `key` must stay where it is.
  void begin(std::string_view key);
  // Not behind an end.
  Taken take(std::string_view unread);
  std::uint32_t flags() const { return flags_; }
  std::size_t size() const { return size_; }  // of the value

 private:
  enum class Part : std::uint8_t { kLine, kValue };

  Taken take_line(std::string_view unread);
  Step parse(std::string_view line);
  Taken take_value(std::string_view unread);

  std::string_view key_;
  Part part_ = Part::kLine;
  std::uint32_t flags_ = 0;
  std::size_t size_ = 0;
  std::size_t left_ = 0;
};

}  // namespace larder::wire::memcache
