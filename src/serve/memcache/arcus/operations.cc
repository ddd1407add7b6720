// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include "base/decimal.h"
#include "base/limits.h"
#include "serve/memcache/arcus/help.h"
#include "serve/memcache/arcus/prefix_name.h"
#include "serve/memcache/arcus/session.h"
#include "wire/memcache/words.h"

// What is asked of the node, not of a key.
namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using cache::Answer;

Next ArcusSession::answer_operation(const Request& request) {
  const Command& command = request.command;
  switch (command.verb) {
    case Verb::kFlushAll: flush(command.exptime); return tell(command, wire::kOk);
    case Verb::kFlushPrefix: return answer_flush_prefix(command);
    case Verb::kScanKey:
    case Verb::kScanPrefix: return answer_scan(command);
    case Verb::kDumpStart: return answer_dump_start(command);
    case Verb::kDumpStop: return answer_dump_stop(command);
    case Verb::kScrub: return answer_scrub(command);
    case Verb::kCmdlog: return answer_cmdlog(command);
    case Verb::kLqdetect: return answer_lqdetect(command);
    case Verb::kHelp: return answer_help(command);
    case Verb::kShutdown: return answer_shutdown(command);
    case Verb::kReady: return tell(command, "READY\r\n");
    case Verb::kVersion: return answer_version(command);
    case Verb::kStats: return answer_stats(command);
    case Verb::kConfig: return answer_config(command);
    case Verb::kQuit: activity().add(Deed::kQuit); return Next::kClose;
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

Next ArcusSession::answer_help(const Command& command) {
  wire::Words words(command.rest);
  const std::string_view topic = words.next();
  return tell_report(command, help_text(words.next().empty() ? topic : ""));
}

// As by a signal: what clients have sent is answered first.
Next ArcusSession::answer_shutdown(const Command& command) {
  std::optional<std::uint32_t> seconds;
  if (!command.rest.empty()) {
    seconds = base::parse_decimal<std::uint32_t>(wire::Words(command.rest).next());
    if (!seconds || *seconds > limits::kMaxShutdownS) {
      return refuse(command, Fault::kInvalidArguments);
    }
  }
  const bool begun = node_.shutdown.begin(seconds, socket_.loop());
  return tell(command, begun ? wire::kOk : "DENIED\r\n");
}

Next ArcusSession::answer_flush_prefix(const Command& command) {
  const std::string_view prefix = prefix_of_word(command.key);
  switch (flush_prefix(prefix, command.exptime)) {
    case Answer::kOk: node_.prefixes.forget(prefix); return tell(command, wire::kOk);
    case Answer::kMiss: return tell(command, wire::kNotFound);
    default: return refuse(command, Fault::kTooManyPrefixes);
  }
}

}  // namespace larder::serve::memcache::arcus
