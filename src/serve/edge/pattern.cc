// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace larder::serve::edge {
namespace {

constexpr int kMostGroups = 10;  // $0 to $9

using Groups = std::array<re2::StringPiece, kMostGroups>;

bool is_group(std::string_view text, std::size_t dollar) {
  return dollar + 1 < text.size() && text[dollar + 1] >= '0' && text[dollar + 1] <= '9';
}

// Only what is a group's number is replaced: `$args` and the like are for others to fill in.
std::string with_groups(std::string_view text, const Groups& groups) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '$' || !is_group(text, at)) {
      out += text[at];
      continue;
    }
    const re2::StringPiece& group = groups[static_cast<std::size_t>(text[++at] - '0')];
    out.append(group.data() == nullptr ? "" : group.data(), group.size());
  }
  return out;
}

class Expression final : public Pattern {
 public:
  Expression(std::string_view text, const re2::RE2::Options& options)
      : expression_(re2::StringPiece(text.data(), text.size()), options) {}

  const re2::RE2& get() const { return expression_; }
  bool matches(std::string_view text) const override {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), expression_);
  }
  std::optional<std::string> replace(std::string_view text,
                                     std::string_view replacement) const override {
    Groups groups;
    const int wanted = std::min(kMostGroups, expression_.NumberOfCapturingGroups() + 1);
    const re2::StringPiece whole(text.data(), text.size());
    if (!expression_.Match(whole, 0, text.size(), re2::RE2::UNANCHORED, groups.data(), wanted)) {
      return std::nullopt;
    }
    return with_groups(replacement, groups);
  }

 private:
  const re2::RE2 expression_;
};

// Text between stars: the first begins, the last ends, those between come in their order.
class Wildcard : public Pattern {
 public:
  bool matches(std::string_view text) const override {
    if (pieces_.size() == 1) return text == pieces_.front();
    if (!text.starts_with(pieces_.front())) return false;
    text.remove_prefix(pieces_.front().size());
    if (!text.ends_with(pieces_.back())) return false;
    text.remove_suffix(pieces_.back().size());
    return has_between(text);
  }
  std::optional<std::string> replace(std::string_view text,
                                     std::string_view replacement) const override {
    if (!matches(text)) return std::nullopt;
    Groups groups;
    groups[0] = re2::StringPiece(text.data(), text.size());
    return with_groups(replacement, groups);
  }

  void add(std::string_view piece) { pieces_.emplace_back(piece); }

 private:
  bool has_between(std::string_view text) const {
    for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
      const std::size_t at = text.find(pieces_[i]);
      if (at == std::string_view::npos) return false;
      text.remove_prefix(at + pieces_[i].size());
    }
    return true;
  }

  std::vector<std::string> pieces_;  // one: there is no star
};

base::Result<std::shared_ptr<const Pattern>> parse_expression(std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!text.starts_with('*'));
  if (text.starts_with('*')) text.remove_prefix(1);
  auto made = std::make_shared<Expression>(text, options);
  if (made->get().ok()) return std::shared_ptr<const Pattern>(std::move(made));
  return base::Failure{"not a regular expression: " + std::string(text) + ": " +
                       made->get().error()};
}

std::shared_ptr<const Pattern> parse_wildcard(std::string_view text) {
  auto made = std::make_shared<Wildcard>();
  for (std::size_t star = text.find('*'); star != std::string_view::npos; star = text.find('*')) {
    made->add(text.substr(0, star));
    text.remove_prefix(star + 1);
  }
  made->add(text);
  return made;
}

}  // namespace

base::Result<std::shared_ptr<const Pattern>> Pattern::parse(std::string_view text) {
  if (text.starts_with('~')) return parse_expression(text.substr(1));
  if (!text.starts_with('=')) return parse_wildcard(text);
  auto made = std::make_shared<Wildcard>();
  made->add(text.substr(1));
  return std::shared_ptr<const Pattern>(std::move(made));
}

}  // namespace larder::serve::edge
