// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/limits.h"
#include "serve/memcache/session.h"
#include "wire/memcache/base64.h"
#include "wire/memcache/reply.h"
#include "wire/memcache/uri.h"

namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;

namespace {

constexpr cache::UnixMs kMsPerS = 1000;
constexpr std::size_t kMostLineBytes = 3 * limits::kMaxKeyBytes + 256;
using Line = fmt::basic_memory_buffer<char, kMostLineBytes>;

struct Row {
  std::string_view begin;
  std::string_view end;
};
constexpr std::array<Row, 3> kForms = {{
    {wire::kOk, wire::kEnd},
    {wire::kOk, "EN\r\n"},
    {"", wire::kEnd},
}};

void append_encoded(Line& line, std::string_view key) {
  std::array<char, wire::most_uri_bytes(limits::kMaxKeyBytes)> encoded;
  line.append(encoded.data(), wire::encode_uri(encoded.data(), key));
}

// A part of a second that is left is a second.
std::int64_t seconds_of(cache::UnixMs expires) { return (expires + kMsPerS - 1) / kMsPerS; }

void append_metadump(Line& line, std::string_view key, const cache::Found& found,
                     cache::UnixMs now) {
  const bool never = found.expires == cache::kNeverExpires;
  line.append(std::string_view("key="));
  append_encoded(line, key);
  fmt::format_to(fmt::appender(line), " exp={} la={} cas={} fetch={} cls=1 size={} flags={} \n",
                 never ? -1 : seconds_of(found.expires), now / kMsPerS - found.idle_s, found.cas,
                 found.fetched ? "yes" : "no", found.item_bytes, found.flags);
}

void append_mgdump(Line& line, std::string_view key, const cache::Found& found) {
  line.append(std::string_view("mg "));
  if (found.binary_key || !can_be_shown(key)) {
    std::array<char, wire::base64_bytes(limits::kMaxKeyBytes)> encoded;
    const char* const end = wire::encode_base64(encoded.data(), key);
    line.append(encoded.data(), end);
    line.append(std::string_view(" b\r\n"));
  } else {
    line.append(key);
    line.append(wire::kLineEnd);
  }
}

void append_cachedump(Line& line, std::string_view key, const cache::Found& found) {
  const bool never = found.expires == cache::kNeverExpires;
  fmt::format_to(fmt::appender(line), "ITEM {} [{} b; {} s]\r\n", key, found.size,
                 never ? 0 : seconds_of(found.expires));
}

}  // namespace

bool can_be_shown(std::string_view key) {
  return std::ranges::all_of(key, [](char c) { return static_cast<unsigned char>(c) > ' '; });
}

Dump::Dump(cache::Cache& cache, Form form, std::uint64_t limit)
    : cache_(cache),
      form_(form),
      left_(limit != 0 ? limit : std::numeric_limits<std::uint64_t>::max()) {}

std::string_view Dump::end_of(Form form) { return kForms[static_cast<std::size_t>(form)].end; }

Next Dump::go_on(io::Socket& socket) {
  const Row& form = kForms[static_cast<std::size_t>(form_)];
  io::Outbox& outbox = socket.outbox();
  const cache::UnixMs now = socket.loop().now();
  if (!begun_) outbox.append(form.begin);
  begun_ = true;
  const cache::Show show = [&](std::string_view key, const cache::Found& found) {
    if (left_ != 0) append(outbox, key, found, now);
  };
  for (std::size_t steps = 0; steps != limits::kShowsPerTurn; ++steps) {
    if (outbox.full()) return Next::kDrain;
    if (cache_.show(cursor_, show, now) && left_ != 0) continue;
    outbox.append(form.end);
    return Next::kGoOn;
  }
  return Next::kYield;
}

void Dump::append(io::Outbox& outbox, std::string_view key, const cache::Found& found,
                  cache::UnixMs now) {
  if (form_ == Form::kCachedump && !can_be_shown(key)) return;
  Line line;
  switch (form_) {
    case Form::kMetadump: append_metadump(line, key, found, now); break;
    case Form::kMgdump: append_mgdump(line, key, found); break;
    case Form::kCachedump: append_cachedump(line, key, found); break;
  }
  outbox.append({line.data(), line.size()});
  --left_;
}

}  // namespace larder::serve::memcache
