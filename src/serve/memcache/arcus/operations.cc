// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/session.h"

// What is asked of the node, not of a key.
namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using cache::Answer;

namespace {

constexpr std::string_view kNullPrefix = "<null>";

}  // namespace

Next ArcusSession::answer_operation(const Request& request) {
  const Command& command = request.command;
  switch (command.verb) {
    case Verb::kFlushAll: flush(command.exptime); return tell(command, wire::kOk);
    case Verb::kFlushPrefix: return answer_flush_prefix(command);
    case Verb::kReady: return tell(command, "READY\r\n");
    case Verb::kVersion: return answer_version(command);
    case Verb::kQuit: return Next::kClose;
    default: break;
  }
  return refuse(command, Fault::kNoMatchingCommand);
}

Next ArcusSession::answer_version(const Command& command) {
  std::string line = "VERSION ";
  line += version_of(settings().dialect);
  line += wire::kLineEnd;
  return tell(command, line);
}

Next ArcusSession::answer_flush_prefix(const Command& command) {
  const std::string_view prefix = command.key == kNullPrefix ? std::string_view() : command.key;
  switch (flush_prefix(prefix, command.exptime)) {
    case Answer::kOk: return tell(command, wire::kOk);
    case Answer::kMiss: return tell(command, wire::kNotFound);
    default: return refuse(command, Fault::kTooManyPrefixes);
  }
}

}  // namespace larder::serve::memcache::arcus
