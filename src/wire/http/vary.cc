// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "wire/http/lower_case.h"
#include "wire/http/negotiation.h"
#include "wire/http/quality.h"

namespace larder::wire::http {
namespace {

using namespace std::string_view_literals;

// Fields that are lists by their definition, and without comments: in these alone blanks around
// commas and empty items say nothing (RFC 9111, 4.1).
constexpr std::array kLists{"a-im"sv,
                            "accept"sv,
                            "accept-charset"sv,
                            "accept-encoding"sv,
                            "accept-language"sv,
                            "access-control-request-headers"sv,
                            "cache-control"sv,
                            "pragma"sv,
                            "prefer"sv,
                            "te"sv};

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

// `a,b`
std::string normal_list(std::string_view name, const std::string& value) {
  const bool sorted = is_preference(name);
  std::vector<std::string> texts;
  for (Items items(value); items.next();) {
    std::string text = sorted ? normal_preference(items.item()) : std::string(items.item());
    if (!text.empty()) texts.push_back(std::move(text));
  }
  if (sorted) sort_once(texts);
  std::string list;
  for (const std::string& text : texts) list.append(list.empty() ? "" : ",").append(text);
  return list;
}

// All lines of it, as one. A comma is no more than an octet in most fields: two lines of Cookie
// are joined as their items are.
std::string said_in(const Fields& request, std::string_view name) {
  if (name != "cookie") return request.joined(name);
  std::string cookies;
  for (const Field& field : request) {
    if (field.known != Name::kCookie) continue;
    if (!cookies.empty()) cookies += "; ";
    cookies += field.value;
  }
  return cookies;
}

// `name:value`; of a field that is not there, `name`.
void append_line(const Fields& request, const std::string& name, std::string& text) {
  text += name;
  if (request.value(name)) {
    const std::string value = said_in(request, name);
    const bool is_list = std::ranges::find(kLists, name) != kLists.end();
    text += ':' + (is_list ? normal_list(name, value) : value);
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
