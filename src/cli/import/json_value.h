// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace larder::cli::import {

// JSON that is being written: an object unless something else is put there.
//
//   JsonValue site;
//   site.at("functions.network.http.toHttps") = true;
class JsonValue {
 public:
  using List = std::vector<JsonValue>;
  using Members = std::vector<std::pair<std::string, JsonValue>>;  // in the order of their making

  JsonValue() : value_(Members{}) {}
  JsonValue(bool value) : value_(value) {}                      // NOLINT(*-explicit-constructor)
  JsonValue(std::int64_t value) : value_(value) {}              // NOLINT(*-explicit-constructor)
  JsonValue(double value) : value_(value) {}                    // NOLINT(*-explicit-constructor)
  JsonValue(std::string value) : value_(std::move(value)) {}    // NOLINT(*-explicit-constructor)
  JsonValue(const char* value) : value_(std::string(value)) {}  // NOLINT(*-explicit-constructor)
  JsonValue(List value) : value_(std::move(value)) {}           // NOLINT(*-explicit-constructor)

  // What is at the end of a path of names; made on the way where it is missing.
  JsonValue& at(std::string_view path);
  const JsonValue* find(std::string_view path) const;  // null: nothing is there
  void remove(std::string_view name);                  // of this object
  void push(JsonValue value);                          // at the end of this list

  bool is_empty() const;  // an object or a list of nothing
  std::string text() const;
  const auto& value() const { return value_; }

 private:
  std::variant<bool, std::int64_t, double, std::string, List, Members> value_;
};

}  // namespace larder::cli::import
