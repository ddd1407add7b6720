// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "serve/memcache/arcus/collections.h"
#include "wire/memcache/arcus/key_list.h"

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
  MgetAnswer(cache::Cache& cache, const Command& command, std::string_view keys)
      : cache_(cache), keys_(keys), unread_(keys_) {
    query_.range = command.range;
    query_.offset = command.offset;
    query_.most = command.count;
    if (command.filter) filter_ = wire::arcus::filter_of(command.filter);
    query_.filter = filter_ ? &*filter_ : nullptr;
  }

  Next go_on(io::Socket& socket) override {
    while (true) {
      if (walk_) {
        const Next next = append_elements(socket, write_btree_element, "ELEMENT ", *walk_);
        if (next != Next::kGoOn) return next;
        walk_.reset();
      }
      if (unread_.empty()) break;
      if (socket.outbox().full()) return Next::kDrain;
      if (socket.loop().turn_is_long()) return Next::kYield;
      if (!ask_next(socket)) return Next::kWait;
    }
    socket.outbox().append(wire::kEnd);
    return Next::kGoOn;
  }

  void wait(cache::Waiter& waiter) override {
    cache_.wait(cache_.key(wire::arcus::first_key(unread_)), waiter);
  }

 private:
  // False: the key is pending.
  bool ask_next(io::Socket& socket) {
    const std::string_view name = wire::arcus::first_key(unread_);
    auto used = cache_.with<BTree>(cache_.key(name), socket.loop().now(), {}, [&](BTree& tree) {
      return tree.get(query_, cache::Removal::kKeep);
    });
    if (used.answer == Answer::kPending) return false;
    unread_.remove_prefix(std::min(unread_.size(), name.size() + 1));
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
  std::string keys_;
  std::string_view unread_;  // of keys_
  BTree::Query query_;
  std::optional<base::EflagFilter> filter_;
  cache::Snapshot elements_;
  std::optional<cache::Snapshot::Walk> walk_;
};

}  // namespace

Next ArcusSession::answer_bop_mget(const Request& request) {
  const Command& command = request.command;
  const std::string_view keys = value_of(request);
  const bool is_list =
      wire::arcus::split_keys(keys, command.list_count, [](std::string_view) {});
  activity().operated(Operation::kBopMget, is_list ? Outcome::kHit : Outcome::kOther);
  if (!is_list) return refuse(command, Fault::kBadDataChunk);
  long_answer_ = std::make_unique<MgetAnswer>(cache(), command, keys);
  return give_long_answer();
}

}  // namespace larder::serve::memcache::arcus
