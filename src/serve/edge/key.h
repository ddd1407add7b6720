// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/network.h"
#include "serve/edge/at.h"
#include "serve/edge/json_tree.h"
#include "serve/edge/pattern.h"

namespace larder::serve::edge {

struct Key;

// What a key's value may be.
struct Form {
  enum class Kind : std::uint8_t {
    kFlag,
    kInteger,
    kSize,     // bytes, or text: `64k`, `10m`, `4g`
    kSeconds,  // may have a fraction; kept in milliseconds
    kNumber,
    kText,
    kPattern,  // text (serve/edge/pattern.h)
    kNetwork,  // text: `10.0.0.0/8`
    kObject,
  };
  // What is wrong with a text; empty: nothing.
  using Check = std::string (*)(const std::string& text);

  Kind kind = Kind::kText;
  std::int64_t least = 0;  // of numbers; of kSeconds in milliseconds
  std::int64_t most = 0;
  std::vector<std::string> words = {};  // not empty: one of these
  Check check = nullptr;
  bool may_be_null = false;
  bool is_list = false;   // one value may stand by itself
  bool is_named = false;  // an object: names are free, values are of this form
  std::shared_ptr<const std::vector<Key>> keys = {};  // kObject; null: those of the same title
  std::string title = {};  // kObject: what it is called where it is described once for all
};

struct Key {
  std::string name;
  Form form;
  JsonNode initial;  // what holds without it; null: nothing
  std::string meaning;
  bool required = false;
};

// `a whole number from 1 to 100`, for complaints and docs.
std::string describe(const Form& form);

// ---- values. Nothing: a complaint has been made.

std::optional<bool> read_flag(const At& at, const Form& form);
std::optional<std::int64_t> read_integer(const At& at, const Form& form);
std::optional<std::int64_t> read_size(const At& at, const Form& form);
std::optional<std::int64_t> read_seconds(const At& at, const Form& form);
std::optional<double> read_number(const At& at, const Form& form);
std::optional<std::string> read_text(const At& at, const Form& form);
std::optional<std::shared_ptr<const Pattern>> read_pattern(const At& at, const Form& form);
std::optional<io::Network> read_network(const At& at, const Form& form);
std::string size_text(std::int64_t bytes);  // `64m`

// The members of an object; null: it is none, and that has been told.
const JsonNode::Members* read_object(const At& at);
// The key of that name; null: there is none, and that has been told, with the likely right one.
const Key* find_key(const std::vector<Key>& keys, const At& object, const JsonMember& member);
void require_keys(const std::vector<Key>& keys, const At& object);

// The values of a list, or the one value that stands for it.
std::vector<At> items_of(const At& at);

}  // namespace larder::serve::edge
