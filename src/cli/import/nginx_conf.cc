// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import/nginx_conf.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace larder::cli::import {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

struct Token {
  enum class Kind { kWord, kSemicolon, kOpen, kClose, kEnd, kBroken };
  Kind kind = Kind::kEnd;
  std::string text = {};
  std::size_t line = 0;
};

// nginx' rules for words: quotes only count at the beginning of one, a backslash takes the next
// letter as it is, `${name}` is a variable and no block.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  Token next() {
    skip_blanks();
    Token token{.line = line_};
    if (at_ == text_.size()) return token;
    switch (text_[at_]) {
      case ';': return punctuation(Token::Kind::kSemicolon);
      case '{': return punctuation(Token::Kind::kOpen);
      case '}': return punctuation(Token::Kind::kClose);
      case '"':
      case '\'': return quoted(text_[at_]);
      default: return word();
    }
  }

 private:
  void skip_blanks() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
      if (at_ == text_.size() || kBlanks.find(text_[at_]) == std::string_view::npos) return;
      if (text_[at_] == '\n') ++line_;
    }
  }
  Token punctuation(Token::Kind kind) {
    ++at_;
    return {.kind = kind, .line = line_};
  }
  void take(std::string& into) {
    if (text_[at_] == '\n') ++line_;
    into += text_[at_++];
  }
  // What a backslash stands for. In front of most letters it stays: it may be of a regular
  // expression.
  void take_escaped(std::string& into) {
    ++at_;
    if (at_ == text_.size()) return into.push_back('\\');
    const std::size_t control = std::string_view("trn").find(text_[at_]);
    const bool plain = std::string_view("\"'\\").find(text_[at_]) != std::string_view::npos;
    if (control != std::string_view::npos) {
      into += "\t\r\n"[control];
      ++at_;
      return;
    }
    if (!plain) into += '\\';
    take(into);
  }
  Token quoted(char quote) {
    Token token{.kind = Token::Kind::kWord, .line = line_};
    for (++at_; at_ < text_.size() && text_[at_] != quote;) {
      text_[at_] == '\\' ? take_escaped(token.text) : take(token.text);
    }
    if (at_ == text_.size())
      return {.kind = Token::Kind::kBroken, .text = "a quote is not closed", .line = token.line};
    ++at_;
    return token;
  }
  Token word() {
    Token token{.kind = Token::Kind::kWord, .line = line_};
    while (at_ < text_.size() && kBlanks.find(text_[at_]) == std::string_view::npos) {
      const char c = text_[at_];
      if (c == ';' || (c == '{' && !token.text.ends_with('$'))) break;
      c == '\\' ? take_escaped(token.text) : take(token.text);
      if (c == '{') take_variable(token.text);
    }
    return token;
  }
  void take_variable(std::string& into) {
    while (at_ < text_.size() && text_[at_] != '}' && text_[at_] != '\n') take(into);
    if (at_ < text_.size() && text_[at_] == '}') take(into);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

class Parser {
 public:
  Parser(std::string_view text, std::vector<Remark>& remarks) : tokens_(text), remarks_(remarks) {}

  // Statements up to the end of the block, or of the file.
  std::vector<Directive> block(std::size_t depth) {
    std::vector<Directive> all;
    while (!is_over_) {
      Token token = tokens_.next();
      if (token.kind == Token::Kind::kWord) {
        if (!statement(std::move(token), depth, all)) break;
      } else if (token.kind == Token::Kind::kSemicolon) {
        complain(token.line, "a semicolon without a directive");
      } else {
        end(token, depth);
        break;
      }
    }
    return all;
  }

 private:
  // False: the block around ends with it.
  bool statement(Token first, std::size_t depth, std::vector<Directive>& all) {
    Directive made{.name = std::move(first.text), .line = first.line};
    Token token = tokens_.next();
    for (; token.kind == Token::Kind::kWord; token = tokens_.next()) {
      made.words.push_back(std::move(token.text));
    }
    made.has_block = token.kind == Token::Kind::kOpen;
    if (made.has_block && depth == limits::kMaxConfigDepth) {
      stop(token, "nested too deeply");
      return false;
    }
    if (made.has_block) made.block = block(depth + 1);
    const bool ends = made.has_block || token.kind == Token::Kind::kSemicolon;
    if (!ends) {
      complain(made.line, fmt::format("\"{}\" does not end with a semicolon", made.name));
      end(token, depth);
    }
    all.push_back(std::move(made));
    return ends;
  }
  void end(const Token& token, std::size_t depth) {
    if (token.kind == Token::Kind::kBroken) return stop(token, token.text);
    if (token.kind == Token::Kind::kOpen) return stop(token, "a { without a directive");
    if (token.kind == Token::Kind::kEnd && depth > 0) return stop(token, "a } is missing");
    if (token.kind == Token::Kind::kClose && depth == 0) return stop(token, "a } too many");
    if (token.kind == Token::Kind::kEnd) is_over_ = true;
  }
  void stop(const Token& token, const std::string& why) {
    complain(token.line, why);
    is_over_ = true;
  }
  void complain(std::size_t line, std::string what) {
    remarks_.push_back({Remark::Weight::kLost, line, std::move(what)});
  }

  Tokens tokens_;
  std::vector<Remark>& remarks_;
  bool is_over_ = false;
};

}  // namespace

std::string Directive::text(std::size_t from) const {
  std::string all;
  for (std::size_t i = from; i < words.size(); ++i) all += (i == from ? "" : " ") + words[i];
  return all;
}

const std::string& Directive::word(std::size_t at) const {
  static const std::string kNone;
  return at < words.size() ? words[at] : kNone;
}

std::vector<Directive> parse_nginx_conf(std::string_view text, std::vector<Remark>& remarks) {
  if (text.size() > limits::kMaxConfigBytes) {
    remarks.push_back({Remark::Weight::kLost, 1, "the file is too long"});
    return {};
  }
  return Parser(text, remarks).block(0);
}

}  // namespace larder::cli::import
