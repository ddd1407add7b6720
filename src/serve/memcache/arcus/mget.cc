// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "serve/memcache/arcus/collections.h"
#include "serve/memcache/arcus/key_list.h"

// bop mget: the same of many b+trees.
namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using cache::Answer;
using cache::BTree;
using cache::Verdict;

namespace {

std::string_view word_of(Answer answer, const cache::Got& got) {
  if (answer == Answer::kWrongType) return "TYPE_MISMATCH";
  if (answer != Answer::kOk) return "NOT_FOUND";
  switch (got.verdict) {
    case Verdict::kDone: return got.trimmed ? "TRIMMED" : "OK";
    case Verdict::kBkeyMismatch: return "BKEY_MISMATCH";
    case Verdict::kOutOfRange: return "OUT_OF_RANGE";
    case Verdict::kUnreadable: return "UNREADABLE";
    default: return "NOT_FOUND_ELEMENT";
  }
}

// Asks one tree after the other, as the client takes what they say.
//
//   VALUE <key> <word> [<flags> <count>]
//   ELEMENT <element> …
//   END
class MgetAnswer final : public LongAnswer {
 public:
  MgetAnswer(cache::Cache& cache, const Command& command)
      : cache_(cache), filter_(filter_of(command)), query_(query_of(command, filter_)) {}

  KeyList& keys() { return keys_; }

  Next go_on(io::Socket& socket) override {
    while (true) {
      if (walk_) {
        const Next next = append_elements(socket, write_btree_element, "ELEMENT ", *walk_);
        if (next != Next::kGoOn) return next;
        walk_.reset();
      }
      if (keys_.is_done()) break;
      if (socket.outbox().full()) return Next::kDrain;
      if (!ask_next(socket)) return Next::kWait;
      if (socket.loop().turn_is_long()) return Next::kYield;
    }
    socket.outbox().append(wire::kEnd);
    return Next::kGoOn;
  }

  void wait(cache::Waiter& waiter) override { cache_.wait(cache_.key(keys_.next()), waiter); }

 private:
  // False: the key is pending.
  bool ask_next(io::Socket& socket) {
    const std::string_view name = keys_.next();
    auto used =
        cache::with<BTree>(cache_, cache_.key(name), {}, socket.loop().now(),
                           [&](BTree& tree) { return tree.get(query_, cache::Removal::kKeep); });
    if (used.answer == Answer::kPending) return false;
    keys_.step();
    elements_ = std::move(used.result.elements);
    tell(socket.outbox(), name, used.answer, used.result, used.flags);
    walk_.emplace(elements_);
    return true;
  }

  void tell(io::Outbox& outbox, std::string_view key, Answer answer, const cache::Got& got,
            std::uint32_t flags) {
    outbox.append("VALUE ");
    outbox.append(key);
    outbox.append(" ");
    outbox.append(word_of(answer, got));
    if (answer == Answer::kOk && got.verdict == Verdict::kDone) {
      outbox.append(fmt::format(" {} {}", flags, elements_.size()));
    }
    outbox.append(wire::kLineEnd);
  }

  cache::Cache& cache_;
  KeyList keys_;
  std::optional<base::EflagFilter> filter_;
  BTree::Query query_;
  cache::Snapshot elements_;
  std::optional<cache::Snapshot::Walk> walk_;
};

}  // namespace

Next ArcusSession::answer_bop_mget(const Request& request) {
  auto answer = std::make_unique<MgetAnswer>(cache(), request.command);
  const bool is_list = answer->keys().take(value_of(request), request.command.list_count);
  activity().operated(Operation::kBopMget, is_list ? Outcome::kHit : Outcome::kOther);
  if (!is_list) return refuse(request.command, Fault::kBadDataChunk);
  long_answer_ = std::move(answer);
  return give_long_answer();
}

}  // namespace larder::serve::memcache::arcus
