// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/meta.h"

#include <bitset>
#include <concepts>

#include "wire/memcache/base64.h"
#include "wire/memcache/words.h"

namespace larder::wire::memcache {
namespace {

// Bytes that may be a flag at all; others spoil the line.
constexpr unsigned char kFirstLetter = '"';
constexpr unsigned char kLastLetter = '~';

template <std::integral Number>
Fault take_number(std::string_view text, Number& number, Fault otherwise) noexcept {
  return Words(text).take(number) ? Fault::kNone : otherwise;
}

template <std::integral Number>
Fault take_number(std::string_view text, std::optional<Number>& number) noexcept {
  return take_number(text, number.emplace(), Fault::kBadToken);
}

Fault set(bool& field) noexcept {
  field = true;
  return Fault::kNone;
}

Fault judge(std::string_view token, MetaFlags& flags) noexcept {
  const std::string_view value = token.substr(1);
  switch (token.front()) {
    case 'b': return set(flags.binary_key);
    case 'q': return set(flags.quiet);
    case 'u': return set(flags.leave_no_trace);
    case 'v': return set(flags.want_value);
    case 'x': return set(flags.drop_value);
    case 'I': return set(flags.invalidate);
    case 'C': return take_number(value, flags.expected_cas);
    case 'D': return take_number(value, flags.delta, Fault::kBadToken);
    case 'E': return take_number(value, flags.own_cas);
    case 'F': return take_number(value, flags.client_flags, Fault::kBadFormat);
    case 'J': return take_number(value, flags.initial, Fault::kBadToken);
    case 'N': return take_number(value, flags.create_exptime);
    case 'R': return take_number(value, flags.recache_below_s);
    case 'T': return take_number(value, flags.exptime);
    case 'O': return token.size() > limits::kMaxOpaqueBytes ? Fault::kOpaqueTooLong : Fault::kNone;
    case 'M': flags.mode = value.empty() ? ' ' : value.front(); return Fault::kNone;
    case 'c':
    case 'f':
    case 'h':
    case 'k':
    case 'l':
    case 's':
    case 't':
    case 'L':
    case 'P': return Fault::kNone;
    default: return Fault::kInvalidFlag;
  }
}

Fault judge_all(std::span<const std::string_view> tokens, MetaFlags& flags) noexcept {
  std::bitset<kLastLetter + 1> seen;
  for (const std::string_view token : tokens) {
    const auto letter = static_cast<unsigned char>(token.front());
    if (letter < kFirstLetter || letter > kLastLetter) return Fault::kBadFormat;
    if (seen[letter]) return Fault::kDuplicateFlag;
    seen.set(letter);
    if (const Fault fault = judge(token, flags); fault != Fault::kNone) return fault;
  }
  return Fault::kNone;
}

Fault judge_mode(Verb verb, char mode) noexcept {
  constexpr std::string_view kSetModes = "EAPRS";
  constexpr std::string_view kArithmeticModes = "I+D-";
  const auto is_one_of = [mode](std::string_view modes) {
    return mode == '\0' || modes.find(mode) != std::string_view::npos;
  };
  if (verb == Verb::kMetaSet && !is_one_of(kSetModes)) return Fault::kSetMode;
  if (verb == Verb::kMetaArithmetic && !is_one_of(kArithmeticModes)) return Fault::kArithmeticMode;
  return Fault::kNone;
}

// ma has one sentence for whatever is wrong with its flags.
Fault as_said_by(Verb verb, Fault fault) noexcept {
  if (verb != Verb::kMetaArithmetic || fault == Fault::kOpaqueTooLong) return fault;
  return Fault::kInvalidOrDuplicateFlag;
}

}  // namespace

MetaFlags parse_meta(const Command& command) noexcept {
  MetaFlags flags;
  flags.verb_ = command.verb;
  flags.sent_key_ = command.key;
  Words words(command.rest);
  auto word = words.next();
  for (; !word.empty() && flags.token_count_ < limits::kMaxMetaTokens; word = words.next()) {
    flags.tokens_[flags.token_count_++] = word;
  }
  Fault fault = word.empty() ? judge_all(flags.tokens(), flags) : Fault::kOptionsTooLong;
  if (fault == Fault::kNone && flags.binary_key) {
    const auto bytes = decode_base64(flags.decoded_.data(), flags.sent_key_);
    flags.decoded_bytes_ = static_cast<std::uint8_t>(bytes.value_or(0));
    if (!bytes) fault = Fault::kKeyDecoding;
  }
  flags.fault = fault == Fault::kNone ? judge_mode(command.verb, flags.mode)
                                      : as_said_by(command.verb, fault);
  return flags;
}

}  // namespace larder::wire::memcache
