// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The input is what a client sends, one request behind the other.
#include "wire/memcache/binary.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"

namespace larder::wire::memcache::binary {
namespace {

void check_request(std::string_view unread, const Request& request, std::size_t consumed) {
  LARDER_CHECK(consumed >= kHeadBytes && consumed <= unread.size());
  LARDER_CHECK(request.fault == Status::kOk || consumed == kHeadBytes);
  LARDER_CHECK(!request.closes || request.fault != Status::kOk);
  LARDER_CHECK((request.verb == Verb::kUnknown) == (request.fault != Status::kOk));
  LARDER_CHECK(request.key.size() <= limits::kMaxKeyBytes);
  if (request.key.empty()) return;
  LARDER_CHECK(request.key.data() + request.key.size() == unread.data() + consumed);
}

// A request is what it is, however much of it is here.
void check_cuts(std::string_view unread, std::size_t consumed) {
  for (std::size_t cut = 0; cut < consumed; ++cut) {
    Request part;
    const Taken taken = take_request(unread.substr(0, cut), part);
    LARDER_CHECK(taken.state == Taken::State::kPartial && taken.consumed == 0);
  }
}

void check_reply(const Request& request) {
  std::array<char, kHeadBytes> head;
  const std::string_view text = text_of(request.fault);
  const char* end =
      write_head(head.data(), {.opcode = request.opcode,
                               .status = request.fault,
                               .opaque = request.opaque,
                               .cas = request.cas,
                               .value_bytes = static_cast<std::uint32_t>(text.size())});
  LARDER_CHECK(end == head.data() + head.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view unread(reinterpret_cast<const char*>(data), size);
  for (;;) {
    Request request;
    const Taken taken = take_request(unread, request);
    if (taken.state != Taken::State::kComplete) return 0;
    check_request(unread, request, taken.consumed);
    check_cuts(unread, taken.consumed);
    check_reply(request);
    unread.remove_prefix(taken.consumed);
    if (request.closes || request.value_bytes > unread.size()) return 0;
    unread.remove_prefix(request.value_bytes);
  }
}

}  // namespace larder::wire::memcache::binary
