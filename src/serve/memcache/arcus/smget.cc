// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <vector>

#include "base/decimal.h"
#include "serve/memcache/arcus/collections.h"
#include "serve/memcache/arcus/key_list.h"

// bop smget: the elements of many b+trees as if they were one.
namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using cache::Answer;
using cache::BTree;
using cache::SmgetPart;
using cache::Verdict;

namespace {

struct Scanned : BTree::Scan {
  bool is_empty = false;  // the tree has no elements
};

SmgetPart::State state_of(Answer answer, const Scanned& scan) {
  if (answer == Answer::kMiss) return SmgetPart::State::kMissing;
  if (scan.verdict == Verdict::kUnreadable) return SmgetPart::State::kUnreadable;
  if (scan.is_empty) return SmgetPart::State::kEmpty;
  if (scan.verdict == Verdict::kOutOfRange) return SmgetPart::State::kOutOfRange;
  return SmgetPart::State::kScanned;
}

std::string_view word_of(SmgetPart::State state) {
  switch (state) {
    case SmgetPart::State::kUnreadable: return "UNREADABLE";
    case SmgetPart::State::kOutOfRange: return "OUT_OF_RANGE";
    default: return "NOT_FOUND";
  }
}

cache::SmgetMode mode_of(wire::arcus::SmgetMode mode) {
  switch (mode) {
    case wire::arcus::SmgetMode::kOld: return cache::SmgetMode::kOld;
    case wire::arcus::SmgetMode::kDuplicate: return cache::SmgetMode::kDuplicate;
    case wire::arcus::SmgetMode::kUnique: return cache::SmgetMode::kUnique;
  }
  return cache::SmgetMode::kOld;
}

// Scans one tree after the other, merges them, and says what came of it, as the client takes it.
//
//   ELEMENTS <n>       <key> <flags> <element> …        VALUE <n>          of the old mode
//   MISSED_KEYS <n>    <key> <why> …                    MISSED_KEYS <n>    <key> …
//   TRIMMED_KEYS <n>   <key> <last bkey> …
//   END | DUPLICATED                                    END | DUPLICATED | TRIMMED | …
class SmgetAnswer final : public LongAnswer {
 public:
  SmgetAnswer(cache::Cache& cache, const Command& command)
      : cache_(cache),
        filter_(filter_of(command)),
        query_{.range = command.range,
               .filter = filter_ ? &*filter_ : nullptr,
               .offset = command.offset,
               .most = command.count,
               .mode = mode_of(command.mode)} {
    parts_.reserve(command.list_count);
  }

  KeyList& keys() { return keys_; }

  Next go_on(io::Socket& socket) override {
    while (!keys_.is_done()) {
      switch (scan_next(socket.loop().now())) {
        case Step::kDone:
          if (socket.loop().turn_is_long()) return Next::kYield;
          break;
        case Step::kPending: return Next::kWait;
        case Step::kFailed: socket.outbox().append(failure_); return Next::kGoOn;
      }
    }
    if (!is_merged_ && !merge(socket.outbox())) return Next::kGoOn;
    return append(socket.outbox());
  }

  void wait(cache::Waiter& waiter) override { cache_.wait(cache_.key(keys_.next()), waiter); }

 private:
  enum class Step : std::uint8_t { kDone, kPending, kFailed };

  Step scan_next(cache::UnixMs now) {
    const std::string_view name = keys_.next();
    auto used = cache::with<BTree>(cache_, cache_.key(name), {}, now, [&](BTree& tree) {
      Scanned scan{tree.scan(query_.range, query_.filter, query_.offset + query_.most)};
      scan.is_empty = tree.tree().empty();
      return scan;
    });
    if (used.answer == Answer::kPending) return Step::kPending;
    failure_ = used.answer == Answer::kWrongType ? "TYPE_MISMATCH\r\n" : "BKEY_MISMATCH\r\n";
    const SmgetPart::State state = state_of(used.answer, used.result);
    const bool mismatches =
        state == SmgetPart::State::kScanned && used.result.verdict == Verdict::kBkeyMismatch;
    if (used.answer == Answer::kWrongType || mismatches) return Step::kFailed;
    keys_.step();
    parts_.push_back({.key = name,
                      .state = state,
                      .flags = used.flags,
                      .scan = std::move(static_cast<BTree::Scan&>(used.result))});
    return Step::kDone;
  }

