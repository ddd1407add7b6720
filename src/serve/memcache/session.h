// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "cache/cache.h"
#include "io/loop.h"
#include "io/socket.h"
#include "serve/memcache/gathered_block.h"
#include "serve/memcache/long_answer.h"
#include "serve/memcache/node.h"

namespace larder::serve::memcache {

// What a session does before it can answer more.
enum class Next : std::uint8_t {
  kGoOn,      // nothing: a request is answered
  kRead,      // everything received is answered: send the replies, wait for more
  kReceive,   // much of a value is missing: receive it where it will lie
  kDrain,     // the outbox is full: wait until the client has taken some of it
  kWait,      // a key is pending, other loops are being asked, or libsasl judges a login
  kYield,     // this turn has been long: let other sessions run
  kLogin,     // the client has to say who it is, beginning with the request at hand
  kAdmitted,  // the client has said who it is: what is unread is for its session
  kClose,     // send the replies, then close
  kGiveUp,    // the same: what the client sends can be no request
};

constexpr bool is_end(Next next) { return next == Next::kClose || next == Next::kGiveUp; }

// A request that has been parsed, and the block behind its head as far as it has arrived.
struct ParsedRequest {
  std::string_view head;        // as it was sent: its line, or its first bytes up to the value
  std::string_view block;       // the value, and its line end where the protocol has one
  std::size_t block_bytes = 0;  // of the whole block
  std::size_t missing = 0;      // bytes of it that have not arrived
  std::size_t end = 0;          // in the unread bytes
  cache::Key key;
};

// One connection's conversation, without its waiting, in whatever protocol: what is received for a
// value that is stored as it arrives, and what is waited for. Everything here is a plain call.
//
//   Session ◄── Pipeline<Protocol> ◄─┬─ TextSession
//                                    └─ BinarySession
class Session {
 public:
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // After kReceive.
  io::Socket::Receive receive();
  void received(std::size_t bytes) { incoming_->fill(bytes); }

  // After kWait: tells `waiter` once, on any thread, when an answer may be tried again.
  void wait(cache::Waiter& waiter);

 protected:
  // What no item has for its unique number.
  static constexpr cache::Cas kNoStamp = std::numeric_limits<cache::Cas>::max();

  // A block on its way in: an item's value into its reservation, anything else onto the heap. The
  // head is kept to be parsed again when the block is whole.
  struct Incoming {
    std::string head;
    cache::Reservation reservation = {};
    std::optional<GatheredBlock> gathered = {};

    std::size_t missing() const { return gathered ? gathered->missing() : reservation.missing(); }
    std::span<char> room() { return gathered ? gathered->room() : reservation.room(); }
    void fill(std::size_t bytes) { gathered ? gathered->fill(bytes) : reservation.fill(bytes); }
  };

  Session(Node& node, io::Socket& socket) : node_(node), socket_(socket) {}
  ~Session() = default;

  // So much is still to come of a block that is refused, or of no use.
  void swallow_later(std::size_t bytes) { swallow_bytes_ = static_cast<std::uint32_t>(bytes); }
  // Throws away what has come of it. True: there is something behind it.
  bool swallow();

  // Begins to take a value in as it arrives. kOk: incoming_ is there.
  cache::Answer reserve(std::string_view head, const cache::Key& key, std::size_t bytes,
                        std::uint32_t flags);
  // The same for a block that is no item's value.
  void gather(std::string_view head, std::size_t bytes);
  // Takes what has arrived. kGoOn: the value is whole, and `behind` bytes more are here; or there
  // is no memory for the rest of it, as its reservation says.
  Next fill_incoming(std::size_t behind);

