// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <optional>

#include "wire/http/negotiation.h"
#include "wire/http/quality.h"

namespace larder::wire::http {
namespace {

constexpr std::array<std::string_view, 4> kCodings = {"identity", "gzip", "br", "zstd"};

// One item of Accept-Encoding: `gzip;q=0.5`.
struct Preference {
  std::string_view coding;
  unsigned quality = kFullQuality;
};

// A quality that cannot be read is one that nobody has asked for: none.
Preference parse_preference(std::string_view item) {
  Items parts(item, ';');
  if (!parts.next()) return {};
  Preference preference{.coding = parts.item()};
  while (parts.next()) {
    const std::optional<std::string_view> text = quality_text(parts.item());
    if (text) preference.quality = parse_quality(*text).value_or(0);
  }
  return preference;
}

bool is_coding(std::string_view text, Coding coding) {
  if (equal_names(text, text_of(coding))) return true;
  return coding == Coding::kGzip && equal_names(text, "x-gzip");
}

// What is said of a coding by its name, or else by the star.
struct Qualities {
  std::optional<unsigned> named;
  std::optional<unsigned> others;
  unsigned value() const { return named.value_or(others.value_or(0)); }
};

Qualities qualities_of(std::string_view accepted, Coding coding) {
  Qualities found;
  for (Items items(accepted); items.next();) {
    const Preference preference = parse_preference(items.item());
    const bool is_named = is_coding(preference.coding, coding);
    if (is_named && !found.named) found.named = preference.quality;
    if (preference.coding == "*" && !found.others) found.others = preference.quality;
  }
  return found;
}

}  // namespace

std::string_view text_of(Coding coding) noexcept {
  return kCodings[static_cast<std::size_t>(coding)];
}

Coding choose_coding(const Fields& request, std::span<const Coding> offered) {
  if (!request.has(Name::kAcceptEncoding)) return Coding::kIdentity;
  const std::string accepted = request.joined(Name::kAcceptEncoding);
  Coding best = Coding::kIdentity;
  unsigned quality = 0;
  for (const Coding coding : offered) {
    const unsigned other = qualities_of(accepted, coding).value();
    if (other <= quality) continue;
    best = coding;
    quality = other;
  }
  // As it is, a body is sent only to those who say that they like it better.
  const unsigned plain = qualities_of(accepted, Coding::kIdentity).named.value_or(0);
  return plain > quality ? Coding::kIdentity : best;
}

}  // namespace larder::wire::http
