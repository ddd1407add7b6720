// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "store/counter.h"
#include "store/item_limit.h"
#include "store/operation.h"

namespace larder::store {

// What the store should be, written for plainness: one map, no sharing, no memory limit.
//
//   operation(entry or nothing) ─► answer, entry or nothing
//
// A cas that the engine chooses is not predicted but learnt from the next look (kUnknown).
class StoreModel {
 public:
  static constexpr Cas kUnknown = 0;

  struct Entry {
    std::string value = {};
    std::uint32_t flags = 0;
    UnixMs expires = kNeverExpires;
    Cas cas = kUnknown;
    bool own_cas = false;    // chosen by the client
    Cas not_cas = kUnknown;  // what it had before a change to which the engine gives the number
    bool stale = false;
    bool token_sent = false;
    bool fetched = false;
    bool binary_key = false;
    std::uint64_t access = 0;  // seconds
  };

  struct Outcome {
    Answer answer = Answer::kOk;
    std::optional<Entry> after = {};
    std::uint64_t number = 0;  // of count
    bool created = false;
    bool won = false;
  };

  explicit StoreModel(std::size_t item_limit) : item_limit_(item_limit) {}

  // Before anything else at `now`.
  void pass(UnixMs now) {
    now_ = now;
    if (now >= flush_at_.value_or(now + 1)) flush(now);
    std::erase_if(prefixes_at_, [&](const auto& prefix_at) {
      const bool is_due = now >= prefix_at.second;
      if (is_due) erase_prefix(prefix_at.first);
      return is_due;
    });
  }
  void flush(UnixMs at) {
    flush_at_.reset();
    if (at > now_) flush_at_ = at;
    if (at <= now_) entries_.clear();
  }

  void flush_prefix(const std::string& prefix, UnixMs at) {
    prefixes_at_.erase(prefix);
    at > now_ ? void(prefixes_at_.emplace(prefix, at)) : erase_prefix(prefix);
  }

  std::optional<Entry> get(const std::string& key) {
    const auto at = entries_.find(key);
    if (at == entries_.end()) return std::nullopt;
    if (!is_expired(at->second)) return at->second;
    entries_.erase(at);
    return std::nullopt;
  }
  void set(const std::string& key, const std::optional<Entry>& entry) {
    entries_.erase(key);
    if (entry) entries_.emplace(key, *entry);
  }

  Outcome find(const std::optional<Entry>& before, const Lookup& how) const {
    if (!before && !how.create_expires) return {.answer = Answer::kMiss};
    Outcome out{.after = before.value_or(Entry{})};
    Entry& entry = *out.after;
    out.created = !before;
    if (!out.created && how.expires && how.recache_looks_after) entry.expires = *how.expires;
    out.won =
        out.created || (!entry.token_sent && (is_due(entry, how) || (how.compete && entry.stale)));
    entry.token_sent = entry.token_sent || out.won;
    if (!how.leave_no_trace) mark_read(entry);
    if (out.created) {
      entry.expires = *how.create_expires;
      entry.access = seconds();
      renumber(entry, how.create_cas);
    } else if (how.expires) {
      entry.expires = *how.expires;
    }
    return out;
  }

  Outcome put(const std::optional<Entry>& before, std::string_view key, std::string_view value,
              const Put& how) const {
    if (!fits_item_limit(key.size(), value.size(), how.flags, item_limit_)) {
      return {.answer = Answer::kTooLarge, .after = before};
    }
    const bool joins = how.mode == PutMode::kAppend || how.mode == PutMode::kPrepend;
    if (!before) return put_new(value, how, joins);
    if (how.mode == PutMode::kAdd) {
      Outcome out{.answer = Answer::kNotStored, .after = before};
      out.after->access = seconds();
      return out;
    }
    const bool late = how.expected && *how.expected != before->cas;
    if (late && (joins || !how.keep_stale || *how.expected > before->cas)) {
      return {.answer = Answer::kExists, .after = before};
    }
    if (joins) return join(*before, key, value, how);
    Entry entry = fresh(value, how, late ? before->expires : how.expires);
    entry.stale = late;
    entry.token_sent = late && before->token_sent;
    entry.cas = before->cas;
    renumber(entry, how.cas);
    return {.after = entry};
  }

