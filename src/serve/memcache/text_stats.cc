// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/slab_class.h"
#include "serve/memcache/stats.h"
#include "serve/memcache/text_session.h"

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
  if (group == "detail") return answer_detail(command, words.next());
  if (group == "cachedump") return answer_cachedump(command, words);
  if (group == "reset") {
    reset_stats(node_, now());
    return reply(command, kReset);
  }
  const auto tell = [this](std::string_view name, std::string_view value) {
    tell_stat(name, value);
  };
  if (long_answer_ == nullptr) long_answer_ = tell_stats_at_length(node_, group, tell);
  if (long_answer_ != nullptr) {
    const Next next = give_long_answer();
    return next == Next::kGoOn ? reply(command, wire::kEnd) : next;
  }
  if (tell_stats(node_, group, now(), tell)) return reply(command, wire::kEnd);
  refuse(command, Fault::kUnknownCommand);
  return Next::kGoOn;
}

void TextSession::tell_stat(std::string_view name, std::string_view value) {
  for (const std::string_view part :
       {std::string_view("STAT "), name, std::string_view(" "), value, wire::kLineEnd}) {
    outbox().append(part);
  }
}

Next TextSession::answer_detail(const wire::Command& command, std::string_view what) {
  if (what == "dump") {
    outbox().append(node_.prefixes.text());
    return reply(command, wire::kEnd);
  }
  if (what != "on" && what != "off") return reply_or_refuse(command, Fault::kDetailUsage);
  node_.prefixes.turn(what == "on");
  return reply(command, wire::kOk);
}

Next TextSession::answer_cachedump(const wire::Command& command, wire::Words words) {
  if (!may_dump()) return reply_or_refuse(command, Fault::kCachedumpDisabled);
  if (long_answer_ != nullptr) return give_long_answer();
  std::uint32_t slab_class = 0;
  std::uint32_t limit = 0;
  const bool has_class = words.take(slab_class);
  if (words.rest().empty()) return reply_or_refuse(command, Fault::kCommandLine);
  if (!words.take(limit) || !has_class) return reply_or_refuse(command, Fault::kBadFormat);
  if (slab_class > kMostClass) return reply_or_refuse(command, Fault::kIllegalClass);
  if (slab_class != kTheClass) return reply(command, wire::kEnd);
  long_answer_ = std::make_unique<Dump>(cache(), Dump::Form::kCachedump, limit);
  return give_long_answer();
}

}  // namespace larder::serve::memcache
