// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/stats.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "serve/memcache/arcus/prefix_name.h"
#include "serve/memcache/arcus/prefix_rows.h"
#include "serve/memcache/arcus/recent_items.h"
#include "serve/memcache/arcus/rows_answer.h"
#include "serve/memcache/arcus/session.h"

// `stats` and what is behind it.
namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using wire::Words;

namespace {

// What tells statistics, and the end behind them.
class StatsAnswer final : public LongAnswer {
 public:
  explicit StatsAnswer(std::unique_ptr<LongAnswer> told) : told_(std::move(told)) {}
  Next go_on(io::Socket& socket) override {
    const Next next = told_->go_on(socket);
    if (next == Next::kGoOn) socket.outbox().append(wire::kEnd);
    return next;
  }
  void wait(cache::Waiter& waiter) override { told_->wait(waiter); }

 private:
  std::unique_ptr<LongAnswer> told_;
};

std::vector<std::string> named_prefixes(Words words) {
  std::vector<std::string> names;
  for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
    names.emplace_back(prefix_of_word(word));
  }
  return names;
}

std::vector<cache::PrefixUsage> told_prefixes(const cache::Cache& cache) {
  std::vector<cache::PrefixUsage> prefixes = cache.prefixes();
  std::erase_if(prefixes,
                [](const cache::PrefixUsage& one) { return one.name == kInternalPrefix; });
  return prefixes;
}

std::vector<cache::PrefixUsage> select(const std::vector<cache::PrefixUsage>& all,
                                       const std::vector<std::string>& names) {
  std::vector<cache::PrefixUsage> selected;
  for (const std::string& name : names) {
    for (const cache::PrefixUsage& one : all) {
      if (one.name == name) selected.push_back(one);
    }
  }
  return selected;
}

// Of what `rows` has.
template <class Rows, class Write>
std::unique_ptr<LongAnswer> answer_rows(Rows rows, Write write) {
  auto next_row = [rows = std::move(rows), write, at = std::size_t{0}]() mutable {
    std::string row;
    while (row.empty() && at < rows.size()) row = write(rows[at++]);
    return row;
  };
  return std::make_unique<RowsAnswer>(std::move(next_row), wire::kEnd);
}

std::unique_ptr<LongAnswer> answer_counted(const Prefixes& prefixes) {
  auto next_row = [&prefixes, after = std::optional<std::string>()]() mutable {
    std::string row;
    prefixes.show_next(after, [&row](std::string_view prefix, const Prefixes::Counts& counts) {
      row = operation_row(prefix, counts);
    });
    return row;
  };
  return std::make_unique<RowsAnswer>(std::move(next_row), wire::kEnd);
}

}  // namespace

// ---- the table of what is more than statistics by name

struct ArcusSession::StatsCommand {
  std::string_view name;
  Next (ArcusSession::*answer)(const Command& command, Words words);
};

Next ArcusSession::answer_stats(const Command& command) {
  static constexpr auto kCommands = std::to_array<StatsCommand>({
      {"reset", &ArcusSession::answer_stats_reset},
      {"detail", &ArcusSession::answer_stats_detail},
      {"prefixes", &ArcusSession::answer_stats_prefixes},
      {"prefixlist", &ArcusSession::answer_stats_prefixlist},
      {"cachedump", &ArcusSession::answer_stats_cachedump},
      {"topkeys", &ArcusSession::answer_stats_topkeys},
  });
  Words words(command.rest);
  const std::string_view name = words.next();
  for (const StatsCommand& one : kCommands) {
    if (one.name == name) return (this->*one.answer)(command, words);
  }
  return answer_stats_group(command, name);
}

Next ArcusSession::answer_stats_group(const Command& command, std::string_view group) {
  const auto tell_stat = [&outbox = outbox()](std::string_view name, std::string_view value) {
    for (const std::string_view part :
         {std::string_view("STAT "), name, std::string_view(" "), value, wire::kLineEnd}) {
      outbox.append(part);
    }
  };
  if (auto told = tell_stats_at_length(node_, group, tell_stat)) {
    long_answer_ = std::make_unique<StatsAnswer>(std::move(told));
    return give_long_answer();
  }
  if (!tell_stats(node_, group, now(), tell_stat)) return refuse(command, Fault::kNoMatchingStat);
  outbox().append(wire::kEnd);
  return Next::kGoOn;
}