  // ---- what is asked of the cache, and counted
  // Inlined: as a call it would cost a get more than the counting.
  [[gnu::always_inline]] cache::Found find(const cache::Key& key, const cache::Lookup& how) {
    cache::Found found = cache().find(key, how, now());
    activity().found(how, found.answer);
    if (is_observed(Stream::kFetchers)) [[unlikely]]
      show_found(key, found);
    return found;
  }
  cache::Answer remove(const cache::Key& key, const cache::Remove& how,
                       std::string_view command = "delete");
  cache::Counted count(const cache::Key& key, const cache::Count& how);
  // `value`, or what came in for it, becomes an item.
  cache::Stored put(std::string_view value, const cache::Key& key, const cache::Put& how);
  // A value was refused. If it was a plain set's, what it was to replace is gone: better a miss
  // than the value before the one that the client believes to have stored. `command` as watchers
  // read it.
  void give_up(const cache::Key& key, cache::Answer why, bool is_set, std::string_view command);
  // What memcached looks up in front of a change, or for `me`: for watchers alone.
  void show_lookup(const cache::Key& key) {
    if (node_.watchers.watches(Stream::kFetchers)) [[unlikely]]
      tell_lookup(key);
  }
  // `exptime` as a client sends it: 0 or less is now.
  void flush(std::int64_t exptime);
  cache::Answer flush_prefix(std::string_view prefix, std::int64_t exptime);

  // ---- values as the text protocols give them (session_values.cc)
  // Those of `first` and of the keys in `rest`, both in `text`, and the end behind them. To be
  // called again, with the same, after kDrain, kWait or kYield. Nothing: no memory for an expiry.
  std::optional<Next> give_values(std::string_view text, const cache::Key& first,
                                  std::string_view rest, const cache::Lookup& how, bool with_cas);
  std::optional<Next> give_value(const cache::Key& key, const cache::Lookup& how, bool with_cas);
  void append_value(cache::Value& value);  // and the line end behind it

  Next wait_for(const cache::Key& key);
  // Some of long_answer_, until it is given.
  Next give_long_answer();
  void append_in_place(cache::Value& value);

  // Without unique numbers (-C) a client sees 0 for each, and what it expects is never there.
  cache::Cas shown(cache::Cas cas) const { return settings().use_cas ? cas : 0; }
  std::optional<cache::Cas> expected(std::optional<cache::Cas> cas) const {
    return cas && !settings().use_cas ? kNoStamp : cas;
  }

  const Settings& settings() const { return node_.settings; }
  // What has no end, or a far one, is for connections: most of so many datagrams would be lost.
  bool may_watch() const { return settings().allow_watch && socket_.is_connection(); }
  bool may_dump() const { return settings().allow_dumps && socket_.is_connection(); }
  cache::Cache& cache() { return node_.cache; }
  Activity& activity() { return node_.activities.of(socket_.loop()); }
  io::Outbox& outbox() { return socket_.outbox(); }
  cache::UnixMs flush_time(std::int64_t exptime);
  cache::UnixMs now() { return socket_.loop().now(); }

  Node& node_;
  io::Socket& socket_;
  std::unique_ptr<Incoming> incoming_;
  std::unique_ptr<LongAnswer> long_answer_;  // to the request that is answered next

 private:
  // By `stats detail` or watchers.
  bool is_observed(Stream stream) const {
    return node_.prefixes.is_on() || node_.watchers.watches(stream);
  }
  void show_found(const cache::Key& key, const cache::Found& found);
  void show_put(const cache::Key& key, const cache::Put& how, cache::Stored stored,
                std::size_t bytes);
  void tell_lookup(const cache::Key& key);
  void tell_fetch(const cache::Key& key, const cache::Found& found);
  cache::Answer remove_shown(const cache::Key& key, const cache::Remove& how,
                             std::string_view command);

  // The next keys, prefetched together; `unread` is advanced past them.
  std::span<const cache::Key> hash_ahead(std::string_view& unread);
  void append_found(std::string_view key, cache::Found& found, bool with_cas);

  // What a meta command decoded is gone by then. Not in place: most sessions never wait.
  std::unique_ptr<std::string> pending_;
  std::uint32_t swallow_bytes_ = 0;  // of a refused block, still to come
  std::uint32_t get_offset_ = 0;     // where in its text a get goes on
};

}  // namespace larder::serve::memcache
