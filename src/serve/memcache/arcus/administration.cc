// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/decimal.h"
#include "io/address.h"
#include "serve/memcache/arcus/scan.h"
#include "serve/memcache/arcus/session.h"
#include "serve/memcache/arcus/told_item.h"
#include "wire/memcache/words.h"

// What operators look into a node with.
namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using wire::Words;

namespace {

constexpr std::string_view kCommandLogFolder = "command_log";  // of the working folder

std::string line_of(CommandLog::Started started) {
  switch (started) {
    case CommandLog::Started::kNow: return "\tcommand logging started.\n\r\n";
    case CommandLog::Started::kBefore: return "\tcommand logging already started.\n\r\n";
    case CommandLog::Started::kFailed: return "\tcommand logging failed to start.\n\r\n";
  }
  return {};
}

}  // namespace

Next ArcusSession::tell_report(const Command& command, std::string report) {
  report += wire::kLineEnd;
  return tell(command, report);
}

std::unique_ptr<Errand> ArcusSession::new_errand() {
  return std::make_unique<Errand>(
      [this](std::string_view line) { batch_.tell({.line = line}, outbox()); });
}

Next ArcusSession::tell_later(std::unique_ptr<Errand> errand) {
  long_answer_ = std::move(errand);
  return give_long_answer();
}

std::string ArcusSession::client() const {
  if (!socket_.is_connection()) return "udp";
  const auto peer = io::Address::peer_of(socket_.fd());
  if (!peer) return "-";
  return peer->is_unix() ? "unix" : peer->host();
}

// ---- scan

Next ArcusSession::answer_scan(const Command& command) {
  const Scan::Of of = command.verb == Verb::kScanKey ? Scan::Of::kKeys : Scan::Of::kPrefixes;
  Scan scan;
  const Fault fault = parse_scan(command.rest, of, scan);
  if (fault != Fault::kNone) return refuse(command, fault);
  const bool of_keys = of == Scan::Of::kKeys;
  const auto page = of_keys ? scan_keys(cache(), scan, settings().prefix_delimiter, now())
                            : scan_prefixes(cache(), scan);
  if (!page) return refuse(command, Fault::kInvalidCursor);
  append_numbers(of_keys ? "KEYS" : "PREFIXES", {page->count, page->next});
  outbox().append(page->lines);
  outbox().append(wire::kEnd);
  return Next::kGoOn;
}

// ---- dump

// key [<prefix>] <file>
Next ArcusSession::answer_dump_start(const Command& command) {
  Words words(command.rest);
  if (words.next() != "key") return refuse(command, Fault::kBadFormat);
  KeyDump::Wanted wanted;
  std::string_view path = words.next();
  if (const std::string_view word = words.next(); !word.empty()) {
    if (path.size() > limits::kMaxPrefixBytes) return refuse(command, Fault::kPrefixTooLong);
    wanted.prefix = prefix_of_word(path);
    path = word;
  }
  wanted.path = path;
  auto errand = new_errand();
  node_.key_dump.start(std::move(wanted), [done = errand->done()](const base::Status& started) {
    done(std::string(started ? wire::kOk : wire::reply_of(Fault::kDumpFailed)));
  });
  return tell_later(std::move(errand));
}

Next ArcusSession::answer_dump_stop(const Command& command) {
  node_.key_dump.stop();
  return tell(command, wire::kOk);
}

// ---- scrub

Next ArcusSession::answer_scrub(const Command& command) {
  if (!settings().has_scrubber) return refuse(command, Fault::kNoMatchingCommand);
  // Of keys that the cloud has given to other nodes; there is no cloud.
  if (command.rest == "stale") return refuse(command, Fault::kNotSupported);
  return tell(command, node_.scrubber.start(socket_.loop()) ? wire::kOk : "BUSY\r\n");
}

// ---- cmdlog

Next ArcusSession::answer_cmdlog(const Command& command) {
  Words words(command.rest);
  const std::string_view what = words.next();
  const std::string_view folder = words.next();
  if (what == "start" && words.next().empty()) return start_command_log(folder);
  if (what == "stop" && folder.empty()) {
    return tell_report(command, node_.command_log.stop() ? "\tcommand logging stopped.\n"
                                                         : "\tcommand logging already stopped.\n");
  }
  if (what == "stats" && folder.empty()) return tell_report(command, node_.command_log.report());
  return tell_report(command, "\t* Usage: cmdlog [start [path] | stop | stats]\n");
}

Next ArcusSession::start_command_log(std::string_view folder) {
  const auto at = io::Address::bound_to(socket_.fd());
  auto errand = new_errand();
  node_.command_log.start(
      std::string(folder.empty() ? kCommandLogFolder : folder), at ? at->port() : 0,
      [done = errand->done()](CommandLog::Started started) { done(line_of(started)); });
  return tell_later(std::move(errand));
}

// ---- lqdetect

Next ArcusSession::answer_lqdetect(const Command& command) {
  Words words(command.rest);
  const std::string_view what = words.next();
  const std::string_view number = words.next();
  LongQueries& queries = node_.long_queries;
  if (what == "start" && words.next().empty()) {
    const auto elements = number.empty() ? LongQueries::kThreshold
                                         : base::parse_decimal<std::uint32_t>(number).value_or(0);
    if (elements == 0) return refuse(command, Fault::kBadFormat);
    return tell_report(command, queries.start(elements)
                                    ? "\tlong query detection started.\n"
                                    : "\tlong query detection already started.\n");
  }
  if (what == "stop" && number.empty()) {
    return tell_report(command, queries.stop() ? "\tlong query detection stopped.\n"
                                               : "\tlong query detection already stopped.\n");
  }
  if (what == "show" && number.empty()) return tell_report(command, queries.samples());
  if (what == "stats" && number.empty()) return tell_report(command, queries.report());
  return tell_report(command, "\t* Usage: lqdetect [start [threshold] | stop | show | stats]\n");
}

}  // namespace larder::serve::memcache::arcus
