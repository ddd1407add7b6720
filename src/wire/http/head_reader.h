// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "wire/http/head.h"
#include "wire/http/octets.h"

namespace larder::wire::http {

// Takes the lines of a head, one behind the other, and says why that stopped.
//
//   GET / HTTP/1.1 CRLF Host: a CRLF CRLF
//   └ next_line ─┘      └ read_fields ──┘
class HeadReader {
 public:
  explicit HeadReader(std::string_view bytes)
      : begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()) {}

  // Of a line that is whole: no control character is in it but tabs. `fault` is what another
  // means. False: see result().
  bool next_line(std::string_view& line, Fault fault) {
    const char* control = find_hard_control(at_, end_);
    if (end_ - control < 2) return stop_at(control, fault);
    if (control[0] != '\r' || control[1] != '\n') return stop(fault);
    line = {at_, control};
    at_ = control + 2;
    return true;
  }

  // Up to the empty line, with it.
  bool read_fields(Fields& into);

  bool stop(Fault fault) {
    result_ = {.state = HeadParsed::State::kFault, .fault = fault};
    return false;
  }

  // What is behind the last line that was taken.
  std::string_view rest() const { return {at_, end_}; }
  // kPartial until it stopped.
  const HeadParsed& result() const { return result_; }
  HeadParsed whole() const {
    return {.state = HeadParsed::State::kWhole, .consumed = static_cast<std::size_t>(at_ - begin_)};
  }

 private:
  // `control` is the last byte, or there is none: only a CR leaves hope for a line.
  bool stop_at(const char* control, Fault fault) {
    return control == end_ || *control == '\r' ? false : stop(fault);
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  HeadParsed result_ = {};
};

// Whether the end of a head, or something that can be in none, may be among the bytes behind the
// first `searched`. If not, there is no need to parse what has come.
bool is_worth_parsing(std::string_view unread, std::size_t searched) noexcept;

}  // namespace larder::wire::http
