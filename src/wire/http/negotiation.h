// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http/field.h"

namespace larder::wire::http {

enum class Coding : std::uint8_t { kIdentity, kGzip, kBrotli, kZstd };
std::string_view text_of(Coding coding) noexcept;  // `gzip`, `br`, `zstd`, `identity`

// The one of `offered` (best first) that Accept-Encoding likes most, kIdentity when it likes none
// or there is none.
Coding choose_coding(const Fields& request, std::span<const Coding> offered);

// ---- Vary (RFC 9111, 4.1)

// Names of a Vary field, in lower case, sorted, each once. `*` anywhere: `varies_by_all`.
struct VaryNames {
  bool by_all = false;
  std::vector<std::string> names;
};
VaryNames vary_names(const Fields& response);

// What a request says in the fields that are named, one line each, so that requests which select
// the same response have the same text: lines joined, blanks around commas of lists taken away,
// what Accept-Encoding, Accept-Language and Accept say brought into one order. A field that is not
// known to be a list is taken as it is.
std::string selecting_text(const Fields& request, std::span<const std::string> names);

// The language that Accept-Language likes more than all others, in lower case. Nothing: there is
// none, or several.
std::optional<std::string> wanted_language(const Fields& request);

// ---- Cache-Status (RFC 9211)

struct CacheStatus {
  enum class Forward : std::uint8_t {
    kNone,  // a hit
    kBypass,
    kMethod,
    kUriMiss,
    kVaryMiss,
    kMiss,
    kRequest,
    kStale,
    kPartial,
  };
  std::string_view cache = "Larder";
  bool hit = false;
  Forward forward = Forward::kNone;
  unsigned forward_status = 0;  // 0: not told
  bool stored = false;
  bool collapsed = false;
  bool has_ttl = false;
  std::int64_t ttl_s = 0;        // may be negative
  std::string_view detail = {};  // a token
};
// Behind what an earlier cache has said, which may be empty.
std::string format_cache_status(const CacheStatus& status);

}  // namespace larder::wire::http
