// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "base/decimal.h"
#include "serve/memcache/text_session.h"
#include "wire/memcache/base64.h"
#include "wire/memcache/reply.h"

namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
using cache::Answer;
using wire::Fault;
using wire::MetaCode;
using wire::Verb;

namespace {

cache::UnixMs expires_of(const std::optional<std::int32_t>& exptime, cache::UnixMs now) {
  return exptime ? wire::expiry_of(*exptime, now) : cache::kNeverExpires;
}

std::optional<cache::UnixMs> expires_if(const std::optional<std::int32_t>& exptime,
                                        cache::UnixMs now) {
  if (!exptime) return std::nullopt;
  return wire::expiry_of(*exptime, now);
}

bool stands_before(const wire::MetaFlags& flags, char first, char second) {
  for (const std::string_view token : flags.tokens()) {
    if (token.front() == first) return true;
    if (token.front() == second) return false;
  }
  return false;
}

// Flags work from left to right: of a created item's N and T the later one holds.
std::optional<cache::UnixMs> create_expires_of(const wire::MetaFlags& flags, cache::UnixMs now) {
  const bool touched_after = flags.exptime && stands_before(flags, 'N', 'T');
  return expires_if(flags.create_exptime && touched_after ? flags.exptime : flags.create_exptime,
                    now);
}

// C0 is no condition where memcached takes it for none: in ma, append and prepend.
std::optional<cache::Cas> expected_unless_zero(const wire::MetaFlags& flags) {
  return flags.expected_cas.value_or(0) == 0 ? std::nullopt : flags.expected_cas;
}

bool has_flags(Verb verb) {
  return verb == Verb::kMetaGet || verb == Verb::kMetaSet || verb == Verb::kMetaDelete ||
         verb == Verb::kMetaArithmetic;
}

wire::MetaFacts facts_of_request(const wire::MetaFlags& flags) {
  wire::MetaFacts facts;
  facts.key = flags.key();
  facts.binary_key = flags.binary_key;
  return facts;
}

}  // namespace

void TextSession::reply_meta(MetaCode code, const wire::MetaFlags& flags,
                             const wire::MetaFacts& facts) {
  char* const out = outbox().room(wire::kMaxMetaReplyBytes);
  const char* end = wire::write_meta_reply(out, code, flags, facts);
  outbox().appended(static_cast<std::size_t>(end - out));
}

TextSession::Call::Call(TextSession& session, const Request& request) : key(request.key) {
  if (!has_flags(request.command.verb)) return;
  flags = wire::parse_meta(request.command);
  if (flags.binary_key) key = session.cache().key(flags.key());
  if (session.settings().use_cas) return;
  flags.own_cas.reset();
  // 0 stays what it is: no condition, or one that no item meets.
  if (flags.expected_cas.value_or(0) != 0) flags.expected_cas = kNoStamp;
}

Next TextSession::answer_meta(const Request& request) {
  const Call call(*this, request);
  if (call.flags.fault != Fault::kNone) {
    refuse(request.command, call.flags.fault);
    return Next::kGoOn;
  }
  const Next next = answer_meta(request, call);
  if (next != Next::kWait) activity().add(Deed::kMeta);
  return next;
}

Next TextSession::answer_meta(const Request& request, const Call& call) {
  switch (request.command.verb) {
    case Verb::kMetaGet: return answer_meta_get(request, call);
    case Verb::kMetaSet: return answer_meta_set(request, call);
    case Verb::kMetaDelete: return answer_meta_delete(request, call);
    default: return answer_meta_count(request, call);
  }
}

// ---- mg

Next TextSession::answer_meta_get(const Request& request, const Call& call) {
  const auto& [flags, key] = call;
  cache::Lookup how;
  how.compete = true;
  how.leave_no_trace = flags.leave_no_trace;
  how.want_value = flags.want_value;
  how.expires = expires_if(flags.exptime, now());
  how.create_expires = create_expires_of(flags, now());
  how.create_cas = flags.own_cas;
  if (flags.recache_below_s) how.recache_below_s = *flags.recache_below_s;
  how.recache_looks_after = stands_before(flags, 'T', 'R');

  cache::Found found = find(key, how);
  if (found.answer == Answer::kPending) return wait_for(key);
  if (found.answer == Answer::kNoMemory) {
    refuse(request.command, Fault::kNoMemory);
    return Next::kGoOn;
  }
  if (found.answer != Answer::kOk) {
    if (!flags.quiet) reply_meta(MetaCode::kEn, flags, facts_of_request(flags));
    return Next::kGoOn;
  }
  const wire::MetaFacts facts{.key = key.bytes,
                              .binary_key = found.binary_key,
                              .fetched = found.fetched,
                              .won = found.won,
                              .stale = found.stale,
                              .token_sent = found.token_sent,
                              .created = found.created,
                              .flags = found.flags,
                              .cas = shown(found.cas),
                              .size = found.size,
                              .idle_s = found.idle_s,
                              .expires_ms = found.expires,
                              .now_ms = now()};
  // A client that names the version it has gets the value only when there is another.
  const bool has_it = flags.expected_cas && *flags.expected_cas == found.cas;
  const bool with_value = flags.want_value && !has_it;
  reply_meta(with_value ? MetaCode::kVa : MetaCode::kHd, flags, facts);
  if (with_value) append_value(found.value);
  return Next::kGoOn;
}

// ---- ms

namespace {

cache::PutMode mode_of(char letter) {
  switch (letter) {
    case 'E': return cache::PutMode::kAdd;
    case 'A': return cache::PutMode::kAppend;
    case 'P': return cache::PutMode::kPrepend;
    case 'R': return cache::PutMode::kReplace;
    default: return cache::PutMode::kSet;
  }
}

}  // namespace

