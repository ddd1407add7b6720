// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace larder::serve::edge {

struct JsonMember;

// A JSON value, and the line on which it begins. nlohmann's parser is behind this.
struct JsonNode {
  using List = std::vector<JsonNode>;
  using Members = std::vector<JsonMember>;  // in the order of the file

  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Members> value;
  std::size_t line = 0;

  JsonNode();
  JsonNode(const JsonNode& other);
  JsonNode(JsonNode&& other) noexcept;
  JsonNode& operator=(const JsonNode& other);
  JsonNode& operator=(JsonNode&& other) noexcept;
  ~JsonNode();
  template <class Value>
  explicit JsonNode(Value of, std::size_t on_line = 0) : value(std::move(of)), line(on_line) {}

  template <class Value>
  const Value* get() const {
    return std::get_if<Value>(&value);
  }
  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value); }
};

struct JsonMember {
  std::string name;
  JsonNode value;
  std::size_t line = 0;  // of its name
};

// What is wrong with a text that should be JSON.
struct JsonFault {
  std::size_t line = 0;
  std::string path;  // of the value that was being read
  std::string what;
};

// The whole text as one value; faults: it is not JSON, or names something twice.
std::vector<JsonFault> parse_json(std::string_view text, JsonNode& into);

// `functions.network`, `hosting[0].name`.
std::string path_below(std::string_view path, std::string_view name);

std::string json_text(const JsonNode& node, bool indented = true);

}  // namespace larder::serve::edge
