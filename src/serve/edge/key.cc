// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/decimal.h"
#include "base/nearest.h"

namespace larder::serve::edge {
namespace {

constexpr double kMsPerSecond = 1000;
constexpr std::int64_t kStep = 1024;  // from bytes to k, m, g
constexpr std::string_view kUnits = "kmg";

// ---- words for values and forms

struct Naming {
  std::string operator()(std::nullptr_t) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return fmt::format("\"{}\"", value); }
  std::string operator()(const JsonNode::List&) const { return "a list"; }
  std::string operator()(const JsonNode::Members&) const { return "an object"; }
};

std::string name_of(const JsonNode& node) { return std::visit(Naming{}, node.value); }

std::string describe_range(const Form& form) {
  if (form.kind == Form::Kind::kSize) {
    return fmt::format("{} to {}", size_text(form.least), size_text(form.most));
  }
  if (form.kind == Form::Kind::kSeconds) {
    return fmt::format("{} to {}", static_cast<double>(form.least) / kMsPerSecond,
                       static_cast<double>(form.most) / kMsPerSecond);
  }
  return fmt::format("{} to {}", form.least, form.most);
}

std::string describe_one(const Form& form) {
  switch (form.kind) {
    case Form::Kind::kFlag: return "true or false";
    case Form::Kind::kInteger: return "a whole number from " + describe_range(form);
    case Form::Kind::kSize: return "a size from " + describe_range(form);
    case Form::Kind::kSeconds: return "seconds from " + describe_range(form);
    case Form::Kind::kNumber: return "a number from " + describe_range(form);
    case Form::Kind::kText: break;
    case Form::Kind::kPattern: return "a pattern";
    case Form::Kind::kNetwork: return "a network";
    case Form::Kind::kObject: return form.title.empty() ? "an object" : form.title;
  }
  if (form.words.empty()) return "text";
  return fmt::format("one of \"{}\"", fmt::join(form.words, "\", \""));
}

template <class Value>
std::optional<Value> refuse(const At& at, const Form& form) {
  at.complain(fmt::format("{} is not {}", name_of(at.node()), describe_one(form)));
  return std::nullopt;
}

std::optional<std::int64_t> in_range(const At& at, const Form& form, std::int64_t value) {
  if (value >= form.least && value <= form.most) return value;
  return refuse<std::int64_t>(at, form);
}

std::optional<double> number_of(const JsonNode& node) {
  if (const auto* whole = node.get<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* number = node.get<double>()) return *number;
  return std::nullopt;
}

// `64k`: digits and a unit.
std::optional<std::int64_t> parse_size(std::string text) {
  std::int64_t scale = 1;
  if (text.empty()) return std::nullopt;
  const std::size_t unit = kUnits.find(static_cast<char>(text.back() | 0x20));
  if (unit != std::string_view::npos) {
    for (std::size_t i = 0; i <= unit; ++i) scale *= kStep;
    text.pop_back();
  }
  const auto number = base::parse_decimal<std::int64_t>(text);
  if (!number || *number > INT64_MAX / scale || *number < 0) return std::nullopt;
  return *number * scale;
}

}  // namespace

std::string describe(const Form& form) {
  std::string text = describe_one(form);
  if (form.is_list) text = "list: " + text;
  if (form.is_named) text = "by name: " + text;
  if (form.may_be_null) text += ", or null";
  return text;
}

std::string size_text(std::int64_t bytes) {
  std::size_t unit = 0;
  while (unit < kUnits.size() && bytes != 0 && bytes % kStep == 0) {
    bytes /= kStep;
    ++unit;
  }
  return std::to_string(bytes) + (unit == 0 ? "" : std::string(1, kUnits[unit - 1]));
}

std::optional<bool> read_flag(const At& at, const Form& form) {
  if (const bool* value = at.node().get<bool>()) return *value;
  return refuse<bool>(at, form);
}