  // False: it failed, and that is said.
  bool merge(io::Outbox& outbox) {
    result_ = cache::merge(parts_, query_);
    is_merged_ = true;
    switch (result_.answer) {
      case cache::Smget::Answer::kDone: break;
      case cache::Smget::Answer::kOutOfRange: outbox.append("OUT_OF_RANGE\r\n"); return false;
      case cache::Smget::Answer::kSameKey:
        outbox.append(wire::reply_of(Fault::kBadDataChunk));
        return false;
    }
    outbox.append(
        fmt::format("{} {}\r\n", is_old() ? "VALUE" : "ELEMENTS", result_.elements.size()));
    return true;
  }

  Next append(io::Outbox& outbox) {
    for (; told_ != result_.elements.size(); ++told_) {
      if (outbox.full()) return Next::kDrain;
      const cache::SmgetElement& element = result_.elements[told_];
      outbox.append(element.part->key);
      append_flags(outbox, element.part->flags);
      append_element(outbox, write_btree_element, element.entry);
    }
    append_missed(outbox);
    if (!is_old()) append_trimmed(outbox);
    outbox.append(tail());
    return Next::kGoOn;
  }

  static void append_flags(io::Outbox& outbox, std::uint32_t flags) {
    char* const out = outbox.room(1 + base::kMaxDecimalBytes + 1);
    *out = ' ';
    char* const end = base::write_decimal(out + 1, flags);
    *end = ' ';
    outbox.appended(static_cast<std::size_t>(end + 1 - out));
  }

  void append_missed(io::Outbox& outbox) {
    outbox.append(fmt::format("MISSED_KEYS {}\r\n", result_.missed.size()));
    for (const SmgetPart* part : result_.missed) {
      outbox.append(part->key);
      if (!is_old()) {
        outbox.append(" ");
        outbox.append(word_of(part->state));
      }
      outbox.append(wire::kLineEnd);
    }
  }

  void append_trimmed(io::Outbox& outbox) {
    outbox.append(fmt::format("TRIMMED_KEYS {}\r\n", result_.trimmed.size()));
    for (const cache::SmgetTrimmed& trimmed : result_.trimmed) {
      outbox.append(trimmed.part->key);
      char* const out = outbox.room(1 + wire::arcus::kMaxBkeyText + wire::kLineEnd.size());
      *out = ' ';
      char* end = wire::arcus::write_bkey(out + 1, trimmed.last);
      end = wire::append(end, wire::kLineEnd);
      outbox.appended(static_cast<std::size_t>(end - out));
    }
  }

  std::string_view tail() const {
    if (result_.has_duplicates) {
      return result_.is_trimmed ? "DUPLICATED_TRIMMED\r\n" : "DUPLICATED\r\n";
    }
    return result_.is_trimmed ? "TRIMMED\r\n" : wire::kEnd;
  }

  bool is_old() const { return query_.mode == cache::SmgetMode::kOld; }

  cache::Cache& cache_;
  KeyList keys_;
  std::optional<base::EflagFilter> filter_;
  cache::SmgetQuery query_;
  std::string_view failure_;
  std::vector<SmgetPart> parts_;
  cache::Smget result_;
  bool is_merged_ = false;
  std::size_t told_ = 0;
};

}  // namespace

Next ArcusSession::answer_bop_smget(const Request& request) {
  auto answer = std::make_unique<SmgetAnswer>(cache(), request.command);
  const bool is_list = answer->keys().take(value_of(request), request.command.list_count);
  activity().operated(Operation::kBopSmget, is_list ? Outcome::kHit : Outcome::kOther);
  if (!is_list) return refuse(request.command, Fault::kBadDataChunk);
  long_answer_ = std::move(answer);
  return give_long_answer();
}

}  // namespace larder::serve::memcache::arcus
