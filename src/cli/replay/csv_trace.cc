// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/csv_trace.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>

#include "base/decimal.h"

namespace larder::cli::replay {
namespace {

using Column = CsvColumns::Column;

constexpr std::string_view kTwitter = "time,key,key_size,value_size,-,op,ttl";
constexpr double kMaxTimeS = 1e12;  // milliseconds of it are whole numbers in a double

struct ColumnName {
  std::string_view name;
  Column column;
};
constexpr ColumnName kNames[] = {
    {"time", Column::kTime},
    {"key", Column::kKey},
    {"size", Column::kSize},
    {"key_size", Column::kKeySize},
    {"value_size", Column::kValueSize},
    {"ttl", Column::kTtl},
    {"op", Column::kOp},
    {"-", Column::kOther},
};

struct OperationName {
  std::string_view name;
  Operation operation;
};
constexpr OperationName kOperations[] = {
    {"get", Operation::kGet},     {"gets", Operation::kGet},      {"incr", Operation::kGet},
    {"decr", Operation::kGet},    {"set", Operation::kSet},       {"add", Operation::kSet},
    {"replace", Operation::kSet}, {"cas", Operation::kSet},       {"append", Operation::kSet},
    {"prepend", Operation::kSet}, {"delete", Operation::kDelete},
};

// Cuts `text` at the first comma, which goes away. False: there was none, all has been taken.
bool cut(std::string_view& text, std::string_view& field) {
  const std::size_t comma = text.find(',');
  field = text.substr(0, comma);
  text.remove_prefix(std::min(field.size() + 1, text.size()));
  return comma != std::string_view::npos;
}

std::optional<std::int64_t> parse_time_ms(std::string_view text) {
  double seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, seconds);
  const bool sound = seconds >= 0 && seconds <= kMaxTimeS;  // which nan is not
  if (error != std::errc{} || stopped != end || !sound) return std::nullopt;
  return static_cast<std::int64_t>(seconds * 1000);
}

template <class Number>
bool set_number(Number& into, std::string_view text) {
  const auto number = base::parse_decimal<Number>(text);
  into = number.value_or(0);
  return number.has_value();
}

}  // namespace

// ---- columns

base::Result<CsvColumns> CsvColumns::parse(std::string_view text) {
  if (text == "twitter") text = kTwitter;
  const std::string_view whole = text;
  CsvColumns columns;
  bool more = true;
  while (more) {
    std::string_view name;
    more = cut(text, name);
    const auto* const found = std::find_if(std::begin(kNames), std::end(kNames),
                                           [&](const auto& row) { return row.name == name; });
    if (found == std::end(kNames)) {
      return base::Failure{"no column " + std::string(name) +
                           ": there are time, key, size, key_size, value_size, ttl, op and -"};
    }
    const bool again =
        found->column != Column::kOther &&
        std::count(columns.columns_.begin(), columns.columns_.end(), found->column) != 0;
    if (again) return base::Failure{"two columns are " + std::string(name)};
    columns.columns_.push_back(found->column);
  }
  const auto has = [&](Column column) {
    return std::count(columns.columns_.begin(), columns.columns_.end(), column) != 0;
  };
  if (!has(Column::kKey) || has(Column::kSize) == has(Column::kValueSize)) {
    return base::Failure{"columns have a key, and either a size or a value_size: " +
                         std::string(whole)};
  }
  return columns;
}

// ---- lines

struct CsvTrace::Fields {
  std::string_view key;
  std::int64_t time_ms = 0;
  std::optional<std::uint64_t> size;  // of the object
  std::optional<std::uint32_t> key_size;
  std::uint32_t value_size = 0;
  std::uint32_t ttl_s = 0;
  Operation operation = Operation::kGet;
};

base::Result<bool> CsvTrace::next(Request& request) {
  for (;;) {
    auto line = reader_.take_line();
    ++line_;
    if (!line) {
      return base::Failure{"line " + std::to_string(line_) + ": " + line.failure().what};
    }
    if (!*line) return false;
    const std::string_view text = **line;
    if (text.empty() || text.starts_with('#')) continue;
    if (parse(text, request)) return true;
    if (line_ == 1) continue;
    return base::Failure{"line " + std::to_string(line_) + " has not the columns that --columns " +
                         "tells: " + std::string(text.substr(0, 80))};
  }
}

bool CsvTrace::parse(std::string_view line, Request& request) {
  Fields fields;
  for (std::size_t i = 0; i < columns_.count(); ++i) {
    std::string_view field;
    const bool more = cut(line, field);
    if (more != (i + 1 < columns_.count())) return false;
    if (!parse_field(columns_[i], field, fields)) return false;
  }
  if (fields.key.empty()) return false;
  request.operation = fields.operation;
  request.time_ms = fields.time_ms;
  request.key = key_.of_text(fields.key);
  request.ttl_s = fields.ttl_s;
  if (fields.key_size) fields.size = std::uint64_t{*fields.key_size} + fields.value_size;
  request.value_bytes =
      fields.size ? value_bytes_of(*fields.size, request.key.size()) : fields.value_size;
  return true;
}

bool CsvTrace::parse_field(Column column, std::string_view text, Fields& fields) {
  switch (column) {
    case Column::kOther: return true;
    case Column::kKey: fields.key = text; return true;
    case Column::kValueSize: return set_number(fields.value_size, text);
    case Column::kTtl: return set_number(fields.ttl_s, text);
    case Column::kSize: return set_number(fields.size.emplace(), text);
    case Column::kKeySize: return set_number(fields.key_size.emplace(), text);
    case Column::kTime: {
      const auto time_ms = parse_time_ms(text);
      fields.time_ms = time_ms.value_or(0);
      return time_ms.has_value();
    }
    case Column::kOp: {
      const auto* const found = std::find_if(std::begin(kOperations), std::end(kOperations),
                                             [&](const auto& row) { return row.name == text; });
      if (found == std::end(kOperations)) return false;
      fields.operation = found->operation;
      return true;
    }
  }
  return false;
}

}  // namespace larder::cli::replay
