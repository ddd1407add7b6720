// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import/json_value.h"

#include <fmt/format.h>

#include <algorithm>

namespace larder::cli::import {
namespace {

constexpr std::size_t kIndent = 2;

// How many bytes of UTF-8 the text begins with are one letter; 0: they are none.
std::size_t letter_bytes(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned first = byte(0);
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xC2 ? 0
                           : first < 0xE0 ? 2
                           : first < 0xF0 ? 3
                           : first < 0xF5 ? 4
                                          : 0;
  if (size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  // Longer than needed, half of a pair, beyond the last.
  const unsigned second = size > 1 ? byte(1) : 0;
  const bool bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) ||
                   (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90);
  return bad ? 0 : size;
}

// Bytes of other encodings, which nginx takes as they are, become question marks.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t size = letter_bytes(text);
    const char c = text.front();
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (size == 1 && c < ' ') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += size == 0 ? "?" : text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out + '"';
}

class Writer {
 public:
  std::string text(const JsonValue& value) {
    std::visit(*this, value.value());
    return std::move(out_);
  }

  void operator()(bool value) { out_ += value ? "true" : "false"; }
  void operator()(std::int64_t value) { out_ += std::to_string(value); }
  void operator()(double value) { out_ += fmt::format("{}", value); }
  void operator()(const std::string& value) { out_ += quoted(value); }
  void operator()(const JsonValue::List& list) {
    enclose('[', ']', list, [this](const JsonValue& one) { std::visit(*this, one.value()); });
  }
  void operator()(const JsonValue::Members& members) {
    enclose('{', '}', members, [this](const auto& member) {
      out_ += quoted(member.first) + ": ";
      std::visit(*this, member.second.value());
    });
  }

 private:
  template <class Items, class Write>
  void enclose(char open, char close, const Items& items, Write write) {
    out_ += open;
    depth_ += kIndent;
    for (const auto& item : items) {
      out_ += (&item == &items.front() ? "\n" : ",\n") + std::string(depth_, ' ');
      write(item);
    }
    depth_ -= kIndent;
    if (!items.empty()) out_ += "\n" + std::string(depth_, ' ');
    out_ += close;
  }

  std::string out_;
  std::size_t depth_ = 0;
};

// The first name of a path, which is taken away.
std::string_view take_name(std::string_view& path) {
  const std::string_view name = path.substr(0, path.find('.'));
  path.remove_prefix(std::min(path.size(), name.size() + 1));
  return name;
}

}  // namespace

JsonValue& JsonValue::at(std::string_view path) {
  if (path.empty()) return *this;
  const std::string_view name = take_name(path);
  if (!std::holds_alternative<Members>(value_)) value_ = Members{};
  auto& members = std::get<Members>(value_);
  for (auto& [known, value] : members) {
    if (known == name) return value.at(path);
  }
  return members.emplace_back(std::string(name), JsonValue{}).second.at(path);
}

const JsonValue* JsonValue::find(std::string_view path) const {
  if (path.empty()) return this;
  const std::string_view name = take_name(path);
  const auto* members = std::get_if<Members>(&value_);
  if (members == nullptr) return nullptr;
  for (const auto& [known, value] : *members) {
    if (known == name) return value.find(path);
  }
  return nullptr;
}

void JsonValue::remove(std::string_view name) {
  auto* members = std::get_if<Members>(&value_);
  if (members == nullptr) return;
  std::erase_if(*members, [&](const auto& member) { return member.first == name; });
}

void JsonValue::push(JsonValue value) {
  if (!std::holds_alternative<List>(value_)) value_ = List{};
  std::get<List>(value_).push_back(std::move(value));
}

bool JsonValue::is_empty() const {
  if (const auto* list = std::get_if<List>(&value_)) return list->empty();
  const auto* members = std::get_if<Members>(&value_);
  return members != nullptr && members->empty();
}

std::string JsonValue::text() const { return Writer().text(*this); }

}  // namespace larder::cli::import
