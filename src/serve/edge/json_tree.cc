// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/json_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include <nlohmann/json.hpp>

#include "base/limits.h"

namespace larder::serve::edge {

// Here its members are complete.
JsonNode::JsonNode() = default;
JsonNode::JsonNode(const JsonNode& other) = default;
JsonNode::JsonNode(JsonNode&& other) noexcept = default;
JsonNode& JsonNode::operator=(const JsonNode& other) = default;
JsonNode& JsonNode::operator=(JsonNode&& other) noexcept = default;
JsonNode::~JsonNode() = default;
namespace {

using Json = nlohmann::ordered_json;

// ---- lines

// Where the lexer is in the text. It has always read the byte behind a number, which may end the
// line: that one does not count.
class Position {
 public:
  explicit Position(std::string_view whole) : text(whole) {}

  const std::string_view text;
  std::size_t read = 0;

  std::size_t line() {
    const std::size_t behind = read == 0 ? 0 : read - 1;
    lines_ += std::count(text.begin() + static_cast<std::ptrdiff_t>(counted_),
                         text.begin() + static_cast<std::ptrdiff_t>(behind), '\n');
    counted_ = behind;
    return static_cast<std::size_t>(lines_);
  }

 private:
  std::size_t counted_ = 0;
  std::ptrdiff_t lines_ = 1;
};

// What nlohmann reads by: an iterator that tells how far it came.
class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Cursor(Position& position, std::size_t at) : position_(&position), at_(at) {}
  reference operator*() const { return position_->text[at_]; }
  Cursor& operator++() {
    position_->read = ++at_;
    return *this;
  }
  Cursor operator++(int) {
    const Cursor before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Cursor& other) const { return at_ == other.at_; }
  bool operator!=(const Cursor& other) const { return at_ != other.at_; }

 private:
  Position* position_;
  std::size_t at_;
};

// ---- what the parser finds

class Builder : public nlohmann::json_sax<Json> {
 public:
  Builder(Position& position, JsonNode& into, std::vector<JsonFault>& faults)
      : position_(position), root_(into), faults_(faults) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(std::int64_t{value}); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > INT64_MAX) return put(static_cast<double>(value));
    return put(static_cast<std::int64_t>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return put(value); }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(JsonNode::Members{}); }
  bool start_array(std::size_t) override { return open(JsonNode::List{}); }
  bool end_object() override;
  bool end_array() override {
    open_.pop_back();
    return true;
  }
  bool key(string_t& name) override;
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override;

 private:
  template <class Value>
  bool put(Value value) {
    JsonNode& node = place();
    node = JsonNode(std::move(value), position_.line());
    return true;
  }
  template <class Value>
  bool open(Value value) {
    if (open_.size() == limits::kMaxConfigDepth) {
      faults_.push_back({position_.line(), path(), "nested too deeply"});
      return false;
    }
    JsonNode& node = place();
    node = JsonNode(std::move(value), position_.line());
    open_.push_back(&node);
    return true;
  }
  // Where the value belongs that begins here. Nodes of `open_` stay where they are: only the
  // innermost list or object grows.
  JsonNode& place();
  std::string path() const;

  Position& position_;
  JsonNode& root_;
  std::vector<JsonFault>& faults_;
  std::vector<JsonNode*> open_;
};

JsonNode& Builder::place() {
  if (open_.empty()) return root_;
  if (auto* list = std::get_if<JsonNode::List>(&open_.back()->value)) return list->emplace_back();
  return std::get<JsonNode::Members>(open_.back()->value).back().value;
}

bool Builder::key(string_t& name) {
  std::get<JsonNode::Members>(open_.back()->value).push_back({name, {}, position_.line()});
  return true;
}

bool Builder::end_object() {
  auto& members = std::get<JsonNode::Members>(open_.back()->value);
  std::vector<const JsonMember*> sorted;
  for (const JsonMember& member : members) sorted.push_back(&member);
  std::ranges::sort(sorted, [](const JsonMember* a, const JsonMember* b) {
    return a->name != b->name ? a->name < b->name : a < b;  // those of one name as they came
  });
  open_.pop_back();
  const std::string here = path();
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i]->name != sorted[i - 1]->name) continue;
    faults_.push_back(
        {sorted[i]->line, path_below(here, sorted[i]->name),
         fmt::format("is here for the second time; the first is on line {}", sorted[i - 1]->line)});
  }
  return true;
}

std::string Builder::path() const {
  std::string text;
  for (const JsonNode* node : open_) {
    if (const auto* list = node->get<JsonNode::List>()) {
      text += fmt::format("[{}]", list->empty() ? 0 : list->size() - 1);
    } else if (const auto& members = *node->get<JsonNode::Members>(); !members.empty()) {
      text = path_below(text, members.back().name);
    }
  }
  return text;
}

// ---- what is no JSON

// In words that help with what is written by hand; nlohmann's own for all else.
std::string explain(std::string_view text, std::size_t at, std::string_view theirs) {
  const std::string_view rest = text.substr(std::min(at, text.size()));
  const std::size_t before = text.substr(0, std::min(at, text.size())).find_last_not_of(" \t\r\n");
  const char last = before == std::string_view::npos ? '\0' : text[before];
  if (rest.empty()) return "the file ends in the middle of a value";
  if (rest.front() == '/' || rest.front() == '#') return "JSON has no comments";
  if (last == ',' && (rest.front() == '}' || rest.front() == ']')) {
    return fmt::format("a comma in front of the {}", rest.front());
  }
  // Behind `[json.exception.parse_error.101] parse error at line 1, column 2: … - `.
  for (const std::string_view mark : {" - ", "] "}) {
    const std::size_t reason = theirs.find(mark);
    if (reason == std::string_view::npos) continue;
    theirs.remove_prefix(reason + mark.size());
    break;
  }
  return "not JSON: " + std::string(theirs);
}

bool Builder::parse_error(std::size_t position, const std::string&,
                          const nlohmann::detail::exception& error) {
  const std::size_t at = position == 0 ? 0 : position - 1;
  faults_.push_back({position_.line(), path(), explain(position_.text, at, error.what())});
  return false;
}

// ---- text

Json json_of(const JsonNode& node);

struct ToJson {
  Json operator()(std::nullptr_t) const { return nullptr; }
  Json operator()(bool value) const { return value; }
  Json operator()(std::int64_t value) const { return value; }
  Json operator()(double value) const { return value; }
  Json operator()(const std::string& value) const { return value; }
  Json operator()(const JsonNode::List& list) const {
    Json out = Json::array();
    for (const JsonNode& one : list) out.push_back(json_of(one));
    return out;
  }
  Json operator()(const JsonNode::Members& members) const {
    Json out = Json::object();
    for (const JsonMember& one : members) out[one.name] = json_of(one.value);
    return out;
  }
};

Json json_of(const JsonNode& node) { return std::visit(ToJson{}, node.value); }

}  // namespace

std::string path_below(std::string_view path, std::string_view name) {
  return fmt::format("{}{}{}", path, path.empty() ? "" : ".", name);
}

std::vector<JsonFault> parse_json(std::string_view text, JsonNode& into) {
  std::vector<JsonFault> faults;
  Position position(text);
  Builder builder(position, into, faults);
  Json::sax_parse(Cursor(position, 0), Cursor(position, text.size()), &builder);
  return faults;
}

std::string json_text(const JsonNode& node, bool indented) {
  return json_of(node).dump(indented ? 2 : -1);
}

}  // namespace larder::serve::edge
