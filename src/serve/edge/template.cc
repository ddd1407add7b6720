// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <utility>

#include "serve/edge/access_log.h"
#include "serve/edge/variables.h"

namespace larder::serve::edge {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_of_name(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

// A variable's name at the front of `rest`, which is behind its `$`, and how much of that it takes.
struct NameAt {
  std::string_view name = {};  // empty: the `$` stands for itself
  std::size_t taken = 0;
};

base::Result<NameAt> name_at(std::string_view rest) {
  if (rest.starts_with('{')) {
    const std::size_t end = rest.find('}');
    if (end == std::string_view::npos) return base::Failure{"${ without a }"};
    return NameAt{rest.substr(1, end - 1), end + 1};
  }
  if (rest.empty() || !is_letter(rest.front())) return NameAt{};
  std::size_t end = 0;
  while (end < rest.size() && is_of_name(rest[end])) ++end;
  return NameAt{rest.substr(0, end), end};
}

}  // namespace

base::Result<Template> Template::parse(std::string_view text) {
  Template whole;
  Part part;
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    part.text += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.empty()) break;
    text.remove_prefix(1);
    const auto name = name_at(text);
    if (!name) return name.failure();
    text.remove_prefix(name->taken);
    if (name->taken == 0) {
      part.text += '$';
      continue;
    }
    auto chosen = choose_variable(name->name);
    if (!chosen) return chosen.failure();
    part.variable = chosen->variable;
    part.argument = std::move(chosen->argument);
    whole.parts_.push_back(std::exchange(part, {}));
  }
  if (!part.text.empty()) whole.parts_.push_back(std::move(part));
  return whole;
}

void Template::append_to(std::string& out, const LogFacts& facts, Escape escape) const {
  for (const Part& part : parts_) {
    out += part.text;
    if (part.variable == nullptr) continue;
    const std::size_t begin = out.size();
    part.variable->append(out, facts, part.argument);
    if (!part.variable->is_plain || out.size() == begin) escape_from(out, begin, escape);
  }
}

bool Template::wants_response_lines() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.variable != nullptr && part.variable->name == kSentField;
  });
}

std::string Template::text(const LogFacts& facts) const {
  std::string out;
  append_to(out, facts);
  return out;
}

}  // namespace larder::serve::edge
