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
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "serve/memcache/authentication.h"
#include "serve/memcache/fuzz_conversation.h"
#include "serve/memcache/test_password_file.h"

namespace larder::serve::memcache {
namespace {

constexpr std::size_t kPieces = 8;
constexpr char kBlock = '\xFF';
constexpr std::size_t kBlockBytes = 4096;
constexpr std::size_t kMaxBlocks = 60;  // the others are what they are

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

struct Transcript {
  std::string replies;
  bool closed_early;  // by the session
  cache::Usage usage;
};

std::string expanded(std::string_view input) {
  std::string stream;
  std::size_t blocks = 0;
  for (const char byte : input) {
    const bool is_block = byte == kBlock && ++blocks <= kMaxBlocks;
    stream.append(is_block ? kBlockBytes : 1, is_block ? 'x' : byte);
  }
  return stream;
}

// `sizes`: of the pieces, for the first kBlockBytes; the rest comes in larger ones.
Transcript converse(io::Loop& loop, std::uint8_t first_length, std::string_view stream,
                    std::span<const std::size_t> sizes) {
  const auto authentication = asked_for(first_length);
  FuzzNode node;
  node.node.authentication = authentication.get();
  Conversation conversation(loop, node.node);
  std::size_t begin = 0;
  for (std::size_t piece = 0; begin < stream.size(); ++piece) {
    const std::size_t size = sizes[piece % sizes.size()];
    const std::string_view now = stream.substr(begin, begin < kBlockBytes ? size : size * size);
    conversation.send(now);
    begin += now.size();
  }
  conversation.settle_for_good(stream.size());
  const bool closed_early = !conversation.is_open();
  conversation.end();
  if (authentication != nullptr && authentication->logins() == authentication->refused()) {
    LARDER_CHECK(node.cache.usage().items == 0);
  }
  return {without_numbers(conversation.replies()), closed_early, node.cache.usage()};
}

void check_same(const Transcript& whole, const Transcript& cut) {
  if (whole.replies != cut.replies) {
    std::fprintf(stderr, "whole: %.2000s\ncut: %.2000s\n", whole.replies.c_str(),
                 cut.replies.c_str());
  }
  LARDER_CHECK(whole.replies == cut.replies);
  LARDER_CHECK(whole.closed_early == cut.closed_early);
  LARDER_CHECK(whole.usage.items == cut.usage.items);
  LARDER_CHECK(whole.usage.reserved_bytes == 0 && cut.usage.reserved_bytes == 0);
}

}  // namespace
}  // namespace larder::serve::memcache

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::serve::memcache;
  if (size <= kPieces) return 0;
  static const auto kSlow = open_loop(slow_clock);
  static const auto kHasty = open_loop(hasty_clock);
  std::array<std::size_t, kPieces> sizes;
  for (std::size_t i = 0; i < kPieces; ++i) sizes[i] = data[i] == 0 ? 256 : data[i];
  const std::string stream =
      expanded({reinterpret_cast<const char*>(data) + kPieces, size - kPieces});
  const std::array<std::size_t, 1> one_piece{stream.size()};
  check_same(converse(*kSlow, data[0], stream, one_piece),
             converse(*kHasty, data[0], stream, sizes));
  return 0;
}
