// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <random>
#include <regex>
#include <string>
#include <string_view>

#include "wire/http/head.h"

// What tests and fuzzers of chunked bodies share: a decoder that sees the whole body at once and
// is as simple as the grammar, and one that feeds ours in pieces.
namespace larder::wire::http {

struct Decoded {
  ChunkDecoder::Step::State state = ChunkDecoder::Step::State::kMore;
  std::size_t consumed = 0;
  std::string body;
};

// Takes one step after the other, until there is no progress.
inline Decoded decode_whole(ChunkDecoder& decoder, std::string_view bytes) {
  Decoded decoded;
  while (true) {
    const ChunkDecoder::Step step = decoder.decode(bytes.substr(decoded.consumed));
    decoded.state = step.state;
    decoded.consumed += step.consumed;
    decoded.body += step.body;
    if (step.consumed == 0) return decoded;
  }
}

// As a connection sees the bytes: some more now and then, and what was not taken is still there.
inline Decoded decode_in_pieces(ChunkDecoder& decoder, std::string_view bytes,
                                std::mt19937_64& random) {
  Decoded decoded;
  std::size_t received = 0;
  while (received < bytes.size() && decoded.state == ChunkDecoder::Step::State::kMore) {
    received = std::min<std::size_t>(bytes.size(), received + 1 + random() % 12);
    // A copy, so that a view into bytes that are gone is seen.
    const std::string unread(bytes.substr(decoded.consumed, received - decoded.consumed));
    const Decoded some = decode_whole(decoder, unread);
    decoded.state = some.state;
    decoded.consumed += some.consumed;
    decoded.body += some.body;
  }
  return decoded;
}

inline bool has_control(std::string_view line) {
  return std::ranges::any_of(line, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

// Lines of any length.
inline Decoded decode_simply(std::string_view bytes) {
  using State = ChunkDecoder::Step::State;
  static const std::regex kLine(
      "([0-9A-Fa-f]{1,16})([ \t]*;[ \t]*[-!#$%&'*+.^_`|~0-9A-Za-z]+"
      "([ \t]*=[ \t]*([-!#$%&'*+.^_`|~0-9A-Za-z]+|\"([^\"\\\\]|\\\\.)*\"))?)*");
  Decoded decoded;
  const auto stop = [&decoded](State state) {
    decoded.state = state;
    return decoded;
  };
  while (true) {
    const std::string_view rest = bytes.substr(decoded.consumed);
    const std::size_t end = rest.find("\r\n");
    std::string line(rest.substr(0, end));
    if (end == std::string_view::npos && line.ends_with('\r')) line.pop_back();
    if (has_control(line)) return stop(State::kFault);
    if (end == std::string_view::npos) return stop(State::kMore);
    std::smatch match;
    if (!std::regex_match(line, match, kLine)) return stop(State::kFault);
    const std::uint64_t size = std::stoull(match[1], nullptr, 16);
    decoded.consumed += end + 2;
    if (size == 0) break;
    const std::string_view body = bytes.substr(decoded.consumed).substr(0, size);
    decoded.body += body;
    decoded.consumed += body.size();
    const std::string_view behind = bytes.substr(decoded.consumed).substr(0, 2);
    if (body.size() < size) return stop(State::kMore);
    if (behind != std::string_view("\r\n").substr(0, behind.size())) return stop(State::kFault);
    if (behind.size() < 2) return stop(State::kMore);
    decoded.consumed += 2;
  }
  Fields trailer;
  const HeadParsed parsed = parse_trailer(bytes.substr(decoded.consumed), trailer);
  decoded.consumed += parsed.consumed;
  if (parsed.state == HeadParsed::State::kPartial) return stop(State::kMore);
  return stop(parsed.state == HeadParsed::State::kWhole ? State::kEnd : State::kFault);
}

// With a body of any octets.
inline std::string random_chunk(std::mt19937_64& random) {
  std::string body(1 + random() % 40, '\0');
  for (char& octet : body) octet = static_cast<char>(random());
  std::array<char, 16> size;
  char* end = std::to_chars(size.data(), size.data() + size.size(), body.size(), 16).ptr;
  constexpr std::array<std::string_view, 4> kExtensions{"", "", ";name=\"a value\"", " ; a\t= b"};
  std::string chunk(size.data(), end);
  chunk += kExtensions[random() % kExtensions.size()];
  return chunk + "\r\n" + body + "\r\n";
}

}  // namespace larder::wire::http
