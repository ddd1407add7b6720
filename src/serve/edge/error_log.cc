// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/error_log.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/hash.h"
#include "serve/edge/log_time.h"

namespace larder::serve::edge {
namespace {

std::string_view text_of(ErrorLog::Level level) {
  switch (level) {
    case ErrorLog::Level::kInfo: return "info";
    case ErrorLog::Level::kNotice: return "notice";
    case ErrorLog::Level::kWarning: return "warn";
    case ErrorLog::Level::kError: return "error";
    case ErrorLog::Level::kCritical: return "crit";
  }
  return "";
}

// One line, whatever a peer has made us say.
std::string one_line(std::string_view what) {
  constexpr unsigned char kFirstPrintable = 0x20;
  constexpr unsigned char kDelete = 0x7F;
  std::string line(what.substr(0, limits::kMaxErrorLineBytes));
  for (char& c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < kFirstPrintable || byte == kDelete) c = '?';
  }
  return line;
}

}  // namespace

base::Result<std::unique_ptr<ErrorLog>> ErrorLog::open(const std::string& path, Level least) {
  auto writer = LogWriter::open({.path = path.empty() ? "-" : path, .standard = STDERR_FILENO});
  if (!writer) return writer.failure();
  return std::unique_ptr<ErrorLog>(new ErrorLog(*std::move(writer), least));
}

void ErrorLog::write(Level level, std::string_view what, base::UnixMs now) {
  if (level < least_) return;
  std::uint64_t left_out = 0;
  const std::scoped_lock lock(mutex_);
  if (!goes_out(base::keyed_hash(what, static_cast<std::uint64_t>(level)), now, left_out)) return;
  std::string line =
      fmt::format("{} [{}] {}", log_time(now).iso8601, text_of(level), one_line(what));
  if (left_out > 0) line += fmt::format(" (and {} more like it)", left_out);
  line += '\n';
  writer_->push(0, line);
}

// Two texts with one place take it from each other: then more is said.
bool ErrorLog::goes_out(std::uint64_t hash, base::UnixMs now, std::uint64_t& left_out) {
  Repeat& repeat = repeats_[hash % repeats_.size()];
  const bool is_new = repeat.hash != hash || now - repeat.since >= limits::kLogRepeatMs;
  if (is_new) {
    left_out = repeat.hash == hash ? repeat.left_out : 0;
    repeat = {.hash = hash, .since = now};
  }
  if (++repeat.lines <= limits::kLogRepeatLines) return true;
  ++repeat.left_out;
  return false;
}

}  // namespace larder::serve::edge
