// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/verdict.h"

#include <array>
#include <cstddef>
#include <optional>

namespace larder::serve::edge {
namespace {

using Source = Outcome::Source;
using enum Verdict;

constexpr std::size_t kSources = static_cast<std::size_t>(Source::kFailure) + 1;

// What a status is to a verdict.
enum class Class : std::uint8_t {
  kUnsaid,       // none: the client left before
  kFine,         // also 412 and 416: they are about the request, not about what is stored
  kNotModified,  // 304
  kRedirect,     // other ones of 300 to 399
  kBad,          // 400 and more
  kCount,
};
constexpr std::size_t kClasses = static_cast<std::size_t>(Class::kCount);

constexpr Class class_of(unsigned status) {
  constexpr unsigned kNotModified = 304;
  constexpr unsigned kPreconditionFailed = 412;
  constexpr unsigned kRangeNotSatisfiable = 416;
  if (status == 0) return Class::kUnsaid;
  if (status == kNotModified) return Class::kNotModified;
  if (status == kPreconditionFailed || status == kRangeNotSatisfiable) return Class::kFine;
  if (status < 300) return Class::kFine;
  return status < 400 ? Class::kRedirect : Class::kBad;
}

using ByClass = std::array<Verdict, kClasses>;
constexpr std::nullopt_t kAny = std::nullopt;

struct Row {
  Source source;
  std::optional<bool> had_stored;
  std::optional<bool> bypassed;
  ByClass verdicts;
};

// The same, whatever is said.
constexpr ByClass all(Verdict verdict) { return {kNone, verdict, verdict, verdict, verdict}; }

// The first row that fits. A fixed answer and a file are hits: nobody was asked for them.
// clang-format off
constexpr Row kRows[] = {
    // source            stored bypassed  unsaid fine  304           redirect      bad
    {Source::kNothing,   kAny,  kAny,  all(kNone)},
    {Source::kRule,      kAny,  kAny,  {{kNone, kHit, kRedirectHit, kRedirectHit, kDenied}}},
    {Source::kFile,      kAny,  kAny,  {{kNone, kHit, kImsHit,      kHit,         kNegativeHit}}},
    {Source::kMemcached, kAny,  kAny,  {{kNone, kHit, kImsHit,      kHit,         kNegativeHit}}},
    {Source::kStored,    kAny,  kAny,  {{kNone, kHit, kImsHit,      kHit,         kNegativeHit}}},
    {Source::kValidated, kAny,  kAny,  all(kRefreshHit)},
    {Source::kMasked,    kAny,  kAny,  all(kRefFailHit)},
    {Source::kOrigin,    kAny,  true,  all(kClientRefreshMiss)},
    {Source::kOrigin,    true,  false, all(kRefreshMiss)},
    {Source::kOrigin,    false, false, all(kMiss)},
    {Source::kFailure,   kAny,  kAny,  all(kError)},
};
// clang-format on

constexpr bool fits(const Row& row, std::size_t source, bool had_stored, bool bypassed) {
  return static_cast<std::size_t>(row.source) == source &&
         row.had_stored.value_or(had_stored) == had_stored &&
         row.bypassed.value_or(bypassed) == bypassed;
}

constexpr const Row* row_for(std::size_t source, bool had_stored, bool bypassed) {
  for (const Row& row : kRows) {
    if (fits(row, source, had_stored, bypassed)) return &row;
  }
  return nullptr;
}

// By source, had_stored and bypassed. A case without a row does not compile.
using Table = std::array<std::array<std::array<ByClass, 2>, 2>, kSources>;
constexpr Table kTable = [] {
  Table table{};
  for (std::size_t source = 0; source < kSources; ++source) {
    for (const bool had_stored : {false, true}) {
      for (const bool bypassed : {false, true}) {
        table[source][had_stored ? 1 : 0][bypassed ? 1 : 0] =
            row_for(source, had_stored, bypassed)->verdicts;
      }
    }
  }
  return table;
}();

struct Word {
  std::string_view text;
  bool is_hit;
};

constexpr std::array<Word, static_cast<std::size_t>(kCount)> kWords = {{
    {"TCP_NONE", false},
    {"TCP_HIT", true},
    {"TCP_IMS_HIT", true},
    {"TCP_REFRESH_HIT", true},
    {"TCP_REF_FAIL_HIT", true},
    {"TCP_NEGATIVE_HIT", true},
    {"TCP_REDIRECT_HIT", true},
    {"TCP_MISS", false},
    {"TCP_REFRESH_MISS", false},
    {"TCP_CLIENT_REFRESH_MISS", false},
    {"TCP_ERROR", false},
    {"TCP_DENIED", false},
}};

const Word& word_of(Verdict verdict) { return kWords[static_cast<std::size_t>(verdict)]; }

}  // namespace

std::string_view text_of(Verdict verdict) noexcept { return word_of(verdict).text; }

bool is_hit(Verdict verdict) noexcept { return word_of(verdict).is_hit; }

Verdict verdict_of(const Outcome& outcome) noexcept {
  const auto& of_source = kTable[static_cast<std::size_t>(outcome.source)];
  const ByClass& verdicts = of_source[outcome.had_stored ? 1 : 0][outcome.bypassed ? 1 : 0];
  return verdicts[static_cast<std::size_t>(class_of(outcome.status))];
}

}  // namespace larder::serve::edge
