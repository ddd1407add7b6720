// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "wire/http/head.h"
#include "wire/http/head_reader.h"
#include "wire/http/octets.h"

namespace larder::wire::http {
namespace {

constexpr std::ptrdiff_t kMaxSizeDigits = 16;

bool take_token(std::string_view& text) {
  const char* end = text.data() + text.size();
  const char* behind = skip(kTokenOctets, text.data(), end);
  const bool is_some = behind != text.data();
  text = {behind, end};
  return is_some;
}

// From its first quote on.
bool take_quoted(std::string_view& text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      text.remove_prefix(at + 1);
      return true;
    }
  }
  return false;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

// Behind its semicolon: `name`, `name=value`, `name="a value"`.
bool take_extension(std::string_view& text) {
  skip_blanks(text);
  if (!take_token(text)) return false;
  std::string_view value = text;
  skip_blanks(value);
  if (!value.starts_with('=')) return true;
  text = value.substr(1);
  skip_blanks(text);
  return text.starts_with('"') ? take_quoted(text) : take_token(text);
}

// Any number of them. Blanks may stand before and behind a semicolon and an equals sign (RFC 9112,
// 7.1.1), and nowhere else: at the end of a line peers do not agree on them.
bool are_extensions(std::string_view text) {
  while (!text.empty()) {
    skip_blanks(text);
    if (!text.starts_with(';')) return false;
    text.remove_prefix(1);
    if (!take_extension(text)) return false;
  }
  return true;
}

bool parse_size(std::string_view line, std::uint64_t& into) {
  const char* end = line.data() + line.size();
  const auto [behind, error] = std::from_chars(line.data(), end, into, 16);
  return error == std::errc() && behind - line.data() <= kMaxSizeDigits &&
         are_extensions({behind, end});
}

}  // namespace

ChunkDecoder::Step ChunkDecoder::decode(std::string_view bytes) {
  Step step;
  while (step.body.empty()) {
    const std::size_t taken = take(bytes.substr(step.consumed), step.body);
    if (taken == 0) break;
    step.consumed += taken;
  }
  if (state_ == State::kEnd) step.state = Step::State::kEnd;
  if (state_ == State::kFault) step.state = Step::State::kFault;
  return step;
}

std::size_t ChunkDecoder::take(std::string_view bytes, std::string_view& body) {
  switch (state_) {
    case State::kSize: return take_size(bytes);
    case State::kBody: return take_body(bytes, body);
    case State::kBodyEnd: return take_body_end(bytes);
    case State::kTrailer: return take_trailer(bytes);
    case State::kEnd:
    case State::kFault: break;
  }
  return 0;
}

std::size_t ChunkDecoder::take_size(std::string_view bytes) {
  HeadReader reader(bytes.substr(0, limits::kMaxChunkLineBytes));
  std::string_view line;
  if (!reader.next_line(line, Fault::kBadChunk)) {
    const bool is_hopeless = reader.result().state == HeadParsed::State::kFault ||
                             bytes.size() >= limits::kMaxChunkLineBytes;
    return is_hopeless ? fail() : 0;
  }
  if (!parse_size(line, left_)) return fail();
  state_ = left_ == 0 ? State::kTrailer : State::kBody;
  return reader.whole().consumed;
}

std::size_t ChunkDecoder::take_body(std::string_view bytes, std::string_view& body) {
  body = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
  left_ -= body.size();
  if (left_ == 0) state_ = State::kBodyEnd;
  return body.size();
}

std::size_t ChunkDecoder::take_body_end(std::string_view bytes) {
  constexpr std::string_view kLineEnd = "\r\n";
  if (!bytes.starts_with(kLineEnd)) return kLineEnd.starts_with(bytes) ? 0 : fail();
  state_ = State::kSize;
  return kLineEnd.size();
}

std::size_t ChunkDecoder::take_trailer(std::string_view bytes) {
  const HeadParsed parsed = parse_trailer(bytes, trailer_, late_);
  if (parsed.state == HeadParsed::State::kFault) return fail();
  if (parsed.state == HeadParsed::State::kPartial) return 0;
  trailer_text_ = bytes.substr(0, parsed.consumed);
  trailer_.move_views(bytes.data(), trailer_text_.data());
  state_ = State::kEnd;
  return parsed.consumed;
}

std::size_t ChunkDecoder::fail() {
  state_ = State::kFault;
  return 0;
}

}  // namespace larder::wire::http
