// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "serve/memcache/arcus/collections.h"
#include "wire/memcache/arcus/split_list.h"

namespace larder::serve::memcache::arcus {

using cache::Map;

Next ArcusSession::answer_mop(const Request& request) {
  const Command& command = request.command;
  const Map::Element element{.field = command.field, .value = value_of(request)};
  switch (command.verb) {
    case Verb::kMopCreate:
      return answer_create(request, cache::CollectionType::kMap, Operation::kMopCreate);
    case Verb::kMopInsert:
      return answer_insert(request, on<Map>(request, Operation::kMopInsert,
                                            [&](Map& map) { return Judged{map.insert(element)}; }));
    case Verb::kMopUpsert:
      return answer_insert(request, on<Map>(request, Operation::kMopInsert,
                                            [&](Map& map) { return Judged{map.upsert(element)}; }));
    case Verb::kMopUpdate: {
      const auto used = on<Map>(request, Operation::kMopUpdate,
                                [&](Map& map) { return Judged{map.update(element)}; });
      if (used.answer != cache::Answer::kOk) return tell_answer(request, used.answer);
      return tell_verdict(command, used.result.verdict, "UPDATED\r\n");
    }
    default: return answer_mop_fields(request);
  }
}

// mop get, mop delete: some fields, or, with none named, all.
Next ArcusSession::answer_mop_fields(const Request& request) {
  const Command& command = request.command;
  std::vector<std::string_view> fields;
  if (command.has_block) {
    fields.reserve(command.list_count);
    const bool is_list = wire::memcache::arcus::split_list(
        value_of(request), command.list_count, true, limits::kMaxFieldBytes,
        [&](std::string_view field) { fields.push_back(field); });
    if (!is_list) return refuse(command, Fault::kBadDataChunk);
  }
  if (command.verb == Verb::kMopDelete) {
    return answer_removal(request, on<Map>(request, Operation::kMopDelete,
                                           [&](Map& map) { return Judged{map.erase(fields)}; }));
  }
  auto used = on<Map>(request, Operation::kMopGet,
                      [&](Map& map) { return map.get(fields, removal_of(command)); });
  return answer_elements(request, used, write_map_element, wire::memcache::kEnd);
}

}  // namespace larder::serve::memcache::arcus
