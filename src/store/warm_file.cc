// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/warm_file.h"

#include <algorithm>
#include <cerrno>
#include <type_traits>

#include "base/hash.h"
#include "base/limits.h"
#include "store/program_order.h"
#include "store/shard_count.h"

namespace larder::store {
namespace {

constexpr std::array<char, 8> kMagic = {'l', 'a', 'r', 'd', 'e', 'r', '-', 'e'};
constexpr std::uint64_t kLayout = 3;
constexpr std::size_t kHeadBytes = 4 * limits::KiB;

template <class T>
std::uint64_t hash_of(const T& bytes, std::uint64_t seed) {
  static_assert(std::has_unique_object_representations_v<T>);
  return base::keyed_hash({reinterpret_cast<const char*>(&bytes), sizeof bytes}, seed);
}

constexpr std::size_t round_up(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

// ---- records

std::uint64_t WarmShardRecord::Copy::sum() const noexcept { return hash_of(shard, version); }

const WarmShardRecord::Copy* WarmShardRecord::latest() const noexcept {
  const Copy* latest = nullptr;
  for (const Copy& copy : copies_) {
    if (copy.version == 0 || copy.check != copy.sum()) continue;
    if (latest == nullptr || copy.version > latest->version) latest = &copy;
  }
  return latest;
}

void WarmShardRecord::write(const WarmShard& shard) noexcept {
  const Copy* const before = latest();
  Copy& copy = copies_[before == &copies_[0] ? 1 : 0];
  copy.check = 0;
  keep_program_order();
  copy.version = before == nullptr ? 1 : before->version + 1;
  copy.shard = shard;
  keep_program_order();
  copy.check = copy.sum();
  keep_program_order();
}

std::optional<WarmShard> WarmShardRecord::read() const noexcept {
  const Copy* const copy = latest();
  return copy == nullptr ? std::nullopt : std::optional(copy->shard);
}

// Never 0, which says that it is free.
std::uint64_t WarmPrefixRecord::sum() const noexcept { return hash_of(prefix_, kLayout) | 1; }

void WarmPrefixRecord::write(const WarmPrefix& prefix) noexcept {
  prefix_ = prefix;
  keep_program_order();
  check_ = sum();
  keep_program_order();
}

void WarmPrefixRecord::free() noexcept {
  keep_program_order();
  check_ = 0;
  keep_program_order();
}

std::optional<WarmPrefix> WarmPrefixRecord::read() const noexcept {
  return check_ == sum() ? std::optional(prefix_) : std::nullopt;
}

std::uint32_t WarmPageRecord::sum(std::size_t page, std::uint8_t use) const noexcept {
  const std::array<std::uint64_t, 3> all = {page, order_, std::uint64_t{shard_} << 8 | use};
  return static_cast<std::uint32_t>(hash_of(all, kLayout));
}

void WarmPageRecord::open(std::size_t page, const Place& place) noexcept {
  const auto use = static_cast<std::uint8_t>(place.use);
  shard_ = static_cast<std::uint16_t>(place.shard);
  order_ = place.order;
  check_ = sum(page, use);
  fill(0);
  use_ = use;
  keep_program_order();
}

void WarmPageRecord::fill(std::size_t bytes) noexcept {
  const auto filled = static_cast<std::uint16_t>(bytes);
  keep_program_order();
  filled_ = filled | static_cast<std::uint32_t>(static_cast<std::uint16_t>(~filled)) << 16;
  keep_program_order();
}

void WarmPageRecord::close() noexcept {
  keep_program_order();
  use_ = static_cast<std::uint8_t>(Page::Use::kFree);
  keep_program_order();
}

std::optional<WarmPageRecord::Place> WarmPageRecord::place(std::size_t page) const noexcept {
  const auto use = static_cast<Page::Use>(use_);
  const bool is_log = use == Page::Use::kSmall || use == Page::Use::kMain;
  if (!is_log || check_ != sum(page, use_)) return std::nullopt;
  return Place{shard_, use, order_};
}

std::optional<std::size_t> WarmPageRecord::filled() const noexcept {
  const auto below = static_cast<std::uint16_t>(filled_);
  const auto above = static_cast<std::uint16_t>(~(filled_ >> 16));
  return below == above ? std::optional<std::size_t>(below) : std::nullopt;
}

// ---- the file

struct WarmFile::Head {
  std::array<char, 8> magic = kMagic;
  std::uint64_t layout = kLayout;
  std::uint64_t memory_bytes = 0;
  std::uint64_t item_bytes = 0;
  std::uint64_t delimiter = 0;
  std::uint64_t node = 0;
  std::uint64_t shards = 0;
  std::uint64_t pages = 0;
  // Not of the limits: each file's own.
  std::uint64_t seed = 0;
  UnixMs since = 0;
  std::uint64_t check = 0;

  std::uint64_t sum() const {
    Head copy = *this;
    copy.check = 0;
    return hash_of(copy, kLayout);
  }
  std::size_t prefixes_at() const { return kHeadBytes + shards * sizeof(WarmShardRecord); }
  std::size_t page_records_at() const {
    return prefixes_at() + shards * kPrefixes * sizeof(WarmPrefixRecord);
  }
  std::size_t pages_at() const {
    return round_up(page_records_at() + pages * sizeof(WarmPageRecord), kPageBytes);
  }
  std::size_t bytes() const { return pages_at() + pages * kPageBytes; }
};

namespace {

// Why a file that `found` describes cannot be the one that is wanted; empty: it is.
template <class Head>
std::string difference(const Head& found, const Head& wanted) {
  const auto megabytes = [](std::uint64_t bytes) { return std::to_string(bytes / limits::MiB); };
  if (found.layout == 0) return "it was not finished";
  if (found.layout != wanted.layout) return "it was written by another version";
  if (found.check != found.sum()) return "its head is damaged";
  if (found.memory_bytes != wanted.memory_bytes) {
    return "it was written with -m " + megabytes(found.memory_bytes) + ", not " +
           megabytes(wanted.memory_bytes);
  }
  if (found.item_bytes != wanted.item_bytes) {
    return "it was written with -I " + std::to_string(found.item_bytes) + ", not " +
           std::to_string(wanted.item_bytes);
  }
  if (found.delimiter != wanted.delimiter) {
    return std::string("it was written with -D ") + static_cast<char>(found.delimiter) + ", not " +
           static_cast<char>(wanted.delimiter);
  }
  const bool same =
      found.node == wanted.node && found.shards == wanted.shards && found.pages == wanted.pages;
  return same ? "" : "it was written with other options";
}

}  // namespace

base::Result<std::unique_ptr<WarmFile>> WarmFile::open(const std::string& path,
                                                       const Limits& limits, std::uint32_t node,
                                                       UnixMs now) {
  auto file = base::ExclusiveFile::open(path);
  if (!file) return file.failure();
  std::unique_ptr<WarmFile> opened(new WarmFile(*std::move(file)));
  Head wanted;
  wanted.memory_bytes = limits.memory_bytes;
  wanted.item_bytes = limits.item_bytes;
  wanted.delimiter = static_cast<unsigned char>(limits.delimiter);
  wanted.node = node;
  wanted.shards = shards_for(limits.memory_bytes);
  wanted.pages = limits.memory_bytes / kPageBytes + 1 + limits::kWarmSparePages;
  wanted.seed = base::random_seed();
  wanted.since = PackedStamp::frame_since(now);
  wanted.check = wanted.sum();
  if (auto ready = opened->reuse_or_begin(path, wanted); !ready) return ready.failure();
  return opened;
}

base::Status WarmFile::reuse_or_begin(const std::string& path, const Head& wanted) {
  const std::size_t size = file_.size();
  if (size == 0) return begin(path, wanted);
  Head found;
  found.layout = 0;  // of a file that ends before it
  const std::size_t got = file_.read(&found, sizeof found);
  if (got < sizeof found.magic || found.magic != kMagic) {
    return base::Failure{path + " was not written by larder -e; remove it, or name another file"};
  }
  loss_ = difference(found, wanted);
  if (loss_.empty() && size != wanted.bytes()) loss_ = "it was cut";
  if (!loss_.empty()) return begin(path, wanted);
  if (auto reserved = reserve(path, found); !reserved) return reserved;
  if (!map_records(found)) return base::system_failure("mapping " + path, errno);
  for (std::size_t number = 0; number < shards(); ++number) {
    if (!is_damaged(number)) continue;
    loss_ = "its records are damaged";
    return begin(path, wanted);
  }
  return base::Done{};
}

base::Status WarmFile::reserve(const std::string& path, const Head& head) {
  if (file_.reserve(head.bytes())) return base::Done{};
  const std::string wanted = "reserving " + std::to_string(head.bytes()) + " bytes for " + path;
  return base::system_failure(wanted, errno);
}

// Of what it held before the head says that there is nothing from the first store on, and that
// there is something with the last; what lies in free pages does not matter.
base::Status WarmFile::begin(const std::string& path, const Head& wanted) {
  if (auto reserved = reserve(path, wanted); !reserved) return reserved;
  const auto failed = [&path] { return base::system_failure("writing to " + path, errno); };
  records_ = MappedArray<std::byte>();
  Head none;
  none.layout = 0;
  if (!file_.write(&none, sizeof none) || !file_.resize(wanted.bytes())) return failed();
  if (!map_records(wanted)) return failed();
  std::fill(records_.data() + kHeadBytes, records_.data() + records_.size(), std::byte{});
  for (std::size_t number = 0; number < wanted.shards; ++number) {
    auto* records = reinterpret_cast<WarmShardRecord*>(records_.data() + kHeadBytes);
    records[number].write({});
  }
  if (!file_.write(&wanted, sizeof wanted)) return failed();
  return base::Done{};
}

bool WarmFile::map_records(const Head& head) {
  records_ = MappedArray<std::byte>(head.pages_at(), file_.descriptor(), 0);
  return records_ && records_.populate(0, records_.size());
}

bool WarmFile::is_damaged(std::size_t number) const {
  return !shard(number).read() ||
         std::ranges::any_of(prefixes(number), [](const WarmPrefixRecord& record) {
           return !record.is_free() && !record.read();
         });
}

const WarmFile::Head& WarmFile::head() const {
  return *reinterpret_cast<const Head*>(records_.data());
}
std::size_t WarmFile::memory_bytes() const { return head().memory_bytes; }
std::size_t WarmFile::item_bytes() const { return head().item_bytes; }
char WarmFile::delimiter() const { return static_cast<char>(head().delimiter); }
std::uint64_t WarmFile::seed() const { return head().seed; }
StampFrame WarmFile::frame() const {
  return {.node = static_cast<std::uint32_t>(head().node), .since = head().since};
}
std::size_t WarmFile::shards() const { return head().shards; }
std::size_t WarmFile::pages() const { return head().pages; }

WarmShardRecord& WarmFile::shard(std::size_t number) const {
  return reinterpret_cast<WarmShardRecord*>(records_.data() + kHeadBytes)[number];
}

std::span<WarmPrefixRecord> WarmFile::prefixes(std::size_t shard) const {
  auto* const records = reinterpret_cast<WarmPrefixRecord*>(records_.data() + head().prefixes_at());
  return {records + shard * kPrefixes, kPrefixes};
}

WarmPageRecord& WarmFile::page(std::size_t number) const {
  std::byte* const records = records_.data() + head().page_records_at();
  return reinterpret_cast<WarmPageRecord*>(records)[number];
}

MappedArray<std::byte> WarmFile::map_pages() const {
  return MappedArray<std::byte>(head().pages * kPageBytes, file_.descriptor(), head().pages_at());
}

}  // namespace larder::store
