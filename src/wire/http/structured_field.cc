// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/structured_field.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/decimal.h"
#include "wire/http/octets.h"

namespace larder::wire::http {
namespace {

using Type = StructuredValue::Type;

constexpr std::size_t kMaxIntegerDigits = 15;
constexpr std::size_t kMaxWholeDigits = 12;  // of a decimal
constexpr std::size_t kMaxFractionDigits = 3;

constexpr OctetClass kKeyOctets = [] {
  OctetClass octets = octet_class("_-.*");
  for (unsigned char c = 'A'; c <= 'Z'; ++c) octets[c] = false;
  return octets;
}();
constexpr OctetClass kStructuredTokenOctets = octet_class("!#$%&'*+-.^_`|~:/");
constexpr OctetClass kBase64Octets = octet_class("+/=");

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_printable(char c) { return c >= 0x20 && c <= 0x7e; }
bool is_lower_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

// Reads from the left, as RFC 9651, 4.2 describes it. False: this is no structured field.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool read_dictionary(std::vector<StructuredMember>& members) {
    skip_spaces();
    while (!rest_.empty()) {
      StructuredMember member;
      if (!read_member(member)) return false;
      members.push_back(std::move(member));
      if (!take_separator()) return false;
    }
    return true;
  }

 private:
  // A comma with something behind it, or the end.
  bool take_separator() {
    skip_blanks();
    if (rest_.empty()) return true;
    if (!take(',')) return false;
    skip_blanks();
    return !rest_.empty();
  }

  bool read_member(StructuredMember& member) {
    if (!read_key(member.key)) return false;
    if (!take('=')) {
      member.value.integer = 1;
      return read_parameters();
    }
    return rest_.starts_with('(') ? read_inner_list(member.value) : read_item(member.value);
  }

  bool read_key(std::string_view& key) {
    if (rest_.empty() || (!is_lower(rest_[0]) && rest_[0] != '*')) return false;
    key = take_all(kKeyOctets);
    return true;
  }

  bool read_inner_list(StructuredValue& list) {
    take('(');
    while (true) {
      skip_spaces();
      if (take(')')) break;
      StructuredValue item;
      if (!read_item(item)) return false;
      if (!rest_.starts_with(' ') && !rest_.starts_with(')')) return false;
    }
    list = {.type = Type::kInnerList};
    return read_parameters();
  }

  bool read_item(StructuredValue& item) { return read_bare_item(item) && read_parameters(); }

  bool read_parameters() {
    while (take(';')) {
      skip_spaces();
      std::string_view key;
      StructuredValue value;
      if (!read_key(key)) return false;
      if (take('=') && !read_bare_item(value)) return false;
    }
    return true;
  }

  bool read_bare_item(StructuredValue& item) {
    if (rest_.empty()) return false;
    switch (rest_[0]) {
      case '"': return read_string(item);
      case ':': return read_bytes(item);
      case '?': return read_boolean(item);
      case '@': return read_date(item);
      case '%': return read_display_string(item);
      default: break;
    }
    if (is_digit(rest_[0]) || rest_[0] == '-') return read_number(item);
    return read_token(item);
  }

  bool read_number(StructuredValue& number) {
    const bool negative = take('-');
    const std::string_view whole = take_digits();
    if (whole.empty() || whole.size() > kMaxIntegerDigits) return false;
    if (take('.')) return read_fraction(whole, number);
    const std::int64_t size = *base::parse_decimal<std::int64_t>(whole);
    number = {.type = Type::kInteger, .integer = negative ? -size : size};
    return true;
  }

  bool read_fraction(std::string_view whole, StructuredValue& number) {
    const std::string_view fraction = take_digits();
    number = {.type = Type::kDecimal};
    return whole.size() <= kMaxWholeDigits && !fraction.empty() &&
           fraction.size() <= kMaxFractionDigits;
  }

  bool read_date(StructuredValue& date) {
    take('@');
    if (rest_.empty() || (!is_digit(rest_[0]) && rest_[0] != '-')) return false;
    if (!read_number(date) || date.type != Type::kInteger) return false;
    date.type = Type::kDate;
    return true;
  }

  bool read_string(StructuredValue& string) {
    take('"');
    string = {.type = Type::kString};
    while (!rest_.empty()) {
      if (take('"')) return true;
      if (take('\\') && !rest_.starts_with('"') && !rest_.starts_with('\\')) return false;
      if (!is_printable(rest_[0])) return false;
      string.text += rest_[0];
      rest_.remove_prefix(1);
    }
    return false;
  }

  bool read_token(StructuredValue& token) {
    if (!is_alpha(rest_[0]) && rest_[0] != '*') return false;
    take_all(kStructuredTokenOctets);
    token = {.type = Type::kToken};
    return true;
  }

  bool read_bytes(StructuredValue& bytes) {
    take(':');
    take_all(kBase64Octets);
    bytes = {.type = Type::kBytes};
    return take(':');
  }

  bool read_boolean(StructuredValue& boolean) {
    take('?');
    boolean = {.type = Type::kBoolean, .integer = rest_.starts_with('1') ? 1 : 0};
    return take('0') || take('1');
  }

  // What it says is not looked at further than where it ends.
  bool read_display_string(StructuredValue& string) {
    string = {.type = Type::kDisplayString};
    if (!take('%') || !take('"')) return false;
    while (!rest_.empty()) {
      if (take('"')) return true;
      const bool is_escape = take('%');
      if (is_escape && !take_hex_octet()) return false;
      if (!is_escape && !is_printable(rest_[0])) return false;
      if (!is_escape) rest_.remove_prefix(1);
    }
    return false;
  }

  bool take_hex_octet() {
    if (rest_.size() < 2 || !is_lower_hex(rest_[0]) || !is_lower_hex(rest_[1])) return false;
    rest_.remove_prefix(2);
    return true;
  }

  bool take(char letter) {
    if (!rest_.starts_with(letter)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view take_all(const OctetClass& octets) {
    const char* end = rest_.data() + rest_.size();
    const char* stopped = skip(octets, rest_.data(), end);
    return take_first(static_cast<std::size_t>(stopped - rest_.data()));
  }

  std::string_view take_digits() {
    const auto* stopped = std::ranges::find_if_not(rest_, is_digit);
    return take_first(static_cast<std::size_t>(stopped - rest_.begin()));
  }

  std::string_view take_first(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  void skip_spaces() {
    while (take(' ')) continue;
  }

  void skip_blanks() {
    while (take(' ') || take('\t')) continue;
  }

  std::string_view rest_;
};

// Keys lie where they were read: the last of its kind has the highest address.
bool comes_first(const StructuredMember& a, const StructuredMember& b) {
  return a.key != b.key ? a.key < b.key : a.key.data() > b.key.data();
}

void keep_last_of_each(std::vector<StructuredMember>& members) {
  std::ranges::sort(members, comes_first);
  const auto others = std::ranges::unique(members, {}, &StructuredMember::key);
  members.erase(others.begin(), others.end());
}

}  // namespace

std::optional<std::vector<StructuredMember>> parse_dictionary(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  std::vector<StructuredMember> members;
  if (!Reader(text).read_dictionary(members)) return std::nullopt;
  keep_last_of_each(members);
  return members;
}

}  // namespace larder::wire::http
