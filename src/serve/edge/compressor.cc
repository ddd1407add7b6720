// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/compressor.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "serve/edge/stored_fields.h"
#include "wire/http/cache_control.h"
#include "wire/http/conditional.h"

namespace larder::serve::edge {
namespace {

using wire::http::Coding;
using wire::http::FieldLines;
using wire::http::LineReader;
using wire::http::Name;
using State = http::Pulled::State;

// ---- fields

bool is_type_listed(const CompressPolicy& policy, std::string_view type) {
  type = type.substr(0, type.find_first_of("; \t"));
  return std::any_of(policy.types.begin(), policy.types.end(), [type](std::string_view listed) {
    if (listed == "*" || listed == "*/*") return true;
    if (!listed.ends_with("/*")) return wire::http::equal_names(listed, type);
    listed.remove_suffix(1);
    return wire::http::equal_names(listed, type.substr(0, listed.size()));
  });
}

bool has_other_bytes(unsigned status) {
  constexpr unsigned kNone[] = {204, 206, 304};
  return status >= 200 && std::find(std::begin(kNone), std::end(kNone), status) == std::end(kNone);
}

bool lists_accept_encoding(std::string_view vary) {
  return wire::http::lists(vary, "*") || wire::http::lists(vary, "Accept-Encoding");
}

// What tells of bytes that are not sent any more.
bool is_of_plain_bytes(Name name, std::string_view text) {
  return name == Name::kContentEncoding || name == Name::kContentLength ||
         name == Name::kAcceptRanges || is_digest(text);
}

std::string weak(std::string_view etag) {
  return etag.starts_with("W/") ? std::string(etag) : "W/" + std::string(etag);
}

}  // namespace

bool is_compressible(const CompressPolicy& policy, unsigned status, std::string_view lines,
                     std::optional<std::uint64_t> body_bytes) {
  if (policy.codings.empty() || !has_other_bytes(status)) return false;
  if (body_bytes && (*body_bytes < policy.least_bytes || *body_bytes > policy.most_bytes)) {
    return false;
  }
  bool is_listed = false;
  for (LineReader line(lines); line.next();) {
    const Name name = wire::http::name_of(line.name());
    if (name == Name::kContentEncoding || name == Name::kContentRange) return false;
    if (name == Name::kCacheControl && wire::http::lists(line.value(), "no-transform"))
      return false;
    if (name == Name::kContentType) is_listed = is_type_listed(policy, line.value());
  }
  return is_listed;
}

std::string compressed_lines(std::string_view lines, Coding coding) {
  const bool is_plain = coding == Coding::kIdentity;
  bool varies = false;
  FieldLines out;
  for (LineReader line(lines); line.next();) {
    const Name name = wire::http::name_of(line.name());
    if (name == Name::kVary) varies = varies || lists_accept_encoding(line.value());
    if (!is_plain && is_of_plain_bytes(name, line.name())) continue;
    if (!is_plain && name == Name::kEtag) {
      out.add(line.name(), weak(line.value()));
    } else {
      out.add(line.name(), line.value());
    }
  }
  if (!is_plain) out.add(Name::kContentEncoding, text_of(coding));
  if (!varies) out.add(Name::kVary, "Accept-Encoding");
  return std::string(out.text());
}

std::optional<std::string> compressed(std::string_view bytes, Coding coding,
                                      const CompressPolicy& policy) {
  const std::unique_ptr<Encoder> encoder = Encoder::make(coding, policy);
  if (encoder == nullptr) return std::nullopt;
  std::string output;
  std::string_view rest = bytes;
  auto state = Encoder::State::kAgain;
  while (state == Encoder::State::kAgain && output.size() < bytes.size()) {
    state = encoder->encode(rest, Encoder::Until::kEnd, output);
  }
  const bool is_shorter = state == Encoder::State::kDone && output.size() < bytes.size();
  return is_shorter ? std::optional(std::move(output)) : std::nullopt;
}

CompressedBody::CompressedBody(http::BodySource& from, Coding coding, const CompressPolicy& policy)
    : from_(from), encoder_(Encoder::make(coding, policy)) {
  if (encoder_ == nullptr) end_ = State::kFailed;
  from_.read_by(this);
}

http::Pulled CompressedBody::pull(std::size_t room) {
  while (sent_ == output_.size()) {
    if (end_ != State::kBytes) return {.state = end_};
    output_.clear();
    sent_ = 0;
    const bool has_work = !input_.empty() || until_ != Encoder::Until::kMore;
    if (!has_work && !read()) return {.state = end_ == State::kBytes ? State::kLater : end_};
    if (!encode()) end_ = State::kFailed;
  }
  const std::string_view part = std::string_view(output_).substr(sent_, room);
  sent_ += part.size();
  return {.state = State::kBytes, .bytes = part};
}

// The next input, or what to do without. False: nothing, for now or for ever.
bool CompressedBody::read() {
  pin_ = {};
  http::Pulled pulled = from_.pull(limits::kCompressReadBytes);
  switch (pulled.state) {
    case State::kBytes:
      input_ = pulled.bytes;
      pin_ = std::move(pulled.pin);
      has_unflushed_ = true;
      return true;
    case State::kLater:
      if (!std::exchange(has_unflushed_, false)) return false;
      until_ = Encoder::Until::kFlush;
      return true;
    case State::kEnd: until_ = Encoder::Until::kEnd; return true;
    case State::kFailed: end_ = State::kFailed; return false;
  }
  return false;
}

// A step. False: it has failed.
bool CompressedBody::encode() {
  const Encoder::State state = encoder_->encode(input_, until_, output_);
  if (state != Encoder::State::kDone) return state != Encoder::State::kFailed;
  if (until_ == Encoder::Until::kEnd) end_ = State::kEnd;
  until_ = Encoder::Until::kMore;
  return true;
}

}  // namespace larder::serve::edge
