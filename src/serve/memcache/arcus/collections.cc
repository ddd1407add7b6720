// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/collections.h"

#include <array>
#include <initializer_list>

namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using cache::Answer;

cache::Overflow overflow_action(wire::arcus::Overflow overflow) {
  using Wire = wire::arcus::Overflow;
  switch (overflow) {
    case Wire::kDefault:
    case Wire::kError: return cache::Overflow::kError;
    case Wire::kHeadTrim: return cache::Overflow::kHeadTrim;
    case Wire::kTailTrim: return cache::Overflow::kTailTrim;
    case Wire::kSmallestTrim: return cache::Overflow::kSmallestTrim;
    case Wire::kLargestTrim: return cache::Overflow::kLargestTrim;
    case Wire::kSmallestSilentTrim: return cache::Overflow::kSmallestSilentTrim;
    case Wire::kLargestSilentTrim: return cache::Overflow::kLargestSilentTrim;
  }
  return cache::Overflow::kError;
}

std::optional<cache::NewCollection> ArcusSession::creation_of(const Command& command,
                                                              cache::CollectionType type) {
  if (!command.create) return {};
  const wire::arcus::Creation& wanted = *command.create;
  const bool has_action = wanted.overflow != wire::arcus::Overflow::kDefault;
  cache::NewCollection created{.type = type,
                               .flags = wanted.flags,
                               .expires = wire::arcus::expiry_of(wanted.exptime, now())};
  cache::Attributes& attributes = created.attributes;
  attributes.set_most(wanted.maxcount, tunables().most_elements_of(type));
  attributes.overflow =
      has_action ? overflow_action(wanted.overflow) : cache::default_overflow(type);
  attributes.readable = !wanted.unreadable;
  return created;
}

Next ArcusSession::answer_create(const Request& request, cache::CollectionType type,
                                 Operation operation) {
  const Answer answer =
      cache().create_collection(request.key, *creation_of(request.command, type), now());
  if (answer == Answer::kPending) return wait_for(request.key);
  count(request.key, operation, answer == Answer::kOk ? Outcome::kHit : Outcome::kOther);
  if (answer == Answer::kOk) return tell(request.command, "CREATED\r\n");
  return tell_answer(request, answer);
}

void ArcusSession::count(const cache::Key& key, Operation operation, Outcome outcome) {
  activity().operated(operation, outcome);
  if (node_.prefixes.is_on()) node_.prefixes.operated(key.bytes, operation, outcome);
}

void ArcusSession::show_long(const Request& request, Operation operation, std::uint64_t elements) {
  const std::string_view key = request.command.key;
  const auto begin = static_cast<std::size_t>(key.data() - request.head.data());
  node_.long_queries.add(client(), {.operation = operation,
                                    .elements = elements,
                                    .key = key,
                                    .arguments = request.head.substr(begin + key.size())});
}

void ArcusSession::append_numbers(std::string_view word,
                                  std::initializer_list<std::uint64_t> numbers) {
  char* const out = outbox().room(word.size() + numbers.size() * (1 + base::kMaxDecimalBytes) +
                                  wire::kLineEnd.size());
  char* end = wire::append(out, word);
  for (const std::uint64_t number : numbers) {
    *end++ = ' ';
    end = base::write_decimal(end, number);
  }
  end = wire::append(end, wire::kLineEnd);
  outbox().appended(static_cast<std::size_t>(end - out));
}

}  // namespace larder::serve::memcache::arcus
