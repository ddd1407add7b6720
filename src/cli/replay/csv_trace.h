// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "cli/replay/byte_source.h"
#include "cli/replay/trace.h"
#include "cli/replay/trace_key.h"

namespace larder::cli::replay {

// What the columns of a CSV trace are.
//
//   time        seconds, fractions allowed
//   key         of the object; text that is no memcached key is hashed
//   size        of the object in bytes: key and value
//   key_size    of the key that the object had; with it the object's size is key_size + value_size
//   value_size
//   ttl         time to live in seconds
//   op          get gets incr decr: a get; set add replace cas append prepend: a set; delete
//   -           anything else
//
// Some parsers' lists have names: twitter is that of github.com/twitter/cache-trace,
// time,key,key_size,value_size,-,op,ttl.
class CsvColumns {
 public:
  enum class Column : std::uint8_t { kOther, kTime, kKey, kSize, kKeySize, kValueSize, kTtl, kOp };

  static base::Result<CsvColumns> parse(std::string_view text);

  std::size_t count() const { return columns_.size(); }
  Column operator[](std::size_t index) const { return columns_[index]; }

 private:
  std::vector<Column> columns_;
};

// Lines of fields parted by commas, without quotes. Empty lines and those that begin with # are
// stepped over, so is a first line that cannot be read: it names the columns.
class CsvTrace final : public Trace {
 public:
  CsvTrace(std::unique_ptr<ByteSource> source, CsvColumns columns)
      : reader_(std::move(source)), columns_(std::move(columns)) {}

  base::Result<bool> next(Request& request) override;
  double share() const override { return reader_.share(); }

 private:
  struct Fields;
  bool parse(std::string_view line, Request& request);
  bool parse_field(CsvColumns::Column column, std::string_view text, Fields& fields);

  ByteReader reader_;
  CsvColumns columns_;
  TraceKey key_;
  std::uint64_t line_ = 0;
};

}  // namespace larder::cli::replay
