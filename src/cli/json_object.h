// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace larder::cli {

// {"name": value, …}, in the order of the calls.
class JsonObject {
 public:
  JsonObject& add(std::string_view name, std::string_view text);
  JsonObject& add(std::string_view name, const std::string& text);
  JsonObject& add(std::string_view name, std::uint64_t number);
  JsonObject& add(std::string_view name, double number);
  JsonObject& add_bool(std::string_view name, bool value);
  JsonObject& raw(std::string_view name, std::string_view json);  // is JSON already
  std::string text() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

}  // namespace larder::cli
