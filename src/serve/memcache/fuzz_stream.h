// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "serve/memcache/fuzz_conversation.h"

// What fuzzers of sessions do with their input: the lengths of eight pieces (0: 256 bytes) and a
// stream, in which a byte FF stands for a block of 4 KiB.
namespace larder::serve::memcache {

inline constexpr std::size_t kPieces = 8;

struct Transcript {
  std::string replies;
  bool closed_early;  // by the session
  cache::Usage usage;
};

inline std::string expanded(std::string_view input) {
  constexpr char kBlock = '\xFF';
  constexpr std::size_t kBlockBytes = 4096;
  constexpr std::size_t kMaxBlocks = 60;  // the others are what they are
  std::string stream;
  std::size_t blocks = 0;
  for (const char byte : input) {
    const bool is_block = byte == kBlock && ++blocks <= kMaxBlocks;
    stream.append(is_block ? kBlockBytes : 1, is_block ? 'x' : byte);
  }
  return stream;
}

// `sizes`: of the pieces, for the first 4 KiB; the rest comes in larger ones.
inline Transcript hold_conversation(io::Loop& loop, FuzzNode& node, std::string_view stream,
                                    std::span<const std::size_t> sizes) {
  constexpr std::size_t kSmallPieceBytes = 4096;
  Conversation conversation(loop, node.node);
  std::size_t begin = 0;
  for (std::size_t piece = 0; begin < stream.size(); ++piece) {
    const std::size_t size = sizes[piece % sizes.size()];
    const std::string_view now =
        stream.substr(begin, begin < kSmallPieceBytes ? size : size * size);
    conversation.send(now);
    begin += now.size();
  }
  conversation.settle_for_good(stream.size());
  const bool closed_early = !conversation.is_open();
  conversation.end();
  return {without_numbers(conversation.replies()), closed_early, node.cache.usage()};
}

inline void check_same(const Transcript& whole, const Transcript& cut) {
  if (whole.replies != cut.replies) {
    std::fprintf(stderr, "whole: %.2000s\ncut: %.2000s\n", whole.replies.c_str(),
                 cut.replies.c_str());
  }
  LARDER_CHECK(whole.replies == cut.replies);
  LARDER_CHECK(whole.closed_early == cut.closed_early);
  LARDER_CHECK(whole.usage.items == cut.usage.items);
  LARDER_CHECK(whole.usage.reserved_bytes == 0 && cut.usage.reserved_bytes == 0);
}

using Converse = Transcript (*)(io::Loop& loop, std::uint8_t first_length, std::string_view stream,
                                std::span<const std::size_t> sizes);

// Holds the conversation twice: in one piece, on a loop whose turns are never long; and cut into
// the pieces, where every turn is long, so that the session lets others run whenever it may.
inline void check_answered_alike(const std::uint8_t* data, std::size_t size, Converse converse) {
  if (size <= kPieces) return;
  static const auto kSlow = open_loop(slow_clock);
  static const auto kHasty = open_loop(hasty_clock);
  std::array<std::size_t, kPieces> sizes;
  for (std::size_t i = 0; i < kPieces; ++i) sizes[i] = data[i] == 0 ? 256 : data[i];
  const std::string stream =
      expanded({reinterpret_cast<const char*>(data) + kPieces, size - kPieces});
  const std::array<std::size_t, 1> one_piece{stream.size()};
  check_same(converse(*kSlow, data[0], stream, one_piece),
             converse(*kHasty, data[0], stream, sizes));
}

}  // namespace larder::serve::memcache
