// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "serve/edge/config.h"
#include "serve/edge/env_keys.h"

// What the tables of keys say about themselves.
namespace larder::serve::edge {
namespace {

constexpr double kMsPerSecond = 1000;

// ---- titles

// Forms that are described once, in the order in which they come first.
void collect_titled(const Form& form, std::vector<Form>& titled) {
  if (form.kind != Form::Kind::kObject || form.keys == nullptr) return;
  if (!form.title.empty()) {
    const bool known = std::any_of(titled.begin(), titled.end(),
                                   [&](const Form& one) { return one.title == form.title; });
    if (known) return;
    titled.push_back({.kind = form.kind, .keys = form.keys, .title = form.title});
  }
  for (const Key& key : *form.keys) collect_titled(key.form, titled);
}

std::vector<Form> titled_forms() {
  std::vector<Form> titled;
  collect_titled(config_shape().form(), titled);
  return titled;
}

// ---- JSON Schema

JsonNode text_node(std::string text) { return JsonNode(std::move(text)); }

JsonNode object_node(std::vector<std::pair<std::string, JsonNode>> members) {
  JsonNode::Members out;
  for (auto& [name, value] : members) out.push_back({std::move(name), std::move(value)});
  return JsonNode(std::move(out));
}

void put(JsonNode& object, std::string name, JsonNode value) {
  std::get<JsonNode::Members>(object.value).push_back({std::move(name), std::move(value)});
}

JsonNode list_node(std::initializer_list<JsonNode> items) {
  return JsonNode(JsonNode::List(items));
}

JsonNode schema_of(const Form& form);

JsonNode keys_schema(const Form& form) {
  JsonNode::Members properties;
  JsonNode::List required;
  for (const Key& key : *form.keys) {
    JsonNode schema = schema_of(key.form);
    if (!key.meaning.empty()) put(schema, "description", text_node(key.meaning));
    if (!key.initial.is_null()) put(schema, "default", key.initial);
    properties.push_back({key.name, std::move(schema)});
    if (key.required) required.push_back(text_node(key.name));
  }
  JsonNode schema = object_node({{"type", text_node("object")},
                                 {"properties", JsonNode(std::move(properties))},
                                 {"additionalProperties", JsonNode(false)}});
  if (!required.empty()) put(schema, "required", JsonNode(std::move(required)));
  return schema;
}

JsonNode range_schema(const char* type, JsonNode least, JsonNode most) {
  return object_node(
      {{"type", text_node(type)}, {"minimum", std::move(least)}, {"maximum", std::move(most)}});
}

JsonNode size_schema(const Form& form) {
  return object_node(
      {{"anyOf", list_node({range_schema("integer", JsonNode(form.least), JsonNode(form.most)),
                            object_node({{"type", text_node("string")},
                                         {"pattern", text_node("^[0-9]+[kKmMgG]?$")}})})}});
}

JsonNode text_schema(const Form& form) {
  JsonNode schema = object_node({{"type", text_node("string")}});
  JsonNode::List words;
  for (const std::string& word : form.words) words.push_back(text_node(word));
  if (!words.empty()) put(schema, "enum", JsonNode(std::move(words)));
  return schema;
}

JsonNode one_schema(const Form& form) {
  switch (form.kind) {
    case Form::Kind::kFlag: return object_node({{"type", text_node("boolean")}});
    case Form::Kind::kInteger:
      return range_schema("integer", JsonNode(form.least), JsonNode(form.most));
    case Form::Kind::kNumber:
      return range_schema("number", JsonNode(form.least), JsonNode(form.most));
    case Form::Kind::kSeconds:
      return range_schema("number", JsonNode(static_cast<double>(form.least) / kMsPerSecond),
                          JsonNode(static_cast<double>(form.most) / kMsPerSecond));
    case Form::Kind::kSize: return size_schema(form);
    case Form::Kind::kText:
    case Form::Kind::kPattern:
    case Form::Kind::kNetwork: return text_schema(form);
    case Form::Kind::kObject: break;
  }
  if (form.title.empty()) return keys_schema(form);
  return object_node({{"$ref", text_node("#/$defs/" + form.title)}});
}

JsonNode schema_of(const Form& form) {
  JsonNode schema = one_schema(form);
  if (form.is_list) {
    const JsonNode list = object_node({{"type", text_node("array")}, {"items", schema}});
    schema = object_node({{"anyOf", list_node({schema, list})}});
  }
  if (form.is_named) {
    schema = object_node({{"type", text_node("object")}, {"additionalProperties", schema}});
  }
  if (form.may_be_null) {
    schema =
        object_node({{"anyOf", list_node({schema, object_node({{"type", text_node("null")}})})}});
  }
  return schema;
}

// ---- Markdown

// A bar would end the cell.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string value_text(const Form& form) {
  if (form.title.empty()) return cell(describe(form));
  return fmt::format("{}[{}](#{})", form.is_list ? "list: " : "", form.title, form.title);
}

std::string initial_text(const Key& key) {
  if (key.required) return "must be there";
  return key.initial.is_null() ? "" : cell("`" + json_text(key.initial, false) + "`");
}

void put_rows(const std::vector<Key>& keys, const std::string& path, std::string& out) {
  for (const Key& key : keys) {
    const std::string here = path_below(path, key.name);
    const bool inline_keys = key.form.keys != nullptr && key.form.title.empty();
    if (!inline_keys || key.form.is_list || key.form.may_be_null) {
      out += fmt::format("| `{}` | {} | {} | {} |\n", here, value_text(key.form), initial_text(key),
                         cell(key.meaning));
    }
    if (inline_keys) put_rows(*key.form.keys, here + (key.form.is_list ? "[]" : ""), out);
  }
}

std::string table_of(const std::vector<Key>& keys) {
  std::string out = "| key | value | without it | meaning |\n|---|---|---|---|\n";
  put_rows(keys, "", out);
  return out;
}

}  // namespace

std::string schema_text() {
  JsonNode schema = keys_schema(config_shape().form());
  auto& members = std::get<JsonNode::Members>(schema.value);
  members.insert(members.begin(),
                 {{"$schema", text_node("https://json-schema.org/draft/2020-12/schema")},
                  {"title", text_node("Larder's edge")}});
  JsonNode::Members definitions;
  for (const Form& form : titled_forms()) definitions.push_back({form.title, keys_schema(form)});
  put(schema, "$defs", JsonNode(std::move(definitions)));
  return json_text(schema) + "\n";
}

std::string key_tables_text() {
  std::string out = table_of(config_shape().keys());
  for (const Form& form : titled_forms()) {
    out += fmt::format("\n### {}\n\n{}", form.title, table_of(*form.keys));
  }
  return out;
}

}  // namespace larder::serve::edge
