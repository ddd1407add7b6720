// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>

#include "wire/http/lower_case.h"
#include "wire/http/negotiation.h"
#include "wire/http/quality.h"

namespace larder::wire::http {
namespace {

// Fields whose items may stand in any order, and say the same (RFC 9110, 12.5).
bool is_preference(std::string_view name) {
  return name == "accept" || name == "accept-encoding" || name == "accept-language";
}

// A weight in one form: `;q=0.5` is `;q=0.500`, and `;q=1` is nothing.
std::string normal_parameter(std::string_view parameter) {
  const std::optional<std::string_view> text = quality_text(parameter);
  const std::optional<unsigned> quality = text ? parse_quality(*text) : std::nullopt;
  if (!quality) return ";" + std::string(parameter);
  if (*quality == kFullQuality) return {};
  return ";q=0." + std::to_string(kFullQuality + *quality).substr(1);
}

std::string normal_preference(std::string_view item) {
  Items parts(item, ';');
  if (!parts.next()) return {};
  std::string normal = lower_case(parts.item());
  while (parts.next()) normal += normal_parameter(parts.item());
  return normal;
}

void sort_once(std::vector<std::string>& texts) {
  std::ranges::sort(texts);
  const auto again = std::ranges::unique(texts);
  texts.erase(again.begin(), again.end());
}

std::vector<std::string> items_of(std::string_view name, const std::string& value) {
  const bool sorted = is_preference(name);
  std::vector<std::string> texts;
  for (Items items(value); items.next();) {
    std::string text = sorted ? normal_preference(items.item()) : std::string(items.item());
    if (!text.empty()) texts.push_back(std::move(text));
  }
  if (sorted) sort_once(texts);
  return texts;
}

// `name:a,b`; of a field that is not there, `name`.
void append_line(const Fields& request, const std::string& name, std::string& text) {
  text += name;
  if (request.value(name)) {
    char separator = ':';
    for (const std::string& item : items_of(name, request.joined(name))) {
      text += separator + item;
      separator = ',';
    }
    if (separator == ':') text += separator;
  }
  text += '\n';
}

}  // namespace

VaryNames vary_names(const Fields& response) {
  VaryNames vary;
  if (!response.has(Name::kVary)) return vary;
  const std::string list = response.joined(Name::kVary);
  for (Items items(list); items.next();) {
    // What is no name says that it depends on something, and not on what.
    if (items.item() == "*" || !is_token(items.item())) vary.by_all = true;
    vary.names.push_back(lower_case(items.item()));
  }
  sort_once(vary.names);
  if (vary.by_all) vary.names.clear();
  return vary;
}

std::string selecting_text(const Fields& request, std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) append_line(request, name, text);
  return text;
}

}  // namespace larder::wire::http
