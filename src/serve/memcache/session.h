// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "cache/cache.h"
#include "io/loop.h"
#include "io/socket.h"
#include "io/task.h"
#include "serve/memcache/node.h"
#include "wire/memcache/command.h"
#include "wire/memcache/meta.h"

namespace larder::serve::memcache {

// The body of a connection that speaks memcached's text and meta protocols.
io::Task serve(Node& node, io::Socket& socket);

// What the session does before it can answer more.
enum class Next : std::uint8_t {
  kGoOn,     // nothing: a request is answered
  kRead,     // everything received is answered: send the replies, wait for more
  kReceive,  // much of a value is missing: receive it where it will lie
  kDrain,    // the outbox is full: wait until the client has taken some of it
  kWait,     // a key is pending
  kYield,    // this turn has been long: let other sessions run
  kClose,    // send the replies, then close
};

// One connection's conversation, without its waiting: everything here is a plain call, and
// answer() can be called again after any Next.
//
//   unread ─► [Request][Request]…  parsed ahead, their keys prefetched together
//                  │
//                  ├─ answered in order ─► outbox
//                  └─ a large value that is not here whole ─► Incoming, filled as it arrives
//
// A request is consumed when it is answered; one that has to wait is parsed again.
class Session {
 public:
  Session(Node& node, io::Socket& socket) : node_(node), socket_(socket) {}

  Next answer();

  // After kReceive.
  io::Socket::Receive receive();
  void received(std::size_t bytes) { incoming_->reservation.fill(bytes); }

  // After kWait: the key to wait for, good until the next answer().
  cache::Key pending_key() { return cache().key(*pending_); }

 private:
  // A command line and the block behind it, if there is one, as far as it has arrived.
  struct Request {
    wire::memcache::Command command;
    std::string_view line;
    std::string_view block;   // with its CR LF
    std::size_t missing = 0;  // bytes of the block that have not arrived
    std::size_t end = 0;      // in the unread bytes
    cache::Key key;
  };

  // A value on its way in. The line is kept to be parsed again when the value is whole.
  struct Incoming {
    std::string line;
    cache::Reservation reservation;
  };

  // The flags of a meta command (a classic one has none), and the key, which they may say is in
  // base64.
  struct Call {
    Call(const cache::Cache& cache, const Request& request);
    wire::memcache::MetaFlags flags;
    cache::Key key;
  };

  // ---- requests (session.cc). After kDrain, kWait and kYield a request is to be answered again
  std::size_t parse_ahead(std::string_view unread, std::span<Request> batch);
  Next answer_batch(std::span<const Request> batch);
  Next answer_request(const Request& request);
  Next answer_block(const Request& request);
  Next refuse_chunk(const Request& request);
  Next store(const Request& request);
  Next begin_incoming(const Request& request);
  Next go_on_with_incoming();
  Next finish_incoming();
  bool swallow();
  void refuse(const wire::memcache::Command& command, wire::memcache::Fault fault);

  // ---- classic commands (text_commands.cc)
  Next answer_get(const Request& request);
  Next answer_keys(const Request& request, const cache::Lookup& how);
  std::optional<Next> answer_key(const cache::Key& key, const cache::Lookup& how, bool with_cas);
  Next refuse_rest(const wire::memcache::Command& command);
  Next answer_put(const Request& request);
  Next answer_delete(const Request& request);
  Next answer_count(const Request& request);
  Next answer_touch(const Request& request);
  Next answer_flush(const wire::memcache::Command& command);
  Next answer_memory_limit(const wire::memcache::Command& command);
  Next answer_version();
  Next answer_stats();
  Next answer_verbosity(const wire::memcache::Command& command);
  Next reply(const wire::memcache::Command& command, std::string_view text);
  // The next keys of a get, prefetched together; `unread` is advanced past them.
  std::span<const cache::Key> hash_ahead(std::string_view& unread);
  void append_found(std::string_view key, cache::Found& found, bool with_cas);

  // ---- meta commands (meta_commands.cc)
  Next answer_meta(const Request& request);
  Next answer_meta_get(const Request& request, const Call& call);
  Next answer_meta_set(const Request& request, const Call& call);
  Next answer_meta_delete(const Request& request, const Call& call);
  Next answer_meta_count(const Request& request, const Call& call);
  Next answer_meta_debug(const Request& request);
  void reply_meta(wire::memcache::MetaCode code, const wire::memcache::MetaFlags& flags,
                  const wire::memcache::MetaFacts& facts);

  // ---- both
  // The block of `request`, or what came in for it, becomes an item.
  cache::Stored put(const Request& request, const cache::Key& key, const cache::Put& how);
  // Says why a value was refused, and forgets the value that it was to replace.
  void refuse_value(const Request& request, const cache::Key& key, cache::Answer why);
  Next wait_for(const cache::Key& key);
  void append_value(cache::Value& value);  // and the line end behind it
  void append_in_place(cache::Value& value);
  cache::Cache& cache() { return node_.cache; }
  io::Outbox& outbox() { return socket_.outbox(); }
  cache::UnixMs now() { return socket_.loop().now(); }

  Node& node_;
  io::Socket& socket_;
  std::unique_ptr<Incoming> incoming_;
  std::size_t swallow_bytes_ = 0;  // of a refused block, still to come
  std::size_t searched_ = 0;       // unread bytes that hold no line end
  std::size_t get_offset_ = 0;     // where in its line a get goes on after a kDrain or kWait
  // What a meta command decoded is gone by then. Not in place: most sessions never wait.
  std::unique_ptr<std::string> pending_;
};

}  // namespace larder::serve::memcache
