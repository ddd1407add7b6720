// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/h2_head.h"

#include <utility>

#include "base/decimal.h"
#include "base/limits.h"
#include "http/trailer_lines.h"

namespace larder::http {

using wire::http::Fault;
using wire::http::Name;

// ---- H2Block

void H2Block::add(std::string_view name, std::string_view value, std::size_t most) {
  constexpr std::size_t kOfEach = 32;
  bytes_ += name.size() + value.size() + kOfEach;
  if (is_too_large(most)) return;
  text_.append(name).append(value);
  pieces_.push_back({.name_bytes = name.size(), .value_bytes = value.size()});
}

bool H2Block::is_too_large(std::size_t most) const {
  constexpr std::size_t kPseudoFields = 4;
  return bytes_ > most || pieces_.size() >= limits::kMaxFields + kPseudoFields;
}

void H2Block::shrink() {
  constexpr std::size_t kUsual = 4 * limits::KiB;
  if (text_.capacity() > kUsual) std::string().swap(text_);
  if (pieces_.capacity() * sizeof(Piece) > kUsual) std::vector<Piece>().swap(pieces_);
}

namespace {

template <class Take>
void for_each_field(std::string_view text, const H2Block& block, Take take) {
  for (const H2Block::Piece& piece : block.pieces()) {
    const std::string_view name = text.substr(0, piece.name_bytes);
    text.remove_prefix(piece.name_bytes);
    take(name, text.substr(0, piece.value_bytes));
    text.remove_prefix(piece.value_bytes);
  }
}

}  // namespace

// ---- H2Head

// What breaks the rules of HTTP/2 itself, nghttp2 has refused before.
Fault H2Head::read(const H2Block& block, std::string_view scheme, bool ends) {
  text_ = block.text();
  request_.scheme = scheme;
  request_.version = wire::http::Version::k20;
  request_.fields = &fields_;
  request_.has_body = !ends;
  request_.head_bytes = block.bytes();
  std::string_view host;
  for_each_field(text_, block,
                 [&](std::string_view name, std::string_view value) { take(name, value, host); });
  join_cookies();
  return check(host);
}

void H2Head::take(std::string_view name, std::string_view value, std::string_view& host) {
  if (name == ":method") {
    request_.method = value;
  } else if (name == ":scheme") {
    names_other_scheme_ =
        !wire::http::equal_names(value, "http") && !wire::http::equal_names(value, "https");
  } else if (name == ":authority") {
    request_.authority = value;
  } else if (name == ":path") {
    request_.path = value;
  } else {
    const Name known = wire::http::name_of(name);
    if (known == Name::kHost) host = value;
    fields_.add({.name = name, .value = value, .known = known});
  }
}

Fault H2Head::check(std::string_view host) {
  wire::http::Authority authority;
  if (!wire::http::is_token(request_.method)) return Fault::kBadLine;
  if (names_other_scheme_) return Fault::kBadTarget;
  if (request_.authority.empty()) request_.authority = host;
  if (!is_host_of_request(host)) return Fault::kBadHost;
  if (!wire::http::parse_authority(request_.authority, authority)) return Fault::kBadHost;
  if (request_.path.size() > limits::kMaxTargetBytes) return Fault::kTargetTooLong;
  wire::http::Target target;
  const bool is_connect = request_.method == "CONNECT";
  const Fault fault = wire::http::parse_target(
      request_.method, is_connect ? request_.authority : request_.path, target);
  if (fault != Fault::kNone) return fault;
  if (!is_connect && !target.authority.empty()) return Fault::kBadTarget;
  const auto length = fields_.value(Name::kContentLength);
  if (request_.has_body && length) {
    request_.body_bytes = base::parse_decimal<std::uint64_t>(*length);
  }
  return Fault::kNone;
}

// Host names who is asked as :authority does, in whatever words (RFC 9113, 8.3.1); whoever reads
// the fields finds those of :authority.
bool H2Head::is_host_of_request(std::string_view host) {
  if (!fields_.has(Name::kHost)) return true;
  if (fields_.count(Name::kHost) > 1) return false;
  const bool is_same = wire::http::equal_authorities(host, request_.authority, request_.scheme);
  fields_.set_value(Name::kHost, request_.authority);
  return is_same;
}

// Of which there may be several here and nowhere else (RFC 9113, 8.2.3).
void H2Head::join_cookies() {
  if (fields_.count(Name::kCookie) < 2) return;
  for (const auto& field : fields_) {
    if (field.known != Name::kCookie) continue;
    if (!cookies_.empty()) cookies_ += "; ";
    cookies_ += field.value;
  }
  wire::http::Fields joined;
  for (const auto& field : fields_) {
    if (field.known != Name::kCookie) joined.add(field);
  }
  joined.add({.name = "cookie", .value = cookies_, .known = Name::kCookie});
  fields_ = std::move(joined);
}

std::string H2Head::trailer_of(const H2Block& block) {
  wire::http::Fields fields;
  for_each_field(block.text(), block, [&](std::string_view name, std::string_view value) {
    fields.add({.name = name, .value = value, .known = wire::http::name_of(name)});
  });
  return trailer_lines_of(fields);
}

}  // namespace larder::http
