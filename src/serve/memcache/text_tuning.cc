// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/decimal.h"
#include "serve/memcache/slab_class.h"
#include "serve/memcache/text_session.h"

// `slabs`, `lru` and `lru_crawler`: what steers memcached's memory is judged as there, and has no
// effect, for Larder has neither size classes nor segments, and reclaims by itself. The dumps are
// real.
namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
using wire::Fault;
using wire::Words;

namespace {

constexpr std::string_view kNoreply = "noreply";
constexpr std::uint32_t kMostSleepUs = 1'000'000;
constexpr std::uint32_t kMostPercent = 80;
constexpr std::uint32_t kLeastWindow = 3;
constexpr std::uint32_t kMostWindow = 1800;

// Of a line that has only so many.
bool is_end(Words words) {
  const std::string_view rest = words.next();
  return rest.empty() || rest == kNoreply;
}

std::optional<double> take_factor(Words& words) {
  const std::string_view text = words.next();
  double factor = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), factor);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return factor;
}

Fault judge_reassign(Words words) {
  std::int32_t from = 0;
  std::int32_t to = 0;
  Words counted = words;
  counted.next();
  if (counted.next().empty() || !is_end(counted)) return Fault::kUnknownCommand;
  if (!words.take(from) || !words.take(to)) return Fault::kBadFormat;
  if (from == to) return Fault::kSameClass;
  const auto is_class = [](std::int32_t number) {
    return number >= 1 && number <= static_cast<std::int32_t>(kMostUsedClass);
  };
  if (!is_class(from) || !is_class(to)) return Fault::kBadClasses;
  return Fault::kNoSparePages;
}

Fault judge_window(Words words) {
  std::uint32_t entries = 0;
  if (!words.take(entries)) return Fault::kBadFormat;
  return entries >= kLeastWindow && entries <= kMostWindow ? Fault::kNone
                                                           : Fault::kWindowOutOfRange;
}

Fault judge_automove(Words words) {
  Words word = words;
  const std::string_view what = word.next();
  if (what.empty()) return Fault::kUnknownCommand;
  if (what == "window") return judge_window(word);
  if (what == "ratio" || what == "freeratio") {
    return take_factor(word) ? Fault::kNone : Fault::kUnknownCommand;
  }
  std::uint32_t level = 0;
  if (!words.take(level)) return Fault::kBadFormat;
  return level <= 2 ? Fault::kNone : Fault::kUnknownCommand;
}

Fault judge_tune(Words words) {
  std::uint32_t hot = 0;
  std::uint32_t warm = 0;
  if (!words.take(hot) || !words.take(warm)) return Fault::kUnknownCommand;
  const auto hot_factor = take_factor(words);
  const auto warm_factor = take_factor(words);
  if (!hot_factor || !warm_factor) return Fault::kUnknownCommand;
  if (hot > kMostPercent || warm > kMostPercent || hot + warm > kMostPercent) {
    return Fault::kPercentsTooHigh;
  }
  return *hot_factor > 0 && *warm_factor > 0 ? Fault::kNone : Fault::kFactorsTooLow;
}

Fault judge_mode(Words words) {
  const std::string_view mode = words.next();
  return mode == "flat" || mode == "segmented" ? Fault::kNone : Fault::kUnknownCommand;
}

Fault judge_temp_ttl(Words words) {
  std::int32_t seconds = 0;
  return words.take(seconds) ? Fault::kNone : Fault::kUnknownCommand;
}

Fault judge_switch(Words words) { return is_end(words) ? Fault::kNone : Fault::kUnknownCommand; }

Fault judge_number(Words words, std::uint32_t& number) {
  Words behind = words;
  if (behind.next().empty() || !is_end(behind)) return Fault::kUnknownCommand;
  return words.take(number) ? Fault::kNone : Fault::kBadFormat;
}

Fault judge_sleep(Words words) {
  std::uint32_t us = 0;
  const Fault fault = judge_number(words, us);
  return fault == Fault::kNone && us > kMostSleepUs ? Fault::kSleepTooLong : fault;
}

