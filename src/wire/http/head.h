// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/http/field.h"

namespace larder::wire::http {

enum class Version : std::uint8_t { k10, k11, k20 };

// ---- heads of HTTP/1
//
//   GET /a?b HTTP/1.1 CRLF        method, target, version
//   Host: example.com CRLF        fields
//   CRLF                          `consumed` ends here
//
// Strict where peers have disagreed: a line ends by CR LF and nothing else, no folded lines, no
// blank before a colon, no control characters, tokens where tokens belong; what two readers could
// read in two ways is a fault.

struct RequestHead {
  std::string_view method;
  std::string_view target;
  Version version = Version::k11;
  Fields fields;

  void move_views(const char* from, const char* to);
};

struct ResponseHead {
  unsigned status = 0;
  std::string_view reason;
  Version version = Version::k11;
  Fields fields;

  void move_views(const char* from, const char* to);
};

// Why a head, or the framing of what follows it, is refused. After any of them the connection is
// not used again.
enum class Fault : std::uint8_t {
  kNone,
  kBadLine,            // 400: the first line
  kBadField,           // 400: a line of a field
  kBadHost,            // 400: none, several, or none that a host could have
  kBadLength,          // 400: Content-Length that is no number, or several that differ
  kBadTransferCoding,  // 400: Transfer-Encoding beside Content-Length, in HTTP/1.0, twice chunked
  kBadChunk,           // 400
  kBadTarget,          // 400: a form of target that the method has not
  kTargetTooLong,      // 414
  kHeadTooLarge,       // 431: bytes, or fields
  kUnknownTransferCoding,  // 501
  kUnknownVersion,         // 505
};
unsigned status_of(Fault fault) noexcept;
std::string_view text_of(Fault fault) noexcept;  // a sentence for a log

struct HeadParsed {
  enum class State : std::uint8_t { kWhole, kPartial, kFault };
  State state = State::kPartial;
  std::size_t consumed = 0;  // kWhole
  Fault fault = Fault::kNone;
};

// At most kMaxHeadBytes. `searched` bytes are known to hold no end of a head: one that comes in
// many packets is read once.
HeadParsed parse_request_head(std::string_view unread, RequestHead& into, std::size_t searched = 0);
HeadParsed parse_response_head(std::string_view unread, ResponseHead& into,
                               std::size_t searched = 0);

// How many bytes of empty lines `unread` begins with: before a request they are nobody's (RFC 9112,
// 2.2).
std::size_t empty_lines(std::string_view unread);

// Fields of a trailer that frame or route a message, which they cannot so late (RFC 9110, 6.5.1):
// whoever takes them must drop them.
enum class LateFields : std::uint8_t { kRefused, kTaken };

// The fields of a chunked body's trailer, with the empty line that ends it.
HeadParsed parse_trailer(std::string_view unread, Fields& into,
                         LateFields late = LateFields::kRefused);

// ---- targets

// What a target names. Of the authority form (CONNECT) and the asterisk form (OPTIONS *) the path
// is empty.
struct Target {
  std::string_view scheme;     // of the absolute form; else empty
  std::string_view authority;  // of the absolute and the authority form; else empty
  // With its query: begins with /, or with ? where an absolute form leaves out the / before it.
  std::string_view path;
  bool is_asterisk = false;
};
// kBadTarget, kNone.
Fault parse_target(std::string_view method, std::string_view target, Target& into);

// Of an authority: `example.com:8080`, `[::1]`. False: it is none.
struct Authority {
  std::string_view host;   // with the brackets of IPv6
  std::uint16_t port = 0;  // 0: none is said
};
bool parse_authority(std::string_view text, Authority& into);
// Whether both name the same host and port; `scheme` says which port is meant where none is said.
// False: one of them is none.
bool equal_authorities(std::string_view a, std::string_view b, std::string_view scheme);

// ---- framing (RFC 9112, 6)

struct Framing {
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;  // kLength
  bool keep_alive = false;   // the connection may be used after the body
};

struct Framed {
  Fault fault = Fault::kNone;
  Framing framing = {};
};
Framed frame(const RequestHead& head);
// `to`: the method that it answers. HEAD has no body, whatever is said of its length.
Framed frame(const ResponseHead& head, std::string_view to);

// Whether a field is about one connection only, and is not passed on: Connection and what it
// lists, Keep-Alive, TE, Transfer-Encoding, Upgrade, Proxy-Connection … (RFC 9110, 7.6.1)
bool is_of_connection(const Field& field, const Fields& head) noexcept;
// The same of those alone that would be passed on if Connection did not list them.
bool is_named_by_connection(const Field& field, const Fields& head) noexcept;
// Whether Connection lists more than what is always of one connection. Few senders do.
bool names_fields(const Fields& head) noexcept;

// ---- chunked bodies

// Takes chunked bytes as they come and gives the body's, where they lie.
//
//   5;x=y CRLF hello CRLF 0 CRLF Trailer: z CRLF CRLF
//              └───┘ body                          └ kEnd
class ChunkDecoder {
 public:
  struct Step {
    enum class State : std::uint8_t { kMore, kEnd, kFault };
    State state = State::kMore;
    std::size_t consumed = 0;    // of `bytes`
    std::string_view body = {};  // a part of them
  };
  ChunkDecoder() = default;
  explicit ChunkDecoder(LateFields late) : late_(late) {}
  // One step: at most one run of body bytes. No progress (nothing consumed, kMore): needs more.
  Step decode(std::string_view bytes);
  bool at_end() const { return state_ == State::kEnd; }
  // After kEnd: its fields; views into this.
  const Fields& trailer() const { return trailer_; }

 private:
  enum class State : std::uint8_t { kSize, kBody, kBodyEnd, kTrailer, kEnd, kFault };

  // What each takes of `bytes`; 0: more is needed, or there is nothing more to take.
  std::size_t take(std::string_view bytes, std::string_view& body);
  std::size_t take_size(std::string_view bytes);
  std::size_t take_body(std::string_view bytes, std::string_view& body);
  std::size_t take_body_end(std::string_view bytes);
  std::size_t take_trailer(std::string_view bytes);
  std::size_t fail();

  LateFields late_ = LateFields::kRefused;
  State state_ = State::kSize;
  std::uint64_t left_ = 0;
  std::string trailer_text_;
  Fields trailer_;
};

// ---- writing

std::string_view reason_of(unsigned status) noexcept;  // `Not Found`; empty: none is known

}  // namespace larder::wire::http