Next ArcusSession::answer_stats_reset(const Command& command, Words) {
  reset_stats(node_, now());
  return tell(command, "RESET\r\n");
}

Next ArcusSession::answer_stats_topkeys(const Command& command, Words) {
  return refuse(command, Fault::kNotSupported);
}

// ---- by prefix

Next ArcusSession::answer_stats_detail(const Command& command, Words words) {
  if (!settings().allow_detail) return refuse(command, Fault::kDetailDisabled);
  const std::string_view what = words.next();
  if (!words.rest().empty()) return refuse(command, Fault::kDetailUsage);
  if (what == "dump") {
    long_answer_ = answer_counted(node_.prefixes);
    return give_long_answer();
  }
  if (what != "on" && what != "off") return refuse(command, Fault::kDetailUsage);
  node_.prefixes.turn(what == "on");
  return tell(command, wire::kOk);
}

Next ArcusSession::answer_stats_prefixes(const Command& command, Words words) {
  if (!words.rest().empty()) return refuse(command, Fault::kPrefixesUsage);
  return answer_item_rows(command, {});
}

Next ArcusSession::answer_stats_prefixlist(const Command& command, Words words) {
  const std::string_view what = words.next();
  if (what.empty()) return refuse(command, Fault::kPrefixlistUsage);
  if (what == "item") return answer_item_rows(command, named_prefixes(words));
  if (what == "operation") return answer_operation_rows(command, named_prefixes(words));
  return refuse(command, Fault::kBadFormat);
}

Next ArcusSession::answer_item_rows(const Command& command, const std::vector<std::string>& names) {
  std::vector<cache::PrefixUsage> prefixes = told_prefixes(cache());
  if (!names.empty()) {
    prefixes = select(prefixes, names);
  } else if (prefixes.size() > tunables().stats_prefixes) {
    return refuse(command, Fault::kTooManyPrefixRows);
  }
  long_answer_ = answer_rows(std::move(prefixes), item_row);
  return give_long_answer();
}

Next ArcusSession::answer_operation_rows(const Command& command,
                                         const std::vector<std::string>& names) {
  const Prefixes& prefixes = node_.prefixes;
  if (!names.empty()) {
    long_answer_ = answer_rows(names, [&prefixes](const std::string& name) {
      std::string row;
      prefixes.show(name, [&row](std::string_view prefix, const Prefixes::Counts& counts) {
        row = operation_row(prefix, counts);
      });
      return row;
    });
  } else {
    if (prefixes.size() > tunables().stats_prefixes) {
      return refuse(command, Fault::kTooManyPrefixRows);
    }
    long_answer_ = answer_counted(prefixes);
  }
  return give_long_answer();
}

// ---- items

// <class> <limit> [forward|backward [sticky]]
Next ArcusSession::answer_stats_cachedump(const Command& command, Words words) {
  constexpr std::uint32_t kTheClass = 0;
  constexpr std::uint32_t kMostClass = 200;
  constexpr std::uint32_t kDefaultLimit = 50;
  std::uint32_t slab_class = 0;
  std::uint32_t limit = 0;
  if (!words.take(slab_class) || !words.take(limit)) return refuse(command, Fault::kBadFormat);
  const std::string_view order = words.next();
  const std::string_view which = words.next();
  const bool is_formed = (order.empty() || order == "forward" || order == "backward") &&
                         (which.empty() || which == "sticky") && words.rest().empty();
  if (!is_formed) return refuse(command, Fault::kBadFormat);
  if (slab_class > kMostClass) return refuse(command, Fault::kIllegalClass);
  RecentItems::How how{.most = limit == 0 ? kDefaultLimit : limit,
                       .oldest_first = order == "backward",
                       .sticky = which == "sticky"};
  how.most = slab_class == kTheClass ? std::min(how.most, limits::kMaxCachedumpItems) : 0;
  long_answer_ = std::make_unique<RecentItems>(cache(), how, node_.started);
  return give_long_answer();
}

}  // namespace larder::serve::memcache::arcus
