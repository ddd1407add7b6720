// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/memcached_conf.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>

namespace larder::app {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";

// Takes the next word off `line`; nothing: there is none before its end, or its comment.
std::optional<std::string> take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  if (line.empty() || line.front() == '#') return std::nullopt;
  std::string word;
  char quote = '\0';
  std::size_t at = 0;
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (quote == '\0' && (c == '#' || kBlanks.find(c) != std::string_view::npos)) break;
    if (c == '\\' && quote != '\'' && at + 1 < line.size()) {
      word += line[++at];
    } else if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else {
      word += c;
    }
  }
  line.remove_prefix(at);
  return word;
}

bool is_left_out(std::string_view first_word) {
  return !first_word.starts_with('-') || first_word.starts_with("-d") ||
         first_word.starts_with("-h");
}

}  // namespace

std::vector<std::string> options_of_conf(std::string_view text) {
  std::vector<std::string> options;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    auto word = take_word(line);
    if (!word || is_left_out(*word)) continue;
    for (; word; word = take_word(line)) options.push_back(*std::move(word));
  }
  return options;
}

base::Result<std::vector<std::string>> read_memcached_conf(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  std::getline(file, text, '\0');  // all of it
  if (!file.is_open() || file.bad()) return base::system_failure("reading " + path, errno);
  return options_of_conf(text);
}

}  // namespace larder::app