std::optional<std::int64_t> read_integer(const At& at, const Form& form) {
  if (const auto* value = at.node().get<std::int64_t>()) return in_range(at, form, *value);
  return refuse<std::int64_t>(at, form);
}

std::optional<std::int64_t> read_size(const At& at, const Form& form) {
  if (const auto* value = at.node().get<std::int64_t>()) return in_range(at, form, *value);
  const auto* text = at.node().get<std::string>();
  const auto value = text == nullptr ? std::nullopt : parse_size(*text);
  return value ? in_range(at, form, *value) : refuse<std::int64_t>(at, form);
}

std::optional<std::int64_t> read_seconds(const At& at, const Form& form) {
  const auto value = number_of(at.node());
  // What is out of range may be too large for an integer.
  if (!value || !(*value * kMsPerSecond <= static_cast<double>(form.most)) || *value < 0) {
    return refuse<std::int64_t>(at, form);
  }
  return in_range(at, form, std::llround(*value * kMsPerSecond));
}

std::optional<double> read_number(const At& at, const Form& form) {
  const auto value = number_of(at.node());
  const bool good = value && *value >= static_cast<double>(form.least) &&
                    *value <= static_cast<double>(form.most);
  return good ? value : refuse<double>(at, form);
}

std::optional<std::string> read_text(const At& at, const Form& form) {
  const auto* text = at.node().get<std::string>();
  if (text == nullptr) return refuse<std::string>(at, form);
  const auto& words = form.words;
  if (!words.empty() && std::find(words.begin(), words.end(), *text) == words.end()) {
    return refuse<std::string>(at, form);
  }
  const std::string wrong = form.check == nullptr ? "" : form.check(*text);
  if (wrong.empty()) return *text;
  at.complain(wrong);
  return std::nullopt;
}

std::optional<std::shared_ptr<const Pattern>> read_pattern(const At& at, const Form& form) {
  const auto* text = at.node().get<std::string>();
  if (text == nullptr) return refuse<std::shared_ptr<const Pattern>>(at, form);
  auto parsed = Pattern::parse(*text);
  if (parsed) return *std::move(parsed);
  at.complain(parsed.failure().what);
  return std::nullopt;
}

std::optional<io::Network> read_network(const At& at, const Form& form) {
  const auto* text = at.node().get<std::string>();
  if (text == nullptr) return refuse<io::Network>(at, form);
  auto parsed = io::Network::parse(*text);
  if (parsed) return *parsed;
  at.complain(parsed.failure().what);
  return std::nullopt;
}

const JsonNode::Members* read_object(const At& at) {
  const auto* members = at.node().get<JsonNode::Members>();
  if (members == nullptr) at.complain(name_of(at.node()) + " is not an object");
  return members;
}

const Key* find_key(const std::vector<Key>& keys, const At& object, const JsonMember& member) {
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const Key& key) { return key.name == member.name; });
  if (found != keys.end()) return &*found;
  std::vector<std::string_view> known;
  for (const Key& key : keys) known.push_back(key.name);
  const std::string_view likely = base::nearest(member.name, known);
  object.complain_of(member, likely.empty()
                                 ? "unknown key"
                                 : fmt::format("unknown key; did you mean \"{}\"?", likely));
  return nullptr;
}

void require_keys(const std::vector<Key>& keys, const At& object) {
  const auto& members = *object.node().get<JsonNode::Members>();
  for (const Key& key : keys) {
    const bool is_there =
        std::any_of(members.begin(), members.end(),
                    [&](const JsonMember& member) { return member.name == key.name; });
    if (key.required && !is_there) object.complain(fmt::format("needs \"{}\"", key.name));
  }
}

std::vector<At> items_of(const At& at) {
  const auto* list = at.node().get<JsonNode::List>();
  if (list == nullptr) return {at};
  std::vector<At> items;
  for (std::size_t i = 0; i < list->size(); ++i) items.push_back(at.item(*list, i));
  return items;
}

}  // namespace larder::serve::edge
