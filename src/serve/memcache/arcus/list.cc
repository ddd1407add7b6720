// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/collections.h"

namespace larder::serve::memcache::arcus {

using cache::List;

Next ArcusSession::answer_lop(const Request& request) {
  const Command& command = request.command;
  switch (command.verb) {
    case Verb::kLopCreate:
      return answer_create(request, cache::CollectionType::kList, Operation::kLopCreate);
    case Verb::kLopInsert:
      return answer_insert(request, on<List>(request, Operation::kLopInsert, [&](List& list) {
                             return Judged{list.insert(command.from, value_of(request))};
                           }));
    case Verb::kLopDelete:
      return answer_removal(request, on<List>(request, Operation::kLopDelete, [&](List& list) {
                              return Judged{list.erase(command.from, command.to)};
                            }));
    default: break;
  }
  auto used = on<List>(request, Operation::kLopGet, [&](List& list) {
    return list.get(command.from, command.to, removal_of(command));
  });
  return answer_elements(request, used, write_list_element, wire::memcache::kEnd);
}

}  // namespace larder::serve::memcache::arcus
