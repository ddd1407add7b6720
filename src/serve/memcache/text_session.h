// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "serve/memcache/dump.h"
#include "serve/memcache/pipeline.h"
#include "wire/memcache/command.h"
#include "wire/memcache/meta.h"
#include "wire/memcache/reply.h"
#include "wire/memcache/words.h"

namespace larder::serve::memcache {

// A command line; its block is there also when it has a fault.
struct TextRequest : ParsedRequest {
  wire::memcache::Command command;
};

// Speaks memcached's text and meta protocols.
class TextSession final : public Pipeline<TextSession, TextRequest> {
 public:
  TextSession(Node& node, io::Socket& socket) : Pipeline(node, socket) {}

 private:
  friend Pipeline;
  using Request = TextRequest;

  // The flags of a meta command (a classic one has none), and the key, which they may say is in
  // base64.
  struct Call {
    Call(TextSession& session, const Request& request);
    wire::memcache::MetaFlags flags;
    cache::Key key;
  };

  // ---- for Pipeline (text_session.cc)
  static constexpr std::size_t kBlockEndBytes = wire::memcache::kLineEnd.size();
  std::size_t parse_head(std::string_view unread, bool is_first, Request& request);
  bool is_hopeless(std::string_view unread) const;
  static constexpr std::size_t most_waited_bytes(const Request&) {
    return limits::kWaitBlockBytes + kBlockEndBytes;
  }
  static bool answers_without_block(const Request& request);
  static bool may_take_long(const Request& request);
  Next answer_request(const Request& request);
  Next finish_incoming();

  // ---- blocks (text_session.cc)
  Next answer_block(const Request& request);
  Next refuse_chunk(const Request& request);
  Next store(const Request& request);
  Next begin_incoming(const Request& request);
  cache::Stored put(const Request& request, const cache::Key& key, const cache::Put& how);
  // Says why a value was refused, and forgets the value that it was to replace.
  void refuse_value(const Request& request, const cache::Key& key, cache::Answer why);
  wire::memcache::Fault fault_of(const wire::memcache::Command& command) const;
  void refuse(const wire::memcache::Command& command, wire::memcache::Fault fault);

  // ---- classic commands (text_commands.cc)
  Next answer_get(const Request& request);
  Next answer_keys(const Request& request, const cache::Lookup& how);
  Next answer_put(const Request& request);
  Next answer_delete(const Request& request);
  Next answer_count(const Request& request);
  Next answer_touch(const Request& request);
  Next answer_flush(const wire::memcache::Command& command);
  Next answer_flush_prefix(const wire::memcache::Command& command);
  Next answer_memory_limit(const wire::memcache::Command& command);
  Next answer_debugtime(const wire::memcache::Command& command);
  Next answer_shutdown(const wire::memcache::Command& command);
  Next answer_version();
  Next answer_verbosity(const wire::memcache::Command& command);
  Next answer_refresh_certs(const wire::memcache::Command& command);
  Next reply(const wire::memcache::Command& command, std::string_view text);

  // ---- statistics (text_stats.cc)
  Next answer_stats(const wire::memcache::Command& command);
  Next answer_detail(const wire::memcache::Command& command, std::string_view what);
  Next answer_cachedump(const wire::memcache::Command& command, wire::memcache::Words words);
  void tell_stat(std::string_view name, std::string_view value);

  // ---- what steers memcached's memory (text_tuning.cc)
  Next answer_tuning(const wire::memcache::Command& command);
  Next answer_dump(const wire::memcache::Command& command, std::string_view which, Dump::Form form);
  Next reply_or_refuse(const wire::memcache::Command& command, wire::memcache::Fault fault);

  // ---- meta commands (meta_commands.cc)
  Next answer_meta(const Request& request);
  Next answer_meta(const Request& request, const Call& call);
  Next answer_meta_get(const Request& request, const Call& call);
  Next answer_meta_set(const Request& request, const Call& call);
  Next answer_meta_delete(const Request& request, const Call& call);
  Next answer_meta_count(const Request& request, const Call& call);
  Next answer_meta_debug(const Request& request);
  void reply_meta(wire::memcache::MetaCode code, const wire::memcache::MetaFlags& flags,
                  const wire::memcache::MetaFacts& facts);

  Next answer_watch(const wire::memcache::Command& command);  // text_watch.cc

  std::unique_ptr<Watchers::Watch> watch_;
  std::uint32_t searched_ = 0;  // unread bytes that hold no line end
};

}  // namespace larder::serve::memcache
