// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/memcache/arcus/batch.h"
#include "serve/memcache/arcus/elements_answer.h"
#include "serve/memcache/arcus/errand.h"
#include "serve/memcache/arcus/operation.h"
#include "serve/memcache/pipeline.h"
#include "wire/memcache/arcus/command.h"
#include "wire/memcache/reply.h"
#include "wire/memcache/words.h"

namespace larder::serve::memcache::arcus {

using wire::memcache::Fault;
using wire::memcache::arcus::Command;
using wire::memcache::arcus::Verb;

struct ArcusRequest : ParsedRequest {
  Command command;
};

// Speaks Arcus' text protocol.
//
//   a line ─► one status      ─► Batch ─► outbox           STORED, NOT_FOUND, an error …
//          └► elements, keys  ─► outbox, or a LongAnswer   VALUE …  ATTR …  END
class ArcusSession final : public Pipeline<ArcusSession, ArcusRequest> {
 public:
  ArcusSession(Node& node, io::Socket& socket) : Pipeline(node, socket) {}

 private:
  friend Pipeline;
  using Request = ArcusRequest;

  // ---- for Pipeline (session.cc)
  static constexpr std::size_t kBlockEndBytes = wire::memcache::kLineEnd.size();
  std::size_t parse_head(std::string_view unread, bool is_first, Request& request);
  bool is_hopeless(std::string_view unread) const;
  static std::size_t most_waited_bytes(const Request& request);
  static bool answers_without_block(const Request& request);
  static bool may_take_long(const Request& request);
  Next answer_request(const Request& request);
  Next finish_incoming();
  void answered(const Request& request);

  // ---- replies of one line (session.cc)
  Next tell(const Command& command, std::string_view line);
  Next refuse(const Command& command, Fault fault);
  Next tell_number(const Command& command, std::string_view before, std::uint64_t number);
  // Of a key, when nothing was done: a miss, a wrong type …; or kWait.
  Next tell_answer(const Request& request, cache::Answer answer);
  // Of elements, and what it was if it was well.
  Next tell_verdict(const Command& command, cache::Verdict verdict, std::string_view done);

  // ---- blocks (session.cc)
  Next answer_block(const Request& request);
  Next begin_incoming(const Request& request);
  Next answer_whole(const Request& request);
  Next answer_now(const Request& request);

  // ---- key and value (key_value.cc)
  Next answer_get(const Request& request);
  Next answer_mget(const Request& request);
  Next answer_keys(const Request& request, std::string_view text, const cache::Key& first,
                   std::string_view rest, const cache::Lookup& how, bool with_cas);
  Next reserve_value(const Request& request);
  Next answer_put(const Request& request);
  Next refuse_value(const Request& request, cache::Answer why);
  Next answer_count(const Request& request);
  Next answer_delete(const Request& request);
  Next answer_touch(const Request& request);

  // ---- attributes (attributes.cc)
  Next answer_getattr(const Request& request);
  Next answer_setattr(const Request& request);

  // ---- collections, in general (collections.cc)
  Next answer_create(const Request& request, cache::CollectionType type, Operation operation);
  std::optional<cache::NewCollection> creation_of(const Command& command,
                                                  cache::CollectionType type);
  // Carries `operate(Kind&)` out on the collection, and counts what it came to.
  template <class Kind, class Operate>
  auto on(const Request& request, Operation operation, Operate operate);
  template <class Used>
  Next answer_insert(const Request& request, const Used& used);
  template <class Used>
  Next answer_removal(const Request& request, const Used& used);
  template <class Used>
  Next answer_elements(const Request& request, Used& used, WriteElement write,
                       std::string_view end);
  void count(const cache::Key& key, Operation operation, Outcome outcome);
  void show_long(const Request& request, Operation operation, std::uint64_t elements);
  // `<word> <number> …` and the line end.
  void append_numbers(std::string_view word, std::initializer_list<std::uint64_t> numbers);

  // ---- each type
  Next answer_lop(const Request& request);  // list.cc
  Next answer_sop(const Request& request);  // set.cc
  Next answer_sop_exist(const Request& request);
  Next answer_mop(const Request& request);  // map.cc
  Next answer_mop_fields(const Request& request);
  Next answer_bop(const Request& request);  // btree.cc
  Next answer_bop_insert(const Request& request);
  Next answer_bop_update(const Request& request);
  Next answer_bop_delete(const Request& request);
  Next answer_bop_get(const Request& request);
  Next answer_bop_count(const Request& request);
  Next answer_bop_arithmetic(const Request& request, Operation operation);
  Next answer_bop_position(const Request& request);
  Next answer_bop_gbp(const Request& request);
  Next answer_bop_pwg(const Request& request);
  Next answer_bop_mget(const Request& request);   // mget.cc
  Next answer_bop_smget(const Request& request);  // smget.cc

  // ---- operations
  Next answer_operation(const Request& request);  // operations.cc
  Next answer_flush_prefix(const Command& command);
  Next answer_version(const Command& command);
  Next answer_help(const Command& command);
  Next answer_shutdown(const Command& command);
  Next answer_scan(const Command& command);  // administration.cc
  Next answer_dump_start(const Command& command);
  Next answer_dump_stop(const Command& command);
  Next answer_scrub(const Command& command);
  Next answer_cmdlog(const Command& command);
  Next start_command_log(std::string_view folder);
  Next answer_lqdetect(const Command& command);
  // Lines that begin with a tab, and the line end of the reply.
  Next tell_report(const Command& command, std::string report);
  // One line that another thread will find out.
  std::unique_ptr<Errand> new_errand();
  Next tell_later(std::unique_ptr<Errand> errand);
  std::string client() const;  // where it comes from, for operators

  Next answer_config(const Command& command);  // config.cc

  // ---- stats (stats.cc)
  struct StatsCommand;
  Next answer_stats(const Command& command);
  Next answer_stats_group(const Command& command, std::string_view group);
  Next answer_stats_reset(const Command& command, wire::memcache::Words words);
  Next answer_stats_detail(const Command& command, wire::memcache::Words words);
  Next answer_stats_prefixes(const Command& command, wire::memcache::Words words);
  Next answer_stats_prefixlist(const Command& command, wire::memcache::Words words);
  Next answer_stats_cachedump(const Command& command, wire::memcache::Words words);
  Next answer_stats_topkeys(const Command& command, wire::memcache::Words words);
  // No names: all of them, if they are not too many.
  Next answer_item_rows(const Command& command, const std::vector<std::string>& names);
  Next answer_operation_rows(const Command& command, const std::vector<std::string>& names);

  std::string_view value_of(const Request& request) const;  // the block without its line end
  Tunables& tunables() { return node_.tunables; }

  Batch batch_;
  std::uint32_t searched_ = 0;  // unread bytes that hold no line end
};

}  // namespace larder::serve::memcache::arcus