Next TextSession::answer_meta_set(const Request& request, const Call& call) {
  const auto& [flags, key] = call;
  cache::Put how;
  how.mode = mode_of(flags.mode);
  how.binary_key = flags.binary_key;
  how.keep_stale = flags.invalidate;
  how.flags = flags.client_flags;
  how.expires = expires_of(flags.exptime, now());
  const bool joins = how.mode == cache::PutMode::kAppend || how.mode == cache::PutMode::kPrepend;
  how.expected = joins ? expected_unless_zero(flags) : flags.expected_cas;
  how.cas = flags.own_cas;
  how.create_expires = expires_if(flags.create_exptime, now());

  const cache::Stored stored = put(request, key, how);
  wire::MetaFacts facts = facts_of_request(flags);
  facts.cas = shown(stored.cas);
  facts.size = stored.size;
  switch (stored.answer) {
    case Answer::kOk:
      if (!flags.quiet) reply_meta(MetaCode::kHd, flags, facts);
      return Next::kGoOn;
    case Answer::kMiss: reply_meta(MetaCode::kNf, flags, facts); return Next::kGoOn;
    case Answer::kExists: reply_meta(MetaCode::kEx, flags, facts); return Next::kGoOn;
    case Answer::kNotStored: reply_meta(MetaCode::kNs, flags, facts); return Next::kGoOn;
    case Answer::kPending: return wait_for(key);
    case Answer::kTooLarge:
    case Answer::kNoMemory:
    case Answer::kNotNumeric:
    case Answer::kWrongType:
    case Answer::kBadPrefix:
    case Answer::kBadExpiry: break;
  }
  refuse_value(request, key, stored.answer);
  return Next::kGoOn;
}

// ---- md

Next TextSession::answer_meta_delete(const Request& request, const Call& call) {
  const auto& [flags, key] = call;
  cache::Remove how;
  how.expected = flags.expected_cas;
  how.invalidate = flags.invalidate;
  how.drop_value = flags.drop_value;
  how.expires = expires_if(flags.exptime, now());
  how.cas = flags.own_cas;
  const Answer answer = remove(key, how, "md");
  if (answer == Answer::kPending) return wait_for(key);
  const wire::MetaFacts facts = facts_of_request(flags);
  if (answer == Answer::kMiss) {
    reply_meta(MetaCode::kNf, flags, facts);
  } else if (answer == Answer::kExists) {
    reply_meta(MetaCode::kEx, flags, facts);
  } else if (answer == Answer::kNoMemory) {
    refuse(request.command, Fault::kNoMemory);
  } else if (!flags.quiet) {
    reply_meta(MetaCode::kHd, flags, facts);
  }
  return Next::kGoOn;
}

// ---- ma

Next TextSession::answer_meta_count(const Request& request, const Call& call) {
  const auto& [flags, key] = call;
  cache::Count how;
  how.down = flags.mode == 'D' || flags.mode == '-';
  how.binary_key = flags.binary_key;
  how.delta = flags.delta;
  how.expected = expected_unless_zero(flags);
  how.cas = flags.own_cas;
  how.expires = expires_if(flags.exptime, now());
  how.create_expires = create_expires_of(flags, now());
  how.initial = flags.initial;

  const cache::Counted counted = count(key, how);
  wire::MetaFacts facts = facts_of_request(flags);
  switch (counted.answer) {
    case Answer::kOk: break;
    case Answer::kMiss: reply_meta(MetaCode::kNf, flags, facts); return Next::kGoOn;
    case Answer::kExists: reply_meta(MetaCode::kEx, flags, facts); return Next::kGoOn;
    case Answer::kPending: return wait_for(key);
    case Answer::kNotNumeric: refuse(request.command, Fault::kNotNumeric); return Next::kGoOn;
    default: refuse(request.command, Fault::kNoMemory); return Next::kGoOn;
  }
  if (flags.quiet) return Next::kGoOn;
  std::array<char, base::kMaxDecimalBytes> digits;
  const char* digits_end = base::write_decimal(digits.data(), counted.number);
  facts.cas = shown(counted.cas);
  facts.size = static_cast<std::size_t>(digits_end - digits.data());
  facts.created = counted.created;
  facts.expires_ms = counted.expires;
  facts.now_ms = now();
  reply_meta(flags.want_value ? MetaCode::kVa : MetaCode::kHd, flags, facts);
  if (flags.want_value) {
    outbox().append({digits.data(), digits_end});
    outbox().append(wire::kLineEnd);
  }
  return Next::kGoOn;
}

// ---- me

Next TextSession::answer_meta_debug(const Request& request) {
  cache::Lookup how;
  how.leave_no_trace = true;
  const cache::Found found = cache().find(request.key, how, now());
  if (found.answer == Answer::kPending) return wait_for(request.key);
  show_lookup(request.key);
  activity().add(Deed::kMeta);
  char* const out = outbox().room(wire::kMaxMetaReplyBytes);
  const char* end = out;
  if (found.answer == Answer::kOk) {
    end = wire::write_meta_debug(out, {.key = request.key.bytes,
                                       .binary_key = found.binary_key,
                                       .fetched = found.fetched,
                                       .cas = shown(found.cas),
                                       .size = found.item_bytes,
                                       .idle_s = found.idle_s,
                                       .expires_ms = found.expires,
                                       .now_ms = now()});
  } else {
    end = std::copy(wire::kMetaMiss.begin(), wire::kMetaMiss.end(), out);
  }
  outbox().appended(static_cast<std::size_t>(end - out));
  return Next::kGoOn;
}

}  // namespace larder::serve::memcache
