// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/stats.h"
#include "serve/memcache/text_session.h"
#include "wire/memcache/words.h"

// The `stats` commands of the text protocol.
namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
using wire::Fault;

namespace {

constexpr std::string_view kReset = "RESET\r\n";

}  // namespace

Next TextSession::answer_stats(const wire::Command& command) {
  wire::Words words(command.rest);
  const std::string_view group = words.next();
  if (group == "reset") {
    reset_stats(node_, now());
    return reply(command, kReset);
  }
  const auto tell = [this](std::string_view name, std::string_view value) {
    for (const std::string_view part :
         {std::string_view("STAT "), name, std::string_view(" "), value, wire::kLineEnd}) {
      outbox().append(part);
    }
  };
  if (!tell_stats(node_, group, now(), tell)) refuse(command, Fault::kUnknownCommand);
  else outbox().append(wire::kEnd);
  return Next::kGoOn;
}

}  // namespace larder::serve::memcache
