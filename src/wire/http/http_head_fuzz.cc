// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Reads its input as the head of a request, and as that of a response, whole and in pieces, and
// holds what comes of it against what head.h promises.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "wire/http/head.h"

namespace larder::wire::http {
namespace {

using State = HeadParsed::State;

bool is_inside(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

void check_fields(const Fields& fields, std::string_view head) {
  LARDER_CHECK(fields.size() <= limits::kMaxFields);
  for (const Field& field : fields) {
    LARDER_CHECK(is_inside(field.name, head) && is_inside(field.value, head));
    LARDER_CHECK(is_token(field.name) && is_field_value(field.value));
    LARDER_CHECK(field.known == name_of(field.name) && fields.has(field.known));
    is_of_connection(field, fields);
  }
}

void check_whole(const RequestHead& head, std::string_view bytes) {
  LARDER_CHECK(is_inside(head.method, bytes) && is_token(head.method));
  LARDER_CHECK(is_inside(head.target, bytes) && !head.target.empty());
  LARDER_CHECK(head.version == Version::k10 || head.fields.count(Name::kHost) == 1);
  Target target;
  if (parse_target(head.method, head.target, target) == Fault::kNone) {
    const int forms = (target.path.empty() ? 0 : 1) + (target.is_asterisk ? 1 : 0);
    LARDER_CHECK(forms == (head.method == "CONNECT" ? 0 : 1));
  }
  const Framed framed = frame(head);
  LARDER_CHECK(framed.framing.kind != Framing::Kind::kUntilClose);
  LARDER_CHECK(framed.framing.length == 0 || framed.framing.kind == Framing::Kind::kLength);
}

void check_whole(const ResponseHead& head, std::string_view bytes) {
  LARDER_CHECK(is_inside(head.reason, bytes) && is_field_value(head.reason));
  LARDER_CHECK(head.status >= 100 && head.status <= 999);
  for (const std::string_view method : {"GET", "HEAD", "CONNECT"}) {
    const Framed framed = frame(head, method);
    const bool is_open = framed.framing.kind == Framing::Kind::kUntilClose;
    LARDER_CHECK(!is_open || !framed.framing.keep_alive);
  }
}

HeadParsed parse(std::string_view bytes, RequestHead& into, std::size_t searched) {
  return parse_request_head(bytes, into, searched);
}
HeadParsed parse(std::string_view bytes, ResponseHead& into, std::size_t searched) {
  return parse_response_head(bytes, into, searched);
}

bool is_cut(std::size_t at, std::size_t size) { return at < 256 || at + 64 > size || at % 61 == 0; }

// What was partial may become anything, a fault stays one, a whole head is whole at its last byte.
template <class Head>
void check_cuts(const HeadParsed& whole, std::string_view bytes) {
  Head head;
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    if (!is_cut(cut, bytes.size())) continue;
    const HeadParsed part = parse(bytes.substr(0, cut), head, 0);
    const bool is_ended = whole.state == State::kWhole && cut >= whole.consumed;
    LARDER_CHECK(is_ended == (part.state == State::kWhole));
    LARDER_CHECK(!is_ended || part.consumed == whole.consumed);
    if (part.state == State::kFault) LARDER_CHECK(whole.state == State::kFault);
    if (part.state != State::kPartial) return;
    const HeadParsed rest = parse(bytes, head, cut);
    LARDER_CHECK((rest.state == State::kWhole) == (whole.state == State::kWhole));
    LARDER_CHECK(rest.state != State::kFault || whole.state == State::kFault);
  }
}

template <class Head>
void check_head(std::string_view bytes) {
  Head head;
  const HeadParsed parsed = parse(bytes, head, 0);
  LARDER_CHECK((parsed.state == State::kFault) == (parsed.fault != Fault::kNone));
  LARDER_CHECK(parsed.consumed <= std::min(bytes.size(), limits::kMaxHeadBytes));
  if (parsed.state == State::kPartial) LARDER_CHECK(bytes.size() < limits::kMaxHeadBytes);
  if (parsed.state == State::kWhole) {
    LARDER_CHECK(bytes.substr(0, parsed.consumed).ends_with("\r\n\r\n"));
    check_fields(head.fields, bytes);
    check_whole(head, bytes);
  }
  check_cuts<Head>(parsed, bytes);
}

}  // namespace
}  // namespace larder::wire::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::http;
  // A copy that ends where the input ends: a read beyond it is a fault, not the fuzzer's bytes.
  const std::vector<char> bytes(data, data + size);
  check_head<RequestHead>({bytes.data(), bytes.size()});
  check_head<ResponseHead>({bytes.data(), bytes.size()});
  return 0;
}
