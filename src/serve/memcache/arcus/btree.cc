// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/collections.h"

namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using cache::Answer;
using cache::BTree;
using cache::Verdict;

namespace {

constexpr std::string_view kTrimmed = "TRIMMED\r\n";

BTree::Order order_of(const Command& command) {
  return command.descending ? BTree::Order::kDescending : BTree::Order::kAscending;
}

}  // namespace

Next ArcusSession::answer_bop(const Request& request) {
  switch (request.command.verb) {
    case Verb::kBopCreate:
      return answer_create(request, cache::CollectionType::kBTree, Operation::kBopCreate);
    case Verb::kBopInsert:
    case Verb::kBopUpsert: return answer_bop_insert(request);
    case Verb::kBopUpdate: return answer_bop_update(request);
    case Verb::kBopDelete: return answer_bop_delete(request);
    case Verb::kBopGet: return answer_bop_get(request);
    case Verb::kBopCount: return answer_bop_count(request);
    case Verb::kBopIncr: return answer_bop_arithmetic(request, Operation::kBopIncr);
    case Verb::kBopDecr: return answer_bop_arithmetic(request, Operation::kBopDecr);
    case Verb::kBopPosition: return answer_bop_position(request);
    case Verb::kBopGbp: return answer_bop_gbp(request);
    default: return answer_bop_pwg(request);
  }
}

// What was trimmed for it, if that is wanted, is told in place of STORED.
Next ArcusSession::answer_bop_insert(const Request& request) {
  const Command& command = request.command;
  const BTree::Element element{
      .bkey = command.range.from, .eflag = command.eflag.view(), .value = value_of(request)};
  cache::Snapshot lost;
  cache::Snapshot* const wanted = command.returns_trimmed ? &lost : nullptr;
  const auto used = on<BTree>(request, Operation::kBopInsert, [&](BTree& tree) {
    lost = {};
    return Judged{command.verb == Verb::kBopUpsert ? tree.upsert(element, wanted)
                                                   : tree.insert(element, wanted)};
  });
  if (lost.empty()) return answer_insert(request, used);
  append_numbers("VALUE", {used.flags, lost.size()});
  long_answer_ = std::make_unique<ElementsAnswer>(std::move(lost), write_btree_element, kTrimmed);
  return give_long_answer();
}

Next ArcusSession::answer_bop_update(const Request& request) {
  const Command& command = request.command;
  std::optional<std::string_view> value;
  if (!command.keeps_value) value = value_of(request);
  const auto used = on<BTree>(request, Operation::kBopUpdate, [&](BTree& tree) {
    return Judged{tree.update(command.range.from, command.eflag_update, value)};
  });
  if (used.answer != Answer::kOk) return tell_answer(request, used.answer);
  return tell_verdict(command, used.result.verdict, "UPDATED\r\n");
}

Next ArcusSession::answer_bop_delete(const Request& request) {
  const auto filter = filter_of(request.command);
  return answer_removal(request, on<BTree>(request, Operation::kBopDelete, [&](BTree& tree) {
                          return Judged{tree.erase(query_of(request.command, filter))};
                        }));
}

Next ArcusSession::answer_bop_get(const Request& request) {
  const Command& command = request.command;
  const auto filter = filter_of(command);
  auto used = on<BTree>(request, Operation::kBopGet, [&](BTree& tree) {
    return tree.get(query_of(command, filter), removal_of(command));
  });
  return answer_elements(request, used, write_btree_element,
                         used.result.trimmed ? kTrimmed : wire::kEnd);
}

Next ArcusSession::answer_bop_count(const Request& request) {
  struct Tally : Judged {
    std::size_t in_range = 0;
  };
  const auto filter = filter_of(request.command);
  const auto used = on<BTree>(request, Operation::kBopCount, [&](BTree& tree) {
    Tally tally;
    const BTree::Query query = query_of(request.command, filter);
    tally.verdict = tree.count_in(query.range, query.filter, tally.in_range);
    return tally;
  });
  if (used.answer != Answer::kOk) return tell_answer(request, used.answer);
  if (used.result.verdict != Verdict::kDone) {
    return tell_verdict(request.command, used.result.verdict, {});
  }
  return tell_number(request.command, "COUNT=", used.result.in_range);
}

Next ArcusSession::answer_bop_arithmetic(const Request& request, Operation operation) {
  const Command& command = request.command;
  const BTree::Count how{.delta = command.number,
                         .down = operation == Operation::kBopDecr,
                         .initial = command.initial,
                         .eflag = command.eflag};
  const auto used = on<BTree>(request, operation,
                              [&](BTree& tree) { return tree.count(command.range.from, how); });
  if (used.answer != Answer::kOk) return tell_answer(request, used.answer);
  if (used.result.verdict != Verdict::kDone) {
    return tell_verdict(command, used.result.verdict, {});
  }
  return tell_number(command, "", used.result.number);
}

Next ArcusSession::answer_bop_position(const Request& request) {
  struct Position : Judged {
    std::size_t position = 0;
  };
  const Command& command = request.command;
  const auto used = on<BTree>(request, Operation::kBopPosition, [&](BTree& tree) {
    Position found;
    found.verdict = tree.position(command.range.from, order_of(command), found.position);
    return found;
  });
  if (used.answer != Answer::kOk) return tell_answer(request, used.answer);
  if (used.result.verdict != Verdict::kDone) {
    return tell_verdict(command, used.result.verdict, {});
  }
  return tell_number(command, "POSITION=", used.result.position);
}

Next ArcusSession::answer_bop_gbp(const Request& request) {
  const Command& command = request.command;
  auto used = on<BTree>(request, Operation::kBopGbp, [&](BTree& tree) {
    return tree.get_by_position(order_of(command), static_cast<std::size_t>(command.from),
                                static_cast<std::size_t>(command.to));
  });
  return answer_elements(request, used, write_btree_element, wire::kEnd);
}

Next ArcusSession::answer_bop_pwg(const Request& request) {
  const Command& command = request.command;
  auto used = on<BTree>(request, Operation::kBopPwg, [&](BTree& tree) {
    return tree.position_with_get(command.range.from, order_of(command), command.count);
  });
  if (used.answer != Answer::kOk) return tell_answer(request, used.answer);
  BTree::Neighbours& found = used.result;
  if (found.verdict != Verdict::kDone) return tell_verdict(command, found.verdict, {});
  append_numbers("VALUE", {found.position, used.flags, found.elements.size(), found.index});
  long_answer_ =
      std::make_unique<ElementsAnswer>(std::move(found.elements), write_btree_element, wire::kEnd);
  return give_long_answer();
}

}  // namespace larder::serve::memcache::arcus