  Outcome remove(const std::optional<Entry>& before, const Remove& how) const {
    if (!before) return {.answer = Answer::kMiss};
    if (how.expected && *how.expected != before->cas) {
      return {.answer = Answer::kExists, .after = before};
    }
    if (!how.invalidate && !how.drop_value) return {};
    Entry entry = *before;
    if (how.drop_value) {
      entry = Entry{.cas = before->cas,
                    .own_cas = before->own_cas,
                    .binary_key = before->binary_key,
                    .access = seconds()};
    }
    if (how.expires) entry.expires = *how.expires;
    if (how.invalidate) {
      entry.stale = true;
      entry.token_sent = false;
    }
    const bool keeps_cas = !how.invalidate && before->own_cas && !how.cas;
    if (!keeps_cas) renumber(entry, how.cas);
    return {.after = entry};
  }

  Outcome count(const std::optional<Entry>& before, const Count& how) const {
    if (!before) return count_new(how);
    if (how.expected && *how.expected != before->cas) {
      return {.answer = Answer::kExists, .after = before};
    }
    const std::optional<std::uint64_t> number = counter_number(before->value);
    if (!number || before->value.size() > limits::kMaxContiguousBytes) {
      return {.answer = Answer::kNotNumeric, .after = before};
    }
    Outcome out{.after = before, .number = counted(*number, how.delta, how.down)};
    Entry& entry = *out.after;
    std::string digits = std::to_string(out.number);
    digits.resize(std::max(digits.size(), entry.value.size()), ' ');
    entry.value = digits;
    entry.access = seconds();
    if (how.expires) entry.expires = *how.expires;
    renumber(entry, how.cas);
    return out;
  }

 private:
  void erase_prefix(const std::string& prefix) {
    std::erase_if(entries_, [start = prefix + ':'](const auto& key_entry) {
      return key_entry.first.starts_with(start);
    });
  }
  std::uint64_t seconds() const { return static_cast<std::uint64_t>(now_ / 1000); }
  bool is_expired(const Entry& entry) const {
    return entry.expires != kNeverExpires && entry.expires <= now_;
  }
  bool is_due(const Entry& entry, const Lookup& how) const {
    if (!how.recache_below_s || entry.expires == kNeverExpires) return false;
    return entry.expires - now_ <= (*how.recache_below_s - 1) * 1000;
  }
  void mark_read(Entry& entry) const {
    entry.fetched = true;
    entry.access = seconds();
  }
  static void renumber(Entry& entry, std::optional<Cas> own) {
    const Cas given = own.value_or(kUnknown);
    entry.not_cas = given == kUnknown ? entry.cas : kUnknown;
    entry.cas = given;
    entry.own_cas = given != kUnknown;
  }
  Entry fresh(std::string_view value, const Put& how, UnixMs expires) const {
    Entry entry{.value = std::string(value), .flags = how.flags, .expires = expires};
    entry.binary_key = how.binary_key;
    entry.access = seconds();
    return entry;
  }

  Outcome put_new(std::string_view value, const Put& how, bool joins) const {
    const bool needs_one = how.mode == PutMode::kReplace || (joins && !how.create_expires);
    const bool compares = how.mode == PutMode::kSet || how.mode == PutMode::kReplace;
    if (compares && how.expected) return {.answer = Answer::kMiss};
    if (needs_one) return {.answer = Answer::kNotStored};
    Entry entry = fresh(value, how, joins ? *how.create_expires : how.expires);
    renumber(entry, how.cas);
    return {.after = entry};
  }
  Outcome join(const Entry& old, std::string_view key, std::string_view value,
               const Put& how) const {
    const bool appends = how.mode == PutMode::kAppend;
    Entry entry = old;
    entry.value = appends ? old.value + std::string(value) : std::string(value) + old.value;
    if (!fits_item_limit(key.size(), entry.value.size(), entry.flags, item_limit_)) {
      return {.answer = Answer::kNotStored, .after = old};
    }
    entry.stale = entry.token_sent = entry.fetched = false;
    entry.access = seconds();
    renumber(entry, how.cas);
    return {.after = entry};
  }
  Outcome count_new(const Count& how) const {
    if (!how.create_expires) return {.answer = Answer::kMiss};
    Entry entry{.value = std::to_string(how.initial), .expires = *how.create_expires};
    entry.binary_key = how.binary_key;
    entry.access = seconds();
    renumber(entry, how.cas);
    return {.after = entry, .number = how.initial, .created = true};
  }

  std::map<std::string, Entry> entries_;
  std::optional<UnixMs> flush_at_;
  std::map<std::string, UnixMs> prefixes_at_;
  std::size_t item_limit_;
  UnixMs now_ = 0;
};

}  // namespace larder::store
