// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/log_line.h"

#include <fmt/format.h>

#include <array>

#include "base/limits.h"
#include "serve/memcache/slab_class.h"
#include "wire/memcache/uri.h"

namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
using cache::Answer;

namespace {

constexpr cache::UnixMs kMsPerS = 1000;

class UriKey {
 public:
  explicit UriKey(std::string_view key) : end_(wire::encode_uri(text_.data(), key)) {}
  UriKey(const UriKey&) = delete;
  UriKey& operator=(const UriKey&) = delete;
  std::string_view text() const { return {text_.data(), end_}; }

 private:
  std::array<char, wire::most_uri_bytes(limits::kMaxKeyBytes)> text_;
  const char* end_;
};

std::string_view status_of(Answer answer) {
  switch (answer) {
    case Answer::kOk: return "stored";
    case Answer::kExists: return "exists";
    case Answer::kMiss: return "not_found";
    case Answer::kTooLarge: return "too_large";
    case Answer::kNoMemory: return "no_memory";
    case Answer::kNotStored:
    case Answer::kNotNumeric:
    case Answer::kPending:
    case Answer::kWrongType:
    case Answer::kBadPrefix:
    case Answer::kBadExpiry: break;
  }
  return "not_stored";
}

std::string_view command_of(const cache::Put& how) {
  switch (how.mode) {
    case cache::PutMode::kAdd: return "add";
    case cache::PutMode::kAppend: return "append";
    case cache::PutMode::kPrepend: return "prepend";
    case cache::PutMode::kSet: return how.expected ? "cas" : "set";
    case cache::PutMode::kReplace: return how.expected ? "cas" : "replace";
  }
  return "";
}

std::int64_t seconds_left(cache::UnixMs expires, cache::UnixMs now, std::int64_t if_never) {
  return expires == cache::kNeverExpires ? if_never : (expires - now) / kMsPerS;
}

std::string client_of(const io::Socket& socket) {
  const io::ConnectionFacts facts = socket.facts();
  const bool is_unix = facts.local.is_unix();
  return fmt::format("rip={} rport={} transport={}", is_unix ? "unix" : facts.peer.host(),
                     facts.peer.port(), is_unix ? "local" : "tcp");
}

}  // namespace

std::string fetch_line(std::string_view key, const cache::Found& found, int fd) {
  const bool hit = found.answer == Answer::kOk;
  const std::size_t size = found.value.size() != 0 ? found.value.size() : found.size;
  return fmt::format("type=item_get key={} status={} clsid={} cfd={} size={}", UriKey(key).text(),
                     hit ? "found" : "not_found", hit ? kTheClass : 0, fd, size);
}

std::string store_line(std::string_view key, const cache::Put& how, const cache::Stored& stored,
                       cache::UnixMs now, int fd) {
  return fmt::format("type=item_store key={} status={} cmd={} ttl={} clsid={} cfd={} size={}",
                     UriKey(key).text(), status_of(stored.answer), command_of(how),
                     seconds_left(how.expires, now, 0), kTheClass, fd, stored.size);
}

std::string refusal_line(std::string_view key, Answer why, std::string_view command, int fd) {
  return fmt::format("type=item_store key={} status={} cmd={} ttl=0 clsid=0 cfd={} size=0",
                     UriKey(key).text(), status_of(why), command, fd);
}

std::string deletion_line(std::string_view key, const cache::Found& gone,
                          std::string_view command) {
  return fmt::format("type=deleted key={} cmd={} clsid={} size={}", UriKey(key).text(), command,
                     kTheClass, gone.size);
}

std::string eviction_line(std::string_view key, const cache::Found& gone, cache::UnixMs now) {
  return fmt::format("type=eviction key={} fetch={} ttl={} la={} clsid={} size={}",
                     UriKey(key).text(), gone.fetched ? "yes" : "no",
                     seconds_left(gone.expires, now, -1), gone.idle_s, kTheClass, gone.size);
}

std::string arrival_line(const io::Socket& socket) {
  return fmt::format("type=conn_new {} cfd={}", client_of(socket), socket.fd());
}

std::string departure_line(const io::Socket& socket, bool is_error) {
  return fmt::format("type=conn_close {} reason={} cfd={}", client_of(socket),
                     is_error ? "error" : "normal", socket.fd());
}

}  // namespace larder::serve::memcache