Fault judge_tocrawl(Words words) {
  std::uint32_t items = 0;
  return judge_number(words, items);
}

// Classes as `all`, `hash` or numbers between commas.
enum class Classes : std::uint8_t { kBad, kOthers, kOurs };

Classes classes_of(std::string_view text, bool may_be_hash) {
  if (text == "all" || (may_be_hash && text == "hash")) return Classes::kOurs;
  Classes found = Classes::kOthers;
  while (true) {
    const std::size_t comma = text.find(',');
    const auto number = base::parse_decimal<std::uint32_t>(text.substr(0, comma));
    if (!number || *number == 0 || *number > kMostClass) return Classes::kBad;
    if (*number == kTheClass) found = Classes::kOurs;
    if (comma == std::string_view::npos) return found;
    text.remove_prefix(comma + 1);
  }
}

Fault judge_crawl(Words words) {
  const std::string_view classes = words.next();
  if (classes.empty() || !is_end(words)) return Fault::kUnknownCommand;
  return classes_of(classes, false) == Classes::kBad ? Fault::kBadClass : Fault::kNone;
}

// ---- the table of what is judged alone

struct Row {
  wire::Verb verb;
  std::string_view name;
  Fault (*judge)(Words words);
};

constexpr auto kTunings = std::to_array<Row>({
    {wire::Verb::kSlabs, "reassign", judge_reassign},
    {wire::Verb::kSlabs, "automove", judge_automove},
    {wire::Verb::kLru, "tune", judge_tune},
    {wire::Verb::kLru, "mode", judge_mode},
    {wire::Verb::kLru, "temp_ttl", judge_temp_ttl},
    {wire::Verb::kLruCrawler, "enable", judge_switch},
    {wire::Verb::kLruCrawler, "disable", judge_switch},
    {wire::Verb::kLruCrawler, "sleep", judge_sleep},
    {wire::Verb::kLruCrawler, "tocrawl", judge_tocrawl},
    {wire::Verb::kLruCrawler, "crawl", judge_crawl},
});

Fault judge(const wire::Command& command) {
  Words words(command.rest);
  const std::string_view name = words.next();
  for (const Row& row : kTunings) {
    if (row.verb == command.verb && row.name == name) return row.judge(words);
  }
  return Fault::kUnknownCommand;
}

}  // namespace

Next TextSession::reply_or_refuse(const wire::Command& command, Fault fault) {
  return reply(command, fault == Fault::kNone ? wire::kOk : wire::reply_of(fault));
}

Next TextSession::answer_tuning(const wire::Command& command) {
  Words words(command.rest);
  const std::string_view name = words.next();
  if (command.verb == wire::Verb::kLruCrawler) {
    if (name == "metadump") return answer_dump(command, words.next(), Dump::Form::kMetadump);
    if (name == "mgdump") return answer_dump(command, words.next(), Dump::Form::kMgdump);
  }
  return reply_or_refuse(command, judge(command));
}

Next TextSession::answer_dump(const wire::Command& command, std::string_view which,
                              Dump::Form form) {
  if (long_answer_ != nullptr) return give_long_answer();
  const bool is_metadump = form == Dump::Form::kMetadump;
  if (!may_dump()) {
    return reply_or_refuse(command,
                           is_metadump ? Fault::kMetadumpDisabled : Fault::kMgdumpDisabled);
  }
  if (which.empty()) return reply_or_refuse(command, Fault::kUnknownCommand);
  switch (classes_of(which, true)) {
    case Classes::kBad: return reply_or_refuse(command, Fault::kBadClass);
    case Classes::kOthers:
      outbox().append(wire::kOk);
      outbox().append(Dump::end_of(form));
      return Next::kGoOn;
    case Classes::kOurs: break;
  }
  long_answer_ = std::make_unique<Dump>(cache(), form);
  return give_long_answer();
}

}  // namespace larder::serve::memcache
