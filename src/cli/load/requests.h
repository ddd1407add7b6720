// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "cli/load/keys.h"
#include "cli/load/value_sizes.h"

namespace larder::cli::load {

enum class Protocol : std::uint8_t { kText, kMeta, kHttp };

// What requests and replies look like; the load and the floor must agree on it.
//
//   protocol  a get of one key      of several                              a set
//   text      get K                 get K K …                               set K 0 0 N / value
//             VALUE K 0 N / value   VALUE K 0 N / value … END               STORED
//             END
//   meta      mg K v                mg K k v q / mg K k v q … mn            ms K N / value
//             VA N / value          VA N kK / value … MN                    HD
//             or: EN
//   no values mg K                                    –                       as meta
//             HD, or EN
//   http      GET /K HTTP/1.1 …                       –                       –
//             HTTP/1.1 200 OK … value
//
// With a time to live a set is `set K 0 TTL N` or `ms K N TTTL`.
struct Shape {
  Protocol protocol;
  std::uint32_t multiget;  // keys of one get
  Keys keys;
  ValueSizes sizes;
  std::uint32_t ttl_s = 0;  // 0: nothing expires
  bool values = true;       // false: gets only tell whether a key is there; meta, one key a get
  std::string fields = {};  // http: the lines of a request behind the first

  // Of the line before a value of `value_bytes`, its end included.
  std::size_t value_head_bytes(std::uint32_t value_bytes) const;
  // The reply to a get that finds all its keys, with some key and value of the right lengths.
  std::string hit_reply(std::uint32_t value_bytes) const;
};

// Writes requests from templates: a copy, and the digits of the keys.
class Requests {
 public:
  explicit Requests(const Shape& shape);

  // Always the same.
  std::size_t get_bytes() const { return get_.size(); }
  // The most that a set needs.
  std::size_t max_set_bytes() const;
  std::size_t set_bytes(std::uint32_t key) const;

  // Each writes at `out` and returns the end. As many keys as the shape's multiget.
  char* write_get(char* out, std::span<const std::uint32_t> keys) const;
  char* write_set(char* out, std::uint32_t key, std::uint64_t version) const;

 private:
  const Shape& shape_;
  std::string get_;
  std::size_t first_key_;   // where it stands in get_
  std::size_t key_stride_;  // from one key to the next
  std::string set_;         // up to the value's length
  std::string set_end_;     // what follows the length, up to the value
};

}  // namespace larder::cli::load
