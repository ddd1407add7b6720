// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import/translation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "cli/import/vocabulary.h"

namespace larder::cli::import {

const Directive* Level::own(std::string_view name) const {
  const auto found = std::find_if(block->begin(), block->end(),
                                  [&](const Directive& one) { return one.name == name; });
  return found == block->end() ? nullptr : &*found;
}

const Directive* Level::find(std::string_view name) const {
  for (const Level* level = this; level != nullptr; level = level->above) {
    if (const Directive* found = level->own(name)) return found;
  }
  return nullptr;
}

std::vector<const Directive*> Level::all(std::string_view name) const {
  std::vector<const Directive*> found;
  for (const Level* level = this; level != nullptr && found.empty(); level = level->above) {
    for (const Directive& one : *level->block) {
      if (one.name == name) found.push_back(&one);
    }
  }
  return found;
}

void Translation::lose(const Directive& directive, std::string what) {
  remarks.push_back({Remark::Weight::kLost, directive.line, std::move(what)});
}

void Translation::note(const Directive& directive, std::string what) {
  remarks.push_back({Remark::Weight::kNote, directive.line, std::move(what)});
}

void Translation::refuse(const Directive& directive) {
  if (is_known_directive(directive.name)) {
    const std::string words = directive.words.empty() ? "" : " " + directive.text();
    return lose(directive, fmt::format("\"{}{}\" is not translated", directive.name, words));
  }
  std::string text = fmt::format("unknown directive \"{}\"", directive.name);
  const std::string_view likely = nearest_directive(directive.name);
  if (!likely.empty()) text += fmt::format("; did you mean \"{}\"?", likely);
  if (directive.has_block) text += " Its block is left out";
  lose(directive, text);
}

namespace {

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The name at the beginning, behind the $: `host`, `{host}`.
std::string_view name_of(std::string_view text) {
  if (text.starts_with('{')) return text.substr(1, std::min(text.find('}'), text.size()) - 1);
  const auto* end = std::find_if_not(text.begin(), text.end(), is_letter);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

}  // namespace

std::string Translation::variable(const Directive& directive, std::string_view name) {
  const bool is_group = name.size() == 1 && name[0] >= '0' && name[0] <= '9';
  if (name.empty() || is_group) return fmt::format("${}", name);
  if (name == "binary_remote_addr") return "$remote_addr";
  if (has_variable_of(name)) return fmt::format("${{{}}}", name);
  const std::string_view right = is_only_of_nginx(name) ? "" : nearest_variable(name);
  if (right.empty()) {
    lose(directive,
         fmt::format("Larder has no variable \"${}\": nothing is written in its place", name));
    return {};
  }
  lose(directive,
       fmt::format("unknown variable \"${}\"; \"${}\" is written in its place", name, right));
  return fmt::format("${{{}}}", right);
}

std::string Translation::checked(const Directive& directive, std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    out += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.empty()) break;
    const bool braced = text.size() > 1 && text[1] == '{';
    const std::string_view name = name_of(text.substr(1));
    text.remove_prefix(std::min(text.size(), 1 + name.size() + (braced ? 2 : 0)));
    std::string written = variable(directive, name);
    // Without braces where the text goes on with something else than a letter.
    const bool needs_braces = !text.empty() && is_letter(text.front());
    if (written.starts_with("${") && !needs_braces)
      written = "$" + written.substr(2, written.size() - 3);
    out += written;
  }
  return out;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_letter);
}

bool has_variable(std::string_view text) { return text.find('$') != std::string_view::npos; }

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(R"(.^$*+?()[]{}|\)").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

JsonValue number(double value) {
  if (value == std::floor(value)) return static_cast<std::int64_t>(value);
  return value;
}

bool is_size(std::string_view text) {
  if (!text.empty() && std::string_view("kKmMgG").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  constexpr std::size_t kMostDigits = 7;  // with a unit of g still no more than Larder takes
  return !text.empty() && text.size() <= kMostDigits &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace larder::cli::import
