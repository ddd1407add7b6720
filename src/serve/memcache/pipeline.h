// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/limits.h"
#include "serve/memcache/session.h"

namespace larder::serve::memcache {

// A session that parses ahead and answers in order. answer() can be called again after any Next.
//
//   unread ─► [Request][Request]…  parsed ahead, their keys prefetched together
//                  │
//                  ├─ answered in order ─► outbox
//                  └─ a large value that is not here whole ─► Incoming, filled as it arrives
//
// A request is consumed when it is answered; one that has to wait is parsed again.
//
// Protocol is the class that derives from this, so that nothing is looked up on the way; Request is
// a ParsedRequest:
//
//   kBlockEndBytes                    behind a value
//   most_waited_bytes(r)              of its block: a longer one is taken in as it arrives
//   parse_head(unread, is_first, r)   → bytes of the head, of which r.key, r.head and r.block_bytes
//                                     are told; 0: it is not here whole
//   is_hopeless(unread)               what is here will never be a request
//   answers_without_block(r)          it is refused, or has no use for its block
//   answer_request(r)                 after kDrain, kWait and kYield it is to be answered again
//   finish_incoming()                 what fill_incoming waited for is here
//   may_take_long(r)                  one such request may take as long as thousands of gets
//   answered(r)                       it has been carried out, or its value comes in
template <class Protocol, class Request>
class Pipeline : public Session {
 public:
  Next answer();

 private:
  friend Protocol;
  Pipeline(Node& node, io::Socket& socket) : Session(node, socket) {}
  ~Pipeline() = default;
  void answered(const Request&) {}  // of who does not want to know

  std::size_t parse_ahead(std::string_view unread, std::span<Request> batch);
  Next answer_batch(std::span<const Request> batch);
  Protocol& self() { return static_cast<Protocol&>(*this); }
};

template <class Protocol, class Request>
Next Pipeline<Protocol, Request>::answer() {
  for (bool first = true;; first = false) {
    if (outbox().full()) return Next::kDrain;
    if (incoming_ != nullptr) {
      Next next = fill_incoming(Protocol::kBlockEndBytes);
      if (next == Next::kGoOn) next = self().finish_incoming();
      if (incoming_ != nullptr) return next;
    }
    if (!swallow()) return Next::kRead;
    if (!first && socket_.loop().turn_is_long()) return Next::kYield;
    const std::string_view unread = socket_.inbox().unread();
    // Not on the stack, where it would have to be cleared for every request.
    static thread_local std::array<Request, limits::kBatchCommands> batch;
    const std::size_t count = parse_ahead(unread, batch);
    if (count == 0) return self().is_hopeless(unread) ? Next::kGiveUp : Next::kRead;
    const Next next = answer_batch(std::span(batch).first(count));
    if (next != Next::kGoOn) return next;
  }
}

template <class Protocol, class Request>
std::size_t Pipeline<Protocol, Request>::parse_ahead(std::string_view unread,
                                                     std::span<Request> batch) {
  std::size_t begin = 0;
  for (std::size_t count = 0; count < batch.size(); ++count) {
    Request& request = batch[count];
    const std::size_t head_bytes = self().parse_head(unread.substr(begin), begin == 0, request);
    if (head_bytes == 0) return count;
    request.end = begin + head_bytes;
    request.block = unread.substr(request.end, request.block_bytes);
    request.missing = request.block_bytes - request.block.size();
    request.end += request.block.size();
    cache().prefetch_line(request.key);
    if (request.missing != 0) {
      // What is refused is refused at once, what is large is stored as it arrives; a small block
      // is waited for where it is.
      const bool is_large = request.block_bytes > Protocol::most_waited_bytes(request);
      return is_large || Protocol::answers_without_block(request) ? count + 1 : count;
    }
    begin = request.end;
  }
  return batch.size();
}

template <class Protocol, class Request>
Next Pipeline<Protocol, Request>::answer_batch(std::span<const Request> batch) {
  if (batch.size() > 1) {
    for (const Request& request : batch) cache().prefetch_item(request.key);
  }
  std::size_t done = 0;
  Next next = Next::kGoOn;
  for (const Request& request : batch) {
    next = self().answer_request(request);
    if (next == Next::kDrain || next == Next::kWait || next == Next::kYield ||
        next == Next::kLogin) {
      break;
    }
    self().answered(request);
    // What came of a value that is stored as it arrives is still to be taken from the inbox.
    done = incoming_ != nullptr ? request.end - request.block.size() : request.end;
    if (!is_end(next) && outbox().full()) next = Next::kDrain;
    if (next == Next::kGoOn && Protocol::may_take_long(request) && socket_.loop().turn_is_long()) {
      next = Next::kYield;
    }
    if (next != Next::kGoOn) break;
  }
  socket_.inbox().consume(done);
  return next;
}

}  // namespace larder::serve::memcache
