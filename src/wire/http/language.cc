// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include "wire/http/lower_case.h"
#include "wire/http/negotiation.h"
#include "wire/http/quality.h"

namespace larder::wire::http {
namespace {

struct Preference {
  std::string language;
  unsigned quality = 0;
};

// `de;q=0.5`. Of quality 0: it is no preference, or not wanted at all.
Preference preference_of(std::string_view item) {
  Items parts(item, ';');
  if (!parts.next()) return {};
  Preference preference{.language = lower_case(parts.item()), .quality = kFullQuality};
  while (parts.next()) {
    const auto text = quality_text(parts.item());
    if (!text) continue;
    preference.quality = parse_quality(*text).value_or(0);
  }
  return preference;
}

}  // namespace

std::optional<std::string> wanted_language(const Fields& request) {
  const std::string list = request.joined("accept-language");
  Preference best;
  bool is_alone = false;
  for (Items items(list); items.next();) {
    Preference next = preference_of(items.item());
    if (next.quality < best.quality || next.quality == 0) continue;
    is_alone = next.quality > best.quality;
    best = std::move(next);
  }
  if (!is_alone || best.language == "*") return std::nullopt;
  return best.language;
}

}  // namespace larder::wire::http
