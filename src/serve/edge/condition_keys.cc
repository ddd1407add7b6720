// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "serve/edge/function_keys.h"

// The keys of conditions: what a request is chosen by.
namespace larder::serve::edge {
namespace {

using Conditions = std::vector<Condition>;
using Part = Selector::Part;

std::vector<std::shared_ptr<const Pattern>> read_patterns(const At& at, const Form& form) {
  std::vector<std::shared_ptr<const Pattern>> patterns;
  for (const At& item : items_of(at)) {
    if (auto pattern = read_pattern(item, form)) patterns.push_back(*std::move(pattern));
  }
  return patterns;
}

Form patterns() { return {.kind = Form::Kind::kPattern, .is_list = true}; }

void add_part(Shape<Conditions>& shape, std::string name, Part part, std::string meaning) {
  shape.add({std::move(name), patterns(), {}, std::move(meaning)},
            [part](const At& at, Conditions& into) {
              into.push_back({.of = {.part = part}, .patterns = read_patterns(at, patterns())});
            });
}

// An object: for each name the patterns of its value.
void add_named(Shape<Conditions>& shape, std::string name, Part part, std::string meaning) {
  Form form = patterns();
  form.is_named = true;
  shape.add({std::move(name), form, {}, std::move(meaning)},
            [part](const At& at, Conditions& into) {
              const JsonNode::Members* members = read_object(at);
              if (members == nullptr) return;
              for (const JsonMember& one : *members) {
                into.push_back({.of = {.part = part, .name = one.name},
                                .patterns = read_patterns(at.member(one), patterns())});
              }
            });
}

void add_client(Shape<Conditions>& shape) {
  const Form form{.kind = Form::Kind::kNetwork, .is_list = true};
  shape.add({"client", form, {}, "The client's address is in one of these networks"},
            [form](const At& at, Conditions& into) {
              Condition made{.of = {.part = Part::kClient}};
              for (const At& item : items_of(at)) {
                if (auto network = read_network(item, form)) made.networks.push_back(*network);
              }
              into.push_back(std::move(made));
            });
}

// Of what is none of those in turn: what is.
void read_none_of(const At& at, Conditions& into) {
  Conditions all;
  conditions_shape().read(at, all);
  for (Condition& one : all) {
    one.negated = !one.negated;
    into.push_back(std::move(one));
  }
}

}  // namespace

const Shape<Conditions>& conditions_shape() {
  static const Shape<Conditions> kShape = [] {
    Shape<Conditions> made("conditions");
    add_part(made, "method", Part::kMethod, "The method, as it is written");
    add_part(made, "path", Part::kPath, "The path: decoded, without its query");
    add_named(made, "query", Part::kQuery, "Any parameter of that name; `\"\"`: the whole query");
    add_named(made, "header", Part::kHeader, "Any line of a header");
    add_named(made, "cookie", Part::kCookie, "Any cookie of that name");
    add_client(made);
    const Form same{.kind = Form::Kind::kObject, .title = "conditions"};
    return made.add({"not", same, {}, "None of these holds"}, read_none_of);
  }();
  return kShape;
}

}  // namespace larder::serve::edge
