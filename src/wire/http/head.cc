// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/head.h"

#include <algorithm>

#include "base/limits.h"
#include "wire/http/head_reader.h"
#include "wire/http/move_view.h"
#include "wire/http/octets.h"

namespace larder::wire::http {
namespace {

using State = HeadParsed::State;

constexpr std::size_t kVersionBytes = 8;  // HTTP/1.1
constexpr std::size_t kStatusBytes = 3;

Fault parse_version(std::string_view text, Version& into) {
  if (text.size() != kVersionBytes || !text.starts_with("HTTP/")) return Fault::kBadLine;
  if (!is_digit(text[5]) || text[6] != '.' || !is_digit(text[7])) return Fault::kBadLine;
  if (text[5] != '1') return Fault::kUnknownVersion;
  into = text[7] == '0' ? Version::k10 : Version::k11;
  return Fault::kNone;
}

// `GET /a?b HTTP/1.1`
Fault parse_request_line(std::string_view line, RequestHead& into) {
  const char* begin = line.data();
  into.method = {begin, skip(kTokenOctets, begin, begin + line.size())};
  line.remove_prefix(into.method.size());
  if (into.method.empty() || !line.starts_with(' ')) return Fault::kBadLine;
  line.remove_prefix(1);
  into.target = line.substr(0, line.find(' '));
  if (into.target.size() > limits::kMaxTargetBytes) return Fault::kTargetTooLong;
  if (into.target.empty() || into.target.find('\t') != std::string_view::npos)
    return Fault::kBadLine;
  if (into.target.size() == line.size()) return Fault::kBadLine;
  return parse_version(line.substr(into.target.size() + 1), into.version);
}

// Of a line that is not whole yet.
bool is_target_too_long(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return false;
  line.remove_prefix(space + 1);
  return std::min(line.find(' '), line.size()) > limits::kMaxTargetBytes;
}

// `HTTP/1.1 200 OK`. Servers are about that leave out the blank before an empty reason.
Fault parse_status_line(std::string_view line, ResponseHead& into) {
  const Fault fault = parse_version(line.substr(0, kVersionBytes), into.version);
  if (fault != Fault::kNone) return fault;
  line.remove_prefix(kVersionBytes);
  if (line.size() < 1 + kStatusBytes || line[0] != ' ') return Fault::kBadLine;
  into.status = 0;
  for (const char digit : line.substr(1, kStatusBytes)) {
    if (!is_digit(digit)) return Fault::kBadLine;
    into.status = into.status * 10 + static_cast<unsigned>(digit - '0');
  }
  line.remove_prefix(1 + kStatusBytes);
  if (into.status < 100 || (!line.empty() && line[0] != ' ')) return Fault::kBadLine;
  into.reason = line.substr(std::min<std::size_t>(1, line.size()));
  return Fault::kNone;
}

bool read_first_line(HeadReader& reader, RequestHead& into) {
  std::string_view line;
  if (!reader.next_line(line, Fault::kBadLine)) {
    const bool is_partial = reader.result().state == State::kPartial;
    return is_partial && is_target_too_long(reader.rest()) && reader.stop(Fault::kTargetTooLong);
  }
  const Fault fault = parse_request_line(line, into);
  return fault == Fault::kNone || reader.stop(fault);
}

bool read_first_line(HeadReader& reader, ResponseHead& into) {
  std::string_view line;
  if (!reader.next_line(line, Fault::kBadLine)) return false;
  const Fault fault = parse_status_line(line, into);
  return fault == Fault::kNone || reader.stop(fault);
}

// RFC 9112, 3.2: one in HTTP/1.1, none or one before it; also where the target has an authority.
bool check_host(HeadReader& reader, const RequestHead& head) {
  const std::size_t hosts = head.fields.count(Name::kHost);
  if (hosts == 0 && head.version == Version::k10) return true;
  Authority authority;
  return (hosts == 1 && parse_authority(*head.fields.value(Name::kHost), authority)) ||
         reader.stop(Fault::kBadHost);
}

bool check_trailer(HeadReader& reader, const Fields& fields, LateFields late) {
  if (late == LateFields::kTaken) return true;
  const bool is_late = fields.has(Name::kTransferEncoding) || fields.has(Name::kContentLength) ||
                       fields.has(Name::kHost);
  return !is_late || reader.stop(Fault::kBadField);
}

// What the reader says, where no more bytes could change it.
HeadParsed settle(const HeadReader& reader, bool is_full) {
  if (reader.result().state != State::kPartial || !is_full) return reader.result();
  return {.state = State::kFault, .fault = Fault::kHeadTooLarge};
}

}  // namespace

std::size_t empty_lines(std::string_view unread) {
  constexpr std::string_view kEmpty = "\r\n";
  std::size_t bytes = 0;
  while (unread.substr(bytes).starts_with(kEmpty)) bytes += kEmpty.size();
  return bytes;
}

HeadParsed parse_request_head(std::string_view unread, RequestHead& into, std::size_t searched) {
  if (!is_worth_parsing(unread, searched)) return {};
  HeadReader reader(unread.substr(0, limits::kMaxHeadBytes));
  into.fields.clear();
  if (read_first_line(reader, into) && reader.read_fields(into.fields) &&
      check_host(reader, into)) {
    return reader.whole();
  }
  return settle(reader, unread.size() >= limits::kMaxHeadBytes);
}

HeadParsed parse_response_head(std::string_view unread, ResponseHead& into, std::size_t searched) {
  if (!is_worth_parsing(unread, searched)) return {};
  HeadReader reader(unread.substr(0, limits::kMaxHeadBytes));
  into.fields.clear();
  if (read_first_line(reader, into) && reader.read_fields(into.fields)) return reader.whole();
  return settle(reader, unread.size() >= limits::kMaxHeadBytes);
}

HeadParsed parse_trailer(std::string_view unread, Fields& into, LateFields late) {
  HeadReader reader(unread.substr(0, limits::kMaxTrailerBytes));
  into.clear();
  if (reader.read_fields(into) && check_trailer(reader, into, late)) return reader.whole();
  return settle(reader, unread.size() >= limits::kMaxTrailerBytes);
}

void RequestHead::move_views(const char* from, const char* to) {
  move_view(method, from, to);
  move_view(target, from, to);
  fields.move_views(from, to);
}

void ResponseHead::move_views(const char* from, const char* to) {
  move_view(reason, from, to);
  fields.move_views(from, to);
}

}  // namespace larder::wire::http
