// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// However the bytes of an HTTP/1 connection arrive, they are answered alike. The input is the
// lengths of eight pieces (0: 256 bytes) and the stream: sent whole on a loop whose turns are never
// long, and cut into pieces where every turn is.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/fuzz_conversation.h"

namespace larder::http {
namespace {

constexpr std::size_t kPieces = 8;

std::string converse(io::Loop& loop, std::string_view stream, std::span<const std::size_t> sizes) {
  Conversation conversation(loop);
  const std::size_t bytes = stream.size();
  for (std::size_t piece = 0; !stream.empty(); ++piece) {
    const std::size_t size = std::min(sizes[piece % sizes.size()], stream.size());
    conversation.send(stream.substr(0, size));
    stream.remove_prefix(size);
  }
  return conversation.end(bytes / 16);
}

}  // namespace
}  // namespace larder::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::http;
  if (size <= kPieces) return 0;
  static const auto kSlow = open_loop(slow_clock);
  static const auto kHasty = open_loop(hasty_clock);
  std::array<std::size_t, kPieces> sizes;
  for (std::size_t i = 0; i < kPieces; ++i) sizes[i] = data[i] == 0 ? 256 : data[i];
  const std::string_view stream(reinterpret_cast<const char*>(data) + kPieces, size - kPieces);
  const std::array<std::size_t, 1> one_piece{stream.size()};
  const std::string whole = converse(*kSlow, stream, one_piece);
  const std::string cut = converse(*kHasty, stream, sizes);
  if (whole != cut) {
    std::fprintf(stderr, "whole: %.2000s\ncut: %.2000s\n", whole.c_str(), cut.c_str());
  }
  LARDER_CHECK(whole == cut);
  return 0;
}
