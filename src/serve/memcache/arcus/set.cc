// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"
#include "serve/memcache/arcus/collections.h"

namespace larder::serve::memcache::arcus {

using cache::Set;

Next ArcusSession::answer_sop(const Request& request) {
  const Command& command = request.command;
  switch (command.verb) {
    case Verb::kSopCreate:
      return answer_create(request, cache::CollectionType::kSet, Operation::kSopCreate);
    case Verb::kSopInsert:
      return answer_insert(request, on<Set>(request, Operation::kSopInsert, [&](Set& set) {
                             return Judged{set.insert(value_of(request))};
                           }));
    case Verb::kSopDelete:
      return answer_removal(request, on<Set>(request, Operation::kSopDelete, [&](Set& set) {
                              return Judged{set.erase(value_of(request))};
                            }));
    case Verb::kSopExist: return answer_sop_exist(request);
    default: break;
  }
  auto used = on<Set>(request, Operation::kSopGet, [&](Set& set) {
    return set.get(command.count, removal_of(command), base::random_seed());
  });
  return answer_elements(request, used, write_set_element, wire::memcache::kEnd);
}

// That it is not there is an answer, too.
Next ArcusSession::answer_sop_exist(const Request& request) {
  const auto used = on<Set>(request, Operation::kSopExist,
                            [&](Set& set) { return Judged{set.has(value_of(request))}; });
  if (used.answer != cache::Answer::kOk) return tell_answer(request, used.answer);
  const bool is_missing = used.result.verdict == cache::Verdict::kElementMissing;
  if (is_missing) return tell(request.command, "NOT_EXIST\r\n");
  return tell_verdict(request.command, used.result.verdict, "EXIST\r\n");
}

}  // namespace larder::serve::memcache::arcus
