// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// HTTP messages: bytes to views and back (RFC 9110, 9112). Pure functions; views point into the
// bytes that were given, and functions that take text take no notice of the case of field names.
namespace larder::wire::http {

// Fields that the program itself looks for: found once, while a head is parsed.
enum class Name : std::uint8_t {
  kOther,
  kAccept,
  kAcceptEncoding,
  kAcceptRanges,
  kAge,
  kAuthorization,
  kCacheControl,
  kCacheStatus,
  kCdnCacheControl,
  kConnection,
  kContentEncoding,
  kContentLength,
  kContentRange,
  kContentType,
  kCookie,
  kDate,
  kEtag,
  kExpect,
  kExpires,
  kForwarded,
  kHost,
  kHttp2Settings,
  kIfMatch,
  kIfModifiedSince,
  kIfNoneMatch,
  kIfRange,
  kIfUnmodifiedSince,
  kKeepAlive,
  kLastModified,
  kLocation,
  kContentLocation,
  kPragma,
  kProxyAuthenticate,
  kProxyAuthorization,
  kProxyConnection,
  kRange,
  kReferer,
  kRetryAfter,
  kServer,
  kSetCookie,
  kTe,
  kTrailer,
  kTransferEncoding,
  kUpgrade,
  kUserAgent,
  kVary,
  kVia,
  kWarning,
  kXForwardedFor,
  kXForwardedHost,
  kXForwardedProto,
  kXRealIp,
  kCount,
};

Name name_of(std::string_view text) noexcept;  // kOther: none of them
std::string_view text_of(Name name) noexcept;  // as it is usually written: `Cache-Control`
bool equal_names(std::string_view a, std::string_view b) noexcept;  // whatever their case
bool is_token(std::string_view text) noexcept;                      // of RFC 9110, and not empty
bool is_field_value(std::string_view text) noexcept;  // no control character but a tab

struct Field {
  std::string_view name;   // as it was written
  std::string_view value;  // without blanks around it
  Name known = Name::kOther;
};

// The fields of one head, or of its trailer, in their order: views into bytes that others keep.
class Fields {
 public:
  void clear() {
    fields_.clear();
    present_.reset();
  }
  void add(const Field& field) {
    fields_.push_back(field);
    present_.set(static_cast<std::size_t>(field.known));
  }
  // Of the first of that name, where there is one.
  void set_value(Name name, std::string_view value);
  bool has(Name name) const { return present_.test(static_cast<std::size_t>(name)); }
  // Of the first of that name; nothing: there is none.
  std::optional<std::string_view> value(Name name) const;
  std::optional<std::string_view> value(std::string_view name) const;
  std::size_t count(Name name) const;
  // The values of all lines of that name with `, ` between them (RFC 9110, 5.3).
  std::string joined(Name name) const;
  std::string joined(std::string_view name) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }

  // The bytes that all views point into have been copied from `from` to `to`.
  void move_views(const char* from, const char* to);

 private:
  std::vector<Field> fields_;
  std::bitset<static_cast<std::size_t>(Name::kCount)> present_;
};

// Items of a comma-separated list (RFC 9110, 5.6.1): commas in quoted strings do not count, empty
// items are left out.
//
//   for (Items items(value); items.next();) use(items.item());
class Items {
 public:
  explicit Items(std::string_view list, char separator = ',') : rest_(list), by_(separator) {}
  bool next();
  std::string_view item() const { return item_; }  // without blanks around it

 private:
  std::string_view rest_;
  std::string_view item_;
  char by_;
};

// Whether one item of a list of tokens is `token`, whatever its case.
bool lists(std::string_view list, std::string_view token) noexcept;

// Fields as text, each line `Name: value\r\n`: what a head is written from, what an object keeps.
// Names and values must be valid: nobody can make two lines of one.
class FieldLines {
 public:
  FieldLines() = default;
  explicit FieldLines(std::string lines) : text_(std::move(lines)) {}

  void add(std::string_view name, std::string_view value);
  void add(Name name, std::string_view value) { add(text_of(name), value); }
  void add_number(Name name, std::uint64_t value);
  void set(std::string_view name, std::string_view value);  // the only one of its name
  void remove(std::string_view name);
  void clear() { text_.clear(); }
  void reserve(std::size_t bytes) { text_.reserve(bytes); }

  std::string_view text() const { return text_; }
  std::string take() && { return std::move(text_); }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

// Reads lines that FieldLines wrote; views into them.
//
//   for (LineReader lines(text); lines.next();) use(lines.name(), lines.value());
class LineReader {
 public:
  explicit LineReader(std::string_view lines) : rest_(lines) {}
  bool next();
  std::string_view name() const { return name_; }
  std::string_view value() const { return value_; }

 private:
  std::string_view rest_;
  std::string_view name_;
  std::string_view value_;
};

}  // namespace larder::wire::http
