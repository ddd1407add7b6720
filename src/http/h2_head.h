// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/exchange.h"
#include "wire/http/head.h"

namespace larder::http {

// A header block of HTTP/2 while it comes: a connection receives one at a time.
class H2Block {
 public:
  void begin() {
    text_.clear();
    pieces_.clear();
    bytes_ = 0;
  }
  // Nothing is kept beyond `most` bytes, or too many fields.
  void add(std::string_view name, std::string_view value, std::size_t most);
  std::size_t bytes() const { return bytes_; }  // as RFC 9113 counts them, in 10.5.1
  bool is_too_large(std::size_t most) const;
  void shrink();  // what a large one has needed

  struct Piece {
    std::size_t name_bytes;
    std::size_t value_bytes;
  };
  const std::string& text() const { return text_; }
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::string text_;  // name, value, name …
  std::vector<Piece> pieces_;
  std::size_t bytes_ = 0;
};

// The head of a request of HTTP/2, and what it is made of.
class H2Head {
 public:
  // Why it is no request: status_of and text_of. kNone: it is one.
  // `scheme` is the connection's: what :scheme says is believed of nobody (RFC 9110, 7.4).
  wire::http::Fault read(const H2Block& block, std::string_view scheme, bool ends);
  // Of a trailer: lines as BodySource::trailer has them.
  static std::string trailer_of(const H2Block& block);

  const Request& request() const { return request_; }

 private:
  void take(std::string_view name, std::string_view value, std::string_view& host);
  wire::http::Fault check(std::string_view host);
  bool is_host_of_request(std::string_view host);
  void join_cookies();

  std::string text_;
  std::string cookies_;
  wire::http::Fields fields_;
  Request request_;
  bool names_other_scheme_ = false;  // than those of HTTP
};

}  // namespace larder::http
