// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "serve/memcache/arcus/session.h"

// What the commands of all types of collections have in common.
namespace larder::serve::memcache::arcus {

// What it came to, as it is counted: a key that may not be read is as good as missing.
inline Outcome outcome_of(cache::Answer answer, cache::Verdict verdict) {
  if (answer == cache::Answer::kMiss) return Outcome::kMiss;
  if (answer != cache::Answer::kOk) return Outcome::kOther;
  switch (verdict) {
    case cache::Verdict::kDone:
    case cache::Verdict::kReplaced: return Outcome::kHit;
    case cache::Verdict::kElementMissing: return Outcome::kNone;
    case cache::Verdict::kUnreadable: return Outcome::kMiss;
    default: return Outcome::kOther;
  }
}

inline bool is_insert(Verb verb) {
  switch (verb) {
    case Verb::kLopInsert:
    case Verb::kSopInsert:
    case Verb::kMopInsert:
    case Verb::kMopUpsert:
    case Verb::kBopInsert:
    case Verb::kBopUpsert:
    case Verb::kBopIncr:
    case Verb::kBopDecr: return true;
    default: return false;
  }
}

// How many elements a result holds, or is the count of.
template <class Result>
std::size_t told_elements(const Result& result) {
  if constexpr (requires { result.elements.size(); }) {
    return result.elements.size();
  } else if constexpr (requires { std::size_t{result.in_range}; }) {
    return result.in_range;
  } else {
    return 0;
  }
}

template <class Kind, class Operate>
auto ArcusSession::on(const Request& request, Operation operation, Operate operate) {
  const Command& command = request.command;
  std::size_t lost = 0;  // elements
  auto used = cache::with<Kind>(
      cache(), request.key,
      {.create = creation_of(command, cache::kTypeOf<Kind>),
       .grows = is_insert(command.verb),
       .drop_when_empty = command.removal == wire::memcache::arcus::Removal::kDrop},
      now(), [&](Kind& collection) {
        collection.attributes().fit_most(tunables().most_elements_of(cache::kTypeOf<Kind>));
        const std::size_t before = collection.tree().size();
        auto result = operate(collection);
        lost = before - std::min(collection.tree().size(), before);
        return result;
      });
  if (used.answer != cache::Answer::kPending) {
    count(request.key, operation, outcome_of(used.answer, used.result.verdict));
  }
  const std::size_t touched = std::max(lost, told_elements(used.result));
  if (node_.long_queries.is_long(touched)) [[unlikely]]
    show_long(request, operation, touched);
  return used;
}

template <class Used>
Next ArcusSession::answer_insert(const Request& request, const Used& used) {
  if (used.answer != cache::Answer::kOk) return tell_answer(request, used.answer);
  return tell_verdict(request.command, used.result.verdict,
                      used.created ? "CREATED_STORED\r\n" : wire::memcache::kStored);
}

template <class Used>
Next ArcusSession::answer_removal(const Request& request, const Used& used) {
  if (used.answer != cache::Answer::kOk) return tell_answer(request, used.answer);
  return tell_verdict(request.command, used.result.verdict,
                      used.dropped ? "DELETED_DROPPED\r\n" : wire::memcache::kDeleted);
}

template <class Used>
Next ArcusSession::answer_elements(const Request& request, Used& used, WriteElement write,
                                   std::string_view end) {
  if (used.answer != cache::Answer::kOk) return tell_answer(request, used.answer);
  if (used.result.verdict != cache::Verdict::kDone) {
    return tell_verdict(request.command, used.result.verdict, {});
  }
  if (request.command.removal != wire::memcache::arcus::Removal::kNone) {
    end = used.dropped ? "DELETED_DROPPED\r\n" : wire::memcache::kDeleted;
  }
  append_numbers("VALUE", {used.flags, used.result.elements.size()});
  long_answer_ = std::make_unique<ElementsAnswer>(std::move(used.result.elements), write, end);
  return give_long_answer();
}

cache::Overflow overflow_action(wire::memcache::arcus::Overflow overflow);  // not of kDefault

inline cache::Removal removal_of(const Command& command) {
  switch (command.removal) {
    case wire::memcache::arcus::Removal::kNone: return cache::Removal::kKeep;
    case wire::memcache::arcus::Removal::kDelete: return cache::Removal::kDelete;
    case wire::memcache::arcus::Removal::kDrop: return cache::Removal::kDrop;
  }
  return cache::Removal::kKeep;
}

// What a command asks of a b+tree. `filter` is filter_of the same, and must outlive it.
inline std::optional<base::EflagFilter> filter_of(const Command& command) {
  if (!command.filter) return {};
  return wire::memcache::arcus::filter_of(command.filter);
}
inline cache::BTree::Query query_of(const Command& command,
                                    const std::optional<base::EflagFilter>& filter) {
  return {.range = command.range,
          .filter = filter ? &*filter : nullptr,
          .offset = command.offset,
          .most = command.count};
}

// A verdict alone, where an operation has nothing else to tell.
struct Judged {
  cache::Verdict verdict = cache::Verdict::kElementMissing;
};

}  // namespace larder::serve::memcache::arcus
