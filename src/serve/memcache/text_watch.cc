// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "serve/memcache/text_session.h"

namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
using wire::Fault;

namespace {

struct Row {
  std::string_view name;
  Streams streams;
};

constexpr Streams kNone = 0;  // of parts that Larder has not: watched in vain
constexpr auto kStreams = std::to_array<Row>({
    {"fetchers", static_cast<Streams>(Stream::kFetchers)},
    {"mutations", static_cast<Streams>(Stream::kMutations)},
    {"evictions", static_cast<Streams>(Stream::kEvictions)},
    {"connevents", static_cast<Streams>(Stream::kConnections)},
    {"deletions", static_cast<Streams>(Stream::kDeletions)},
    {"rawcmds", kNone},
    {"sysevents", kNone},
    {"proxyreqs", kNone},
    {"proxyevents", kNone},
    {"proxyuser", kNone},
});

}  // namespace

// The connection goes on as it is; what it watches comes in between.
Next TextSession::answer_watch(const wire::Command& command) {
  if (!may_watch()) return reply_or_refuse(command, Fault::kWatchDisabled);
  wire::Words words(command.rest);
  Streams streams = command.rest.empty() ? static_cast<Streams>(Stream::kFetchers) : kNone;
  for (std::string_view name = words.next(); !name.empty(); name = words.next()) {
    const auto* const row = std::ranges::find(kStreams, name, &Row::name);
    if (row == kStreams.end()) return reply_or_refuse(command, Fault::kUnknownCommand);
    streams |= row->streams;
  }
  watch_.reset();
  watch_ = node_.watchers.watch(socket_, streams);
  return reply_or_refuse(command, watch_ != nullptr ? Fault::kNone : Fault::kTooManyWatchers);
}

}  // namespace larder::serve::memcache
