// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/http/head.h"

// A message as a test sees it: what our functions, or those of somebody else, make of its bytes.
namespace larder::wire::http {

struct Message {
  enum class State { kWhole, kPartial, kRefused };
  State state = State::kPartial;
  Fault fault = Fault::kNone;  // ours, of kRefused
  std::string error;           // theirs
  std::string method;          // of a request
  std::string target;
  unsigned status = 0;                                      // of a response
  unsigned minor = 0;                                       // of its version
  std::vector<std::pair<std::string, std::string>> fields;  // those of its trailer as well
  std::string body;
  bool has_extensions = false;  // of chunks
  bool keep_alive = false;
  std::size_t consumed = 0;
};

// ---- ours, step by step as a connection does it

inline void refuse(Message& message, Fault fault) {
  message.state = Message::State::kRefused;
  message.fault = fault;
}

inline void add_fields(Message& message, const Fields& fields) {
  for (const Field& field : fields) message.fields.emplace_back(field.name, field.value);
}

inline void read_chunks(Message& message, std::string_view bytes) {
  ChunkDecoder decoder;
  while (!decoder.at_end()) {
    const ChunkDecoder::Step step = decoder.decode(bytes.substr(message.consumed));
    const std::string_view taken = bytes.substr(message.consumed, step.consumed);
    const std::string_view line = taken.substr(0, taken.size() - step.body.size());
    message.has_extensions = message.has_extensions || line.find(';') != std::string_view::npos;
    message.consumed += step.consumed;
    message.body += step.body;
    if (step.state == ChunkDecoder::Step::State::kFault) return refuse(message, Fault::kBadChunk);
    if (step.consumed == 0) return;
  }
  add_fields(message, decoder.trailer());
  message.state = Message::State::kWhole;
}

// `bytes` are all that there will be.
inline void read_body(Message& message, const Framing& framing, std::string_view bytes) {
  if (framing.kind == Framing::Kind::kChunked) return read_chunks(message, bytes);
  std::string_view body = bytes.substr(message.consumed);
  if (framing.kind != Framing::Kind::kUntilClose) body = body.substr(0, framing.length);
  if (framing.kind == Framing::Kind::kLength && body.size() < framing.length) return;
  message.body = body;
  message.consumed += body.size();
  message.state = Message::State::kWhole;
}

// Whether the head, whatever is in it, lets us go on.
inline bool take_head(Message& message, const HeadParsed& parsed) {
  message.consumed = parsed.consumed;
  if (parsed.state == HeadParsed::State::kFault) refuse(message, parsed.fault);
  return parsed.state == HeadParsed::State::kWhole;
}

template <class Head>
void read_rest(Message& message, const Head& head, const Framed& framed, std::string_view bytes) {
  if (framed.fault != Fault::kNone) return refuse(message, framed.fault);
  message.minor = head.version == Version::k10 ? 0 : 1;
  message.keep_alive = framed.framing.keep_alive;
  add_fields(message, head.fields);
  read_body(message, framed.framing, bytes);
}

inline Message read_request(std::string_view stream) {
  const std::size_t skipped = empty_lines(stream);
  const std::string_view bytes = stream.substr(skipped);
  Message message;
  RequestHead head;
  Target target;
  if (!take_head(message, parse_request_head(bytes, head))) return message;
  message.method = head.method;
  message.target = head.target;
  const Fault fault = parse_target(head.method, head.target, target);
  if (fault != Fault::kNone) {
    refuse(message, fault);
  } else {
    read_rest(message, head, frame(head), bytes);
  }
  message.consumed += skipped;
  return message;
}

// To a GET.
inline Message read_response(std::string_view bytes) {
  Message message;
  ResponseHead head;
  if (!take_head(message, parse_response_head(bytes, head))) return message;
  message.status = head.status;
  read_rest(message, head, frame(head, "GET"), bytes);
  return message;
}

}  // namespace larder::wire::http
