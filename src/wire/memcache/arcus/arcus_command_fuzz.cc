// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Reads its input as a stream of lines, as a session of Arcus does, and holds every answer against
// what command.h promises.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "wire/memcache/arcus/bkey.h"
#include "wire/memcache/arcus/command.h"
#include "wire/memcache/arcus/reply.h"
#include "wire/memcache/arcus/split_list.h"
#include "wire/memcache/line_fuzz.h"

namespace larder::wire::memcache::arcus {
namespace {

constexpr CommandLimits kLimits = {.element_bytes = 1024, .map_elements = 100};

bool is_collection(Verb verb) { return verb >= Verb::kLopCreate && verb <= Verb::kBopSmget; }
bool is_mget(Verb verb) { return verb == Verb::kMget || verb == Verb::kMgets; }
bool is_store(Verb verb) { return verb >= Verb::kSet && verb <= Verb::kCas; }
bool has_list(const Command& command) {
  return is_mget(command.verb) || (is_collection(command.verb) && command.list_count != 0);
}

bool is_same(const base::BkeyRange& a, const base::BkeyRange& b) {
  return a.from == b.from && a.to == b.to;
}

// Of a collection's command.
bool is_same_element(const Command& a, const Command& b) {
  return a.create.has_value() == b.create.has_value() && a.from == b.from && a.to == b.to &&
         a.field == b.field && a.count == b.count && a.offset == b.offset &&
         a.removal == b.removal && is_same(a.range, b.range) && a.eflag == b.eflag &&
         a.eflag_update.has_value() == b.eflag_update.has_value() &&
         a.keeps_value == b.keeps_value && bool(a.filter) == bool(b.filter) &&
         a.returns_trimmed == b.returns_trimmed && a.descending == b.descending && a.mode == b.mode;
}

bool is_same_command(const Command& a, const Command& b) {
  if (a.verb != b.verb || a.fault != b.fault || a.noreply != b.noreply || a.pipe != b.pipe ||
      a.has_block != b.has_block || (a.has_block && a.block_bytes != b.block_bytes)) {
    return false;
  }
  if (a.fault != Fault::kNone) return true;
  return a.key == b.key && a.flags == b.flags && a.exptime == b.exptime && a.number == b.number &&
         a.initial == b.initial && a.list_count == b.list_count &&
         (!is_collection(a.verb) || is_same_element(a, b));
}

void check_filter(const FilterText& text) {
  const base::EflagFilter filter = filter_of(text);
  const std::size_t width = filter.values.front().size();
  LARDER_CHECK(filter.values.size() <= limits::kMaxFilterValues && width != 0);
  LARDER_CHECK(filter.offset + width <= base::Eflag::kMost);
  LARDER_CHECK(!filter.mask_how || filter.mask.size() == width);
  for (const base::ShortBytes& value : filter.values) LARDER_CHECK(value.size() == width);
  // An eflag that does not reach so far is unequal, and nothing else.
  LARDER_CHECK(filter.admits({}) == (filter.compare == base::EflagFilter::Compare::kNotEqual));
}

// What is said of it is read as the same.
void check_bkey(const base::Bkey& bkey) {
  std::array<char, kMaxBkeyText> text{};
  const char* end = write_bkey(text.data(), bkey);
  LARDER_CHECK(end <= text.data() + text.size());
  base::Bkey again;
  LARDER_CHECK(parse_bkey({text.data(), static_cast<std::size_t>(end - text.data())}, again));
  LARDER_CHECK(again == bkey);
}

void check_block(const Command& command) {
  if (!command.has_block) return;
  const bool is_too_large =
      command.fault == Fault::kTooLargeValue || command.fault == Fault::kBadValue;
  LARDER_CHECK(command.fault == Fault::kNone || is_too_large);
  if (is_too_large) return;
  if (has_list(command)) {
    LARDER_CHECK(command.list_count <= limits::kMaxMgetKeys);
    LARDER_CHECK(command.block_bytes + 1 >= 2 * command.list_count - 1);
    LARDER_CHECK(command.block_bytes <=
                 std::uint64_t{command.list_count} * (limits::kMaxArcusKeyBytes + 1));
  } else if (is_store(command.verb)) {
    LARDER_CHECK(command.block_bytes <= kMaxBlockBytes);
  } else {
    LARDER_CHECK(command.block_bytes + 2 <= kLimits.element_bytes);
  }
}

void check_words(const Command& command, std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  LARDER_CHECK((command.fault == Fault::kNoArguments) == words.empty());
  LARDER_CHECK(command.fault != Fault::kTooManyArguments ||
               (command.verb == Verb::kUnknown && words.size() > limits::kMaxArcusWords));
  LARDER_CHECK(!command.noreply || words.back() == "noreply");
  LARDER_CHECK(!command.pipe || (words.back() == "pipe" && is_collection(command.verb)));
}

void check_command(std::string_view line, Command& used) {
  Command command;
  parse_command(line, kLimits, command);
  LARDER_CHECK(command.fault < Fault::kCount);
  LARDER_CHECK(command.verb != Verb::kUnknown || command.fault != Fault::kNone);
  for (const std::string_view part :
       {command.key, command.rest, command.field, command.filter.text}) {
    LARDER_CHECK(is_inside(part, line));
  }
  check_block(command);
  check_words(command, line);
  // What was parsed before makes no difference, and how many blanks there are neither.
  parse_command(line, kLimits, used);
  LARDER_CHECK(is_same_command(command, used));
  std::string plain;
  for (const std::string_view word : words_of(line)) {
    if (!plain.empty()) plain += ' ';
    plain += word;
  }
  Command of_plain;
  parse_command(plain, kLimits, of_plain);
  LARDER_CHECK(is_same_command(command, of_plain));
  if (command.fault != Fault::kNone) return;
  LARDER_CHECK(command.key.size() <= limits::kMaxArcusKeyBytes);
  LARDER_CHECK(command.field.size() <= limits::kMaxFieldBytes);
  if (command.filter) check_filter(command.filter);
  if (command.verb >= Verb::kBopCreate && command.verb <= Verb::kBopSmget) {
    LARDER_CHECK(command.range.from.is_number() == command.range.to.is_number());
    check_bkey(command.range.from);
    check_bkey(command.range.to);
  }
}

// The line as a list of any number of words: what is split, put together again, is the list.
void check_list(std::string_view block) {
  for (std::size_t count = 1; count <= words_of(block).size() + 1; ++count) {
    std::size_t words = 0;
    std::string_view behind = block;
    const bool is_list = split_list(block, count, true, 16, [&](std::string_view word) {
      LARDER_CHECK(!word.empty() && word.size() <= 16 && behind.starts_with(word));
      behind.remove_prefix(std::min(word.size() + 1, behind.size()));
      ++words;
    });
    LARDER_CHECK(!is_list || (words == count && behind.empty()));
  }
}

}  // namespace
}  // namespace larder::wire::memcache::arcus

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::memcache;
  // A copy that ends where the input ends: a read beyond it is a fault, not the fuzzer's bytes.
  const std::vector<char> bytes(data, data + size);
  std::string_view unread(bytes.data(), bytes.size());
  arcus::Command used;
  while (true) {
    const Line line = arcus::take_line(unread);
    check_line(arcus::take_line, line, unread, larder::limits::kMaxArcusLineBytes);
    if (line.state != Line::State::kComplete) return 0;
    arcus::check_command(line.text, used);
    arcus::check_list(line.text);
    unread.remove_prefix(line.consumed);
  }
}
