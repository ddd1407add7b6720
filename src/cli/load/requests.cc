// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/requests.h"

#include <string_view>

#include "base/check.h"
#include "base/decimal.h"
#include "cli/load/values.h"
#include "wire/memcache/reply.h"

namespace larder::cli::load {
namespace {

using wire::memcache::append;
using wire::memcache::kLineEnd;

constexpr std::size_t kSetKeyAt[] = {sizeof "set " - 1, sizeof "ms " - 1};

}  // namespace

// ---- Shape

std::size_t Shape::value_head_bytes(std::uint32_t value_bytes) const {
  char digits[base::kMaxDecimalBytes];
  const auto number = static_cast<std::size_t>(base::write_decimal(digits, value_bytes) - digits);
  if (protocol == Protocol::kText) return 6 + keys.bytes() + 3 + number + 2;
  return 3 + number + (multiget == 1 ? 0 : 2 + keys.bytes()) + 2;
}

std::string Shape::hit_reply(std::uint32_t value_bytes) const {
  const std::string number = std::to_string(value_bytes);
  const std::string key = keys.text(0);
  std::string one;
  if (protocol == Protocol::kHttp) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + number + "\r\n\r\n" +
           std::string(value_bytes, 'x');
  }
  if (protocol == Protocol::kText) {
    one = "VALUE " + key + " 0 " + number + "\r\n";
  } else {
    one = "VA " + number + (multiget == 1 ? "" : " k" + key) + "\r\n";
  }
  one.append(value_bytes, 'x').append(kLineEnd);
  std::string all;
  for (std::uint32_t i = 0; i < multiget; ++i) all += one;
  if (protocol == Protocol::kText) return all + "END\r\n";
  return multiget == 1 ? all : all + "MN\r\n";
}

// ---- Requests

Requests::Requests(const Shape& shape) : shape_(shape) {
  const std::string key = shape.keys.text(0);
  if (shape.protocol == Protocol::kHttp) {
    constexpr std::string_view kBeforeKey = "GET /";
    get_.append(kBeforeKey).append(key).append(" HTTP/1.1\r\n").append(shape.fields);
    get_ += kLineEnd;
    first_key_ = kBeforeKey.size();
    key_stride_ = 0;  // there is one
  } else if (shape.protocol == Protocol::kText) {
    get_ = "get";
    for (std::uint32_t i = 0; i < shape.multiget; ++i) get_ += " " + key;
    get_ += kLineEnd;
    first_key_ = 4;
    key_stride_ = key.size() + 1;
    set_ = "set " + key + " 0 " + std::to_string(shape.ttl_s) + " ";
    set_end_ = kLineEnd;
  } else {
    const char* const flags = !shape.values         ? "\r\n"
                              : shape.multiget == 1 ? " v\r\n"
                                                    : " k v q\r\n";
    const std::string line = "mg " + key + flags;
    for (std::uint32_t i = 0; i < shape.multiget; ++i) get_ += line;
    if (shape.multiget != 1) get_ += "mn\r\n";
    first_key_ = 3;
    key_stride_ = line.size();
    set_ = "ms " + key + " ";
    set_end_ = shape.ttl_s == 0 ? "" : " T" + std::to_string(shape.ttl_s);
    set_end_ += kLineEnd;
  }
}

std::size_t Requests::max_set_bytes() const {
  return set_.size() + base::kMaxDecimalBytes + set_end_.size() + shape_.sizes.max() +
         kLineEnd.size();
}

std::size_t Requests::set_bytes(std::uint32_t key) const {
  char digits[base::kMaxDecimalBytes];
  const std::uint32_t bytes = shape_.sizes.of(key);
  const auto number = static_cast<std::size_t>(base::write_decimal(digits, bytes) - digits);
  return set_.size() + number + set_end_.size() + bytes + kLineEnd.size();
}

char* Requests::write_get(char* out, std::span<const std::uint32_t> keys) const {
  char* end = append(out, get_);
  char* at = out + first_key_;
  for (const std::uint32_t key : keys) {
    shape_.keys.renumber(at, key);
    at += key_stride_;
  }
  return end;
}

char* Requests::write_set(char* out, std::uint32_t key, std::uint64_t version) const {
  LARDER_CHECK(shape_.protocol != Protocol::kHttp);
  const std::uint32_t bytes = shape_.sizes.of(key);
  char* number = append(out, set_);
  shape_.keys.renumber(out + kSetKeyAt[static_cast<std::size_t>(shape_.protocol)], key);
  char* value = append(base::write_decimal(number, bytes), set_end_);
  write_value(value, key, bytes, version);
  return append(value + bytes, kLineEnd);
}

}  // namespace larder::cli::load
