// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Reads its input as a chunked body, at once and in pieces, beside a decoder that is as simple as
// the grammar. The first byte says how it is cut.
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"
#include "wire/http/head.h"
#include "wire/http/test_chunks.h"

namespace larder::wire::http {
namespace {

using State = ChunkDecoder::Step::State;

// The simple one knows no limits, and std::regex has one of its own.
bool is_within_limits(std::string_view bytes) { return bytes.size() < limits::kMaxChunkLineBytes; }

void check_trailer(const Fields& trailer) {
  for (const Field& field : trailer) {
    LARDER_CHECK(is_token(field.name) && is_field_value(field.value));
  }
}

void check(std::string_view bytes, std::uint8_t seed) {
  ChunkDecoder decoder;
  const Decoded whole = decode_whole(decoder, bytes);
  LARDER_CHECK(whole.consumed <= bytes.size() && whole.body.size() <= whole.consumed);
  if (whole.state == State::kEnd) check_trailer(decoder.trailer());
  ChunkDecoder other;
  std::mt19937_64 random(seed);
  const Decoded pieces = decode_in_pieces(other, bytes, random);
  LARDER_CHECK(pieces.state == whole.state && pieces.body == whole.body);
  LARDER_CHECK(pieces.consumed == whole.consumed || whole.state == State::kFault);
  if (!is_within_limits(bytes)) return;
  const Decoded simple = decode_simply(bytes);
  LARDER_CHECK(simple.state == whole.state && simple.body == whole.body);
}

}  // namespace
}  // namespace larder::wire::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(data + 1, data + size);
  larder::wire::http::check(bytes, data[0]);
  return 0;
}
