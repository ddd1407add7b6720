// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "wire/http/head.h"

namespace larder::wire::http {
namespace {

// Why these codings are not `chunked` alone: it is the last one, once, or it is not known at all.
Fault fault_of_codings(std::string_view list) {
  bool is_chunked = false;
  bool has_others = false;
  for (Items items(list); items.next();) {
    if (is_chunked || !is_token(items.item())) return Fault::kBadTransferCoding;
    is_chunked = equal_names(items.item(), "chunked");
    has_others = has_others || !is_chunked;
  }
  return has_others ? Fault::kUnknownTransferCoding : Fault::kBadTransferCoding;
}

// With a Content-Length beside it, or from a peer that cannot know it, somebody else may see
// another end of the body (RFC 9112, 6.1).
Fault frame_by_coding(const Fields& fields, Version version, Framing& into) {
  if (version == Version::k10 || fields.has(Name::kContentLength)) {
    return Fault::kBadTransferCoding;
  }
  into.kind = Framing::Kind::kChunked;
  if (fields.count(Name::kTransferEncoding) == 1 &&
      equal_names(*fields.value(Name::kTransferEncoding), "chunked")) {
    return Fault::kNone;
  }
  return fault_of_codings(fields.joined(Name::kTransferEncoding));
}

Fault frame_by_length(const Fields& fields, Framing& into) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (fields.count(Name::kContentLength) != 1) return Fault::kBadLength;
  const auto length = base::parse_decimal<std::uint64_t>(*fields.value(Name::kContentLength));
  if (!length || *length > kMax) return Fault::kBadLength;
  into.kind = Framing::Kind::kLength;
  into.length = *length;
  return Fault::kNone;
}

bool keeps_alive(const Fields& fields, Version version) {
  bool is_kept = version != Version::k10;
  if (!fields.has(Name::kConnection)) return is_kept;
  for (const Field& field : fields) {
    if (field.known != Name::kConnection) continue;
    if (lists(field.value, "close")) return false;
    is_kept = is_kept || lists(field.value, "keep-alive");
  }
  return is_kept;
}

Framed frame_fields(const Fields& fields, Version version) {
  Framed framed;
  framed.framing.keep_alive = keeps_alive(fields, version);
  if (fields.has(Name::kTransferEncoding)) {
    framed.fault = frame_by_coding(fields, version, framed.framing);
  } else if (fields.has(Name::kContentLength)) {
    framed.fault = frame_by_length(fields, framed.framing);
  }
  return framed;
}

bool announces_body(const Framing& framing) {
  return framing.kind == Framing::Kind::kChunked || framing.length > 0;
}

bool is_tunnel(unsigned status, std::string_view to) {
  return status == 101 || (to == "CONNECT" && status / 100 == 2);
}

// Whatever its fields say (RFC 9112, 6.3).
bool has_no_body(unsigned status, std::string_view to) {
  return to == "HEAD" || status / 100 == 1 || status == 204 || status == 304 ||
         is_tunnel(status, to);
}

// Whatever Connection says.
bool is_hop_by_hop(Name name) {
  switch (name) {
    case Name::kConnection:
    case Name::kHttp2Settings:
    case Name::kKeepAlive:
    case Name::kProxyConnection:
    case Name::kTe:
    case Name::kTransferEncoding:
    case Name::kUpgrade: return true;
    default: return false;
  }
}

// These must not announce one either (RFC 9110, 8.6 and 15): a peer that does may send it.
bool is_doubtful(const Framing& framing, unsigned status) {
  return (status / 100 == 1 || status == 204) && announces_body(framing);
}

}  // namespace

Framed frame(const RequestHead& head) {
  Framed framed = frame_fields(head.fields, head.version);
  // RFC 9110, 9.3.6: such a body is no body, and those behind us may know it or not.
  if (framed.fault == Fault::kNone && head.method == "CONNECT" && announces_body(framed.framing)) {
    framed.fault = Fault::kBadLength;
  }
  return framed;
}

Framed frame(const ResponseHead& head, std::string_view to) {
  Framed framed = frame_fields(head.fields, head.version);
  if (framed.fault != Fault::kNone) return framed;
  Framing& framing = framed.framing;
  if (has_no_body(head.status, to)) {
    const bool is_over = is_tunnel(head.status, to) || is_doubtful(framing, head.status);
    framing = {.keep_alive = framing.keep_alive && !is_over};
  } else if (framing.kind == Framing::Kind::kNone) {
    framing = {.kind = Framing::Kind::kUntilClose};
  }
  return framed;
}

bool names_fields(const Fields& head) noexcept {
  if (!head.has(Name::kConnection)) return false;
  for (const Field& field : head) {
    if (field.known != Name::kConnection) continue;
    for (Items options(field.value); options.next();) {
      const std::string_view option = options.item();
      if (!equal_names(option, "close") && !is_hop_by_hop(name_of(option))) return true;
    }
  }
  return false;
}

bool is_named_by_connection(const Field& field, const Fields& head) noexcept {
  // Nobody can take these away by naming them: who comes next needs them to read the message.
  const bool frames = field.known == Name::kContentLength || field.known == Name::kHost;
  if (frames || is_hop_by_hop(field.known) || !head.has(Name::kConnection)) return false;
  for (const Field& other : head) {
    if (other.known == Name::kConnection && lists(other.value, field.name)) return true;
  }
  return false;
}

bool is_of_connection(const Field& field, const Fields& head) noexcept {
  return is_hop_by_hop(field.known) || is_named_by_connection(field, head);
}

}  // namespace larder::wire::http
