// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "serve/memcache/binary_reply.h"
#include "serve/memcache/pipeline.h"
#include "wire/memcache/binary.h"

namespace larder::serve::memcache {

struct BinaryRequest : ParsedRequest {
  wire::memcache::binary::Request binary;
};

// Speaks memcached's binary protocol. Quiet forms say nothing where all went as expected: a miss of
// get and gat, the success of all others.
class BinarySession final : public Pipeline<BinarySession, BinaryRequest> {
 public:
  BinarySession(Node& node, io::Socket& socket) : Pipeline(node, socket) {}

  // Whether a connection whose first byte this is speaks it.
  static bool begins_with(char first) {
    return static_cast<std::uint8_t>(first) == wire::memcache::binary::kRequestMagic;
  }

 private:
  friend Pipeline;
  using Request = BinaryRequest;
  using Status = wire::memcache::binary::Status;

  // ---- for Pipeline
  static constexpr std::size_t kBlockEndBytes = 0;
  std::size_t parse_head(std::string_view unread, bool is_first, Request& request);
  bool is_hopeless(std::string_view unread) const { return !begins_with(unread.front()); }
  static constexpr std::size_t most_waited_bytes(const Request&) { return limits::kWaitBlockBytes; }
  static bool answers_without_block(const Request& request);
  static bool may_take_long(const Request& request);
  Next answer_request(const Request& request);
  Next finish_incoming();

  // ---- requests
  Next answer_get(const Request& request);
  Next answer_put(const Request& request);
  Next answer_delete(const Request& request);
  Next answer_count(const Request& request);
  Next answer_touch(const Request& request);
  Next answer_flush(const Request& request);
  Next answer_stat(const Request& request);
  bool do_stat(const Request& request);
  Next begin_incoming(const Request& request);
  std::optional<cache::Cas> expected_of(const Request& request) const;
  // Says why a value was refused, and forgets the value that it was to replace.
  Next refuse_value(const Request& request, cache::Answer why);
  // By the status that says so; kPending waits.
  Next refuse(const Request& request, cache::Answer why);
  Next refuse(const Request& request, Status status);
  Next reply(const Request& request, const BinaryBody& body);
  Next reply_unless_quiet(const Request& request, const BinaryBody& body);
  void append(const Request& request, Status status, BinaryBody body);
  void append_found(const Request& request, cache::Found& found);
};

}  // namespace larder::serve::memcache
