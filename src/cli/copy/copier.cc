// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/copy/copier.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/decimal.h"
#include "base/limits.h"
#include "wire/memcache/base64.h"

namespace larder::cli::copy {
namespace {

// Keys that text commands can name.
bool is_plain(std::string_view key) {
  return std::ranges::none_of(key, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7f;
  });
}

std::string in_base64(std::string_view key) {
  std::string text(wire::memcache::base64_bytes(key.size()), '\0');
  wire::memcache::encode_base64(text.data(), key);
  return text;
}

// The word at the front of `line`, which is advanced past it.
std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

base::Failure unexpected(std::string_view server, std::string_view line) {
  return base::Failure{"the " + std::string(server) + " said: " + std::string(line)};
}

}  // namespace

Copier::Copier(Options options, Link dump, Link source, Link target)
    : options_(std::move(options)),
      dump_(std::move(dump)),
      source_(std::move(source)),
      target_(std::move(target)) {}

base::Result<Counts> Copier::run(const std::function<void(const Counts&)>& tell) {
  began_ = base::steady_now_ms();
  if (auto begun = begin_dump(); !begun) return begun.failure();
  for (bool more = true; more;) {
    auto gathered = gather();
    if (!gathered) return gathered.failure();
    more = *gathered;
    if (auto copied = copy_batch(); !copied) return copied.failure();
    tell(counts_);
    keep_to_rate();
  }
  return counts_;
}

// ---- what there is

// By hash if it can be had: a walk through lists of use misses items that are moved meanwhile.
base::Status Copier::begin_dump() { return dump_.send("lru_crawler metadump hash\r\n"); }

base::Result<bool> Copier::gather() {
  plain_.clear();
  binary_.clear();
  batch_bytes_ = 0;
  while (!is_full()) {
    const auto line = dump_.read_line();
    if (!line) return line.failure();
    if (*line == "END") return false;
    if (*line == "OK") continue;  // memcached's first line, of late
    if (line->starts_with("key=")) {
      add(*line);
      continue;
    }
    if (!std::exchange(walks_by_hash_, false)) return unexpected("source", *line);
    if (auto sent = dump_.send("lru_crawler metadump all\r\n"); !sent) return sent.failure();
  }
  return true;
}

bool Copier::is_full() const {
  return plain_.size() + binary_.size() >= limits::kCopyBatchKeys ||
         batch_bytes_ >= limits::kCopyBatchBytes;
}

void Copier::add(std::string_view line) {
  ++counts_.named;
  auto item = DumpLine::parse(line);
  if (!item) {
    ++counts_.unreadable;
  } else if (!item->key.starts_with(options_.prefix)) {
    ++counts_.left_out;
  } else {
    batch_bytes_ += item->item_bytes;
    (is_plain(item->key) ? plain_ : binary_).push_back(*std::move(item));
  }
}

// ---- a batch

base::Status Copier::copy_batch() {
  if (plain_.empty() && binary_.empty()) return base::Done{};
  out_.clear();
  if (auto asked = ask_for_batch(); !asked) return asked;
  if (auto read = read_batch(); !read) return read;
  return finish_batch();
}

base::Status Copier::ask_for_batch() {
  std::string request;
  for (const DumpLine& item : binary_) request += "mg " + in_base64(item.key) + " b f v\r\n";
  if (!plain_.empty()) {
    request += "get";
    for (const DumpLine& item : plain_) request += " " + item.key;
    request += "\r\n";
  }
  return source_.send(request);
}

base::Status Copier::read_batch() {
  for (const DumpLine& item : binary_) {
    const auto found = read_value(item);
    if (!found) return found.failure();
    if (!*found) ++counts_.gone;
  }
  return plain_.empty() ? base::Status(base::Done{}) : read_values();
}

base::Result<bool> Copier::read_value(const DumpLine& item) {
  const auto line = source_.read_line();
  if (!line) return line.failure();
  if (*line == "EN") return false;
  std::string_view rest = *line;
  if (take_word(rest) != "VA") {  // it has never heard of meta commands
    ++counts_.unreadable;
    return true;
  }
  const auto bytes = base::parse_decimal<std::size_t>(take_word(rest));
  const std::string flags(rest.substr(std::min<std::size_t>(rest.size(), 1)));  // behind its f
  if (!bytes) return unexpected("source", *line);
  std::string value;
  if (auto read = source_.read(*bytes + 2, value); !read) return read.failure();
  write(item, flags, std::string_view(value).substr(0, *bytes));
  return true;
}

// In the order of the request, without those that are gone.
base::Status Copier::read_values() {
  auto item = plain_.begin();
  std::string value;
  while (true) {
    const auto line = source_.read_line();
    if (!line) return line.failure();
    if (*line == "END") break;
    std::string_view rest = *line;
    const bool is_value = take_word(rest) == "VALUE";
    const std::string_view key = take_word(rest);
    const auto found =
        std::find_if(item, plain_.end(), [&](const DumpLine& one) { return one.key == key; });
    const std::string flags(take_word(rest));
    const auto bytes = base::parse_decimal<std::size_t>(take_word(rest));
    if (!is_value || found == plain_.end() || !bytes) return unexpected("source", *line);
    counts_.gone += static_cast<std::uint64_t>(found - item);
    value.clear();
    if (auto read = source_.read(*bytes + 2, value); !read) return read;
    write(*found, flags, std::string_view(value).substr(0, *bytes));
    item = found + 1;
  }
  counts_.gone += static_cast<std::uint64_t>(plain_.end() - item);
  return base::Done{};
}

void Copier::write(const DumpLine& item, std::string_view flags, std::string_view value) {
  const bool plain = is_plain(item.key);
  out_ += "ms ";
  out_ += plain ? item.key : in_base64(item.key);
  out_ += " " + std::to_string(value.size());
  out_ += plain ? " F" : " b F";
  out_ += flags;
  out_ += " T" + std::to_string(item.expires_s);
  out_ += options_.overwrite ? " q\r\n" : " ME q\r\n";
  out_ += value;
  out_ += "\r\n";
  ++counts_.copied;
  counts_.read_bytes += value.size();
}

// Quiet sets say only what went wrong.
base::Status Copier::finish_batch() {
  out_ += "mn\r\n";
  if (auto sent = target_.send(out_); !sent) return sent;
  while (true) {
    const auto line = target_.read_line();
    if (!line) return line.failure();
    if (*line == "MN") return base::Done{};
    if (*line == "ERROR") return base::Failure{"the target speaks no meta commands"};
    --counts_.copied;
    if (line->starts_with("NS")) {
      ++counts_.kept;
      continue;
    }
    ++counts_.refused;
    if (first_refusal_.empty()) first_refusal_ = *line;
  }
}

void Copier::keep_to_rate() const {
  if (options_.rate_mib <= 0) return;
  const double due_s = static_cast<double>(counts_.read_bytes) / static_cast<double>(limits::MiB) /
                       options_.rate_mib;
  const auto due = began_ + static_cast<base::SteadyMs>(due_s * 1000);
  const base::SteadyMs now = base::steady_now_ms();
  if (due > now) std::this_thread::sleep_for(std::chrono::milliseconds(due - now));
}

}  // namespace larder::cli::copy
