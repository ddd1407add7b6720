// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// However a stream of commands arrives, it is answered alike. The input is the lengths of eight
// pieces (0: 256 bytes) and the stream, in which a byte FF stands for a block of 4 KiB:
//
//   whole   one piece; a turn of the loop is never long
//   cut     into pieces of those lengths, again and again; every turn is long, so that the session
//           lets others run whenever it may
//
// The first length also says whether clients are asked who they are: divided by 16 it leaves 14
// with -Y, 15 with -S. Then nothing is stored before somebody has been admitted.
//
// Both go over a socket pair through a loop that is turned by hand, to sessions of two caches with
// the same seed, at a time that stands still: even the cas numbers are the same.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/check.h"
#include "serve/memcache/authentication.h"
#include "serve/memcache/fuzz_stream.h"
#include "serve/memcache/test_password_file.h"

namespace larder::serve::memcache {
namespace {

// What is asked of clients with such a first length; null: nothing.
std::unique_ptr<Authentication> asked_for(std::uint8_t first_length) {
  static const PasswordFile kFile("a:b\nalice:secret\n");
  using Protocol = Authentication::Protocol;
  const int rest = first_length % 16;
  if (rest < 14) return nullptr;
  auto opened =
      Authentication::open(rest == 14 ? Protocol::kText : Protocol::kBinary, kFile.path());
  LARDER_CHECK(opened);
  return *std::move(opened);
}

Transcript converse(io::Loop& loop, std::uint8_t first_length, std::string_view stream,
                    std::span<const std::size_t> sizes) {
  const auto authentication = asked_for(first_length);
  FuzzNode node;
  node.node.authentication = authentication.get();
  const Transcript transcript = hold_conversation(loop, node, stream, sizes);
  if (authentication != nullptr && authentication->logins() == authentication->refused()) {
    LARDER_CHECK(transcript.usage.items == 0);
  }
  return transcript;
}

}  // namespace
}  // namespace larder::serve::memcache

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  larder::serve::memcache::check_answered_alike(data, size, larder::serve::memcache::converse);
  return 0;
}
