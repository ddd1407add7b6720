// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/outbox.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "base/check.h"
#include "base/heap_bytes.h"
#include "base/process_memory.h"

namespace larder::io {
namespace {

OutboxPiece* map_chunk() {
  void* memory = ::mmap(nullptr, limits::kOutboxChunkBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  auto* chunk = new (memory) OutboxPiece;
  chunk->kind = OutboxPiece::Kind::kChunk;
  return chunk;
}

void unmap_chunk(OutboxPiece* chunk) noexcept {
  chunk->~OutboxPiece();
  ::munmap(chunk, limits::kOutboxChunkBytes);
}

}  // namespace

// ---- OutboxPool

OutboxPool::~OutboxPool() {
  unneeded_ = free_count_;
  trim();
}

OutboxPiece* OutboxPool::take_idle() noexcept {
  OutboxPiece* chunk = free_;
  free_ = chunk->next;
  --free_count_;
  return chunk;
}

void OutboxPool::trim() noexcept {
  for (; unneeded_ != 0; --unneeded_) unmap_chunk(take_idle());
  unneeded_ = free_count_;
}

char* OutboxPool::chunk_begin(OutboxPiece* chunk) { return reinterpret_cast<char*>(chunk + 1); }

OutboxPiece* OutboxPool::take_chunk() {
  OutboxPiece* chunk = has_idle() ? take_idle() : map_chunk();
  unneeded_ = std::min(unneeded_, free_count_);
  ++lent_;
  chunk->next = nullptr;
  chunk->data = chunk_begin(chunk);
  chunk->size = 0;
  return chunk;
}

void OutboxPool::give(OutboxPiece* piece) noexcept {
  if (piece->kind != OutboxPiece::Kind::kChunk) {
    --pinned_;
    delete piece;
    return;
  }
  --lent_;
  if (free_count_ == limits::kIdleOutboxChunks) {
    unmap_chunk(piece);
  } else {
    piece->next = free_;
    free_ = piece;
    ++free_count_;
  }
}

OutboxPiece* OutboxPool::make_pinned() {
  ++pinned_;
  return new OutboxPiece;
}

std::size_t OutboxPool::bytes() const {
  return (lent_ + free_count_) * limits::kOutboxChunkBytes +
         pinned_ * base::heap_bytes(sizeof(OutboxPiece));
}

// ---- Outbox

void Outbox::add(OutboxPiece* piece) {
  (last_ == nullptr ? first_ : last_->next) = piece;
  last_ = piece;
}

void Outbox::add_chunk() {
  OutboxPiece* chunk = pool_.take_chunk();
  add(chunk);
  chunk_end_ = OutboxPool::chunk_begin(chunk);
  room_left_ = OutboxPool::kRoomBytes;
}

void Outbox::append_in_pieces(std::string_view bytes) {
  while (!bytes.empty()) {
    char* out = room(1);
    const std::size_t now = std::min<std::size_t>(bytes.size(), room_left_);
    std::memcpy(out, bytes.data(), now);
    appended(now);
    bytes.remove_prefix(now);
  }
}

void Outbox::append_pinned(std::string_view bytes, base::Pin pin) {
  if (!bytes.empty()) add_pinned(bytes, OutboxPiece::Kind::kPinned, std::move(pin));
}

// The memory pages at the ends may hold other things as well, and are copied.
void Outbox::append_frozen(std::string_view bytes, base::Pin pin) {
  const std::string_view whole = base::whole_memory_pages(bytes);
  if (whole.size() < limits::kFrozenBytes) return append_pinned(bytes, std::move(pin));
  const auto before = static_cast<std::size_t>(whole.data() - bytes.data());
  const std::string_view end = bytes.substr(before + whole.size());
  append_pinned(bytes.substr(0, before), {});
  ++frozen_;
  // Sent in order: the last piece's pin holds for those before it.
  if (end.empty()) return add_pinned(whole, OutboxPiece::Kind::kFrozen, std::move(pin));
  add_pinned(whole, OutboxPiece::Kind::kFrozen, {});
  append_pinned(end, std::move(pin));
}

void Outbox::add_pinned(std::string_view bytes, OutboxPiece::Kind kind, base::Pin pin) {
  OutboxPiece* piece = pool_.make_pinned();
  piece->kind = kind;
  piece->data = bytes.data();
  piece->size = bytes.size();
  piece->pin = std::move(pin);
  add(piece);
  unsent_ += bytes.size();
}

std::size_t Outbox::gather(std::span<iovec> into) const {
  std::size_t count = 0;
  for (const OutboxPiece* p = first_; p != nullptr && count < into.size(); p = p->next) {
    if (p->kind == OutboxPiece::Kind::kFrozen && count != 0) break;
    if (p->size != 0) into[count++] = {const_cast<char*>(p->data), p->size};
  }
  return count;
}

std::string_view Outbox::frozen_front() const {
  const OutboxPiece* first = first_;
  while (first != nullptr && first->size == 0) first = first->next;
  if (first == nullptr || first->kind != OutboxPiece::Kind::kFrozen) return {};
  return {first->data, first->size};
}

std::size_t Outbox::copy(std::size_t offset, std::span<char> into) const {
  std::size_t copied = 0;
  for (const OutboxPiece* p = first_; p != nullptr && copied < into.size(); p = p->next) {
    if (offset >= p->size) {
      offset -= p->size;
      continue;
    }
    const std::size_t now = std::min(p->size - offset, into.size() - copied);
    std::memcpy(into.data() + copied, p->data + offset, now);
    copied += now;
    offset = 0;
  }
  return copied;
}

void Outbox::sent(std::size_t bytes) {
  LARDER_CHECK(bytes <= unsent_);
  unsent_ -= bytes;
  while (first_ != nullptr && first_->size <= bytes) {
    bytes -= first_->size;
    OutboxPiece* done = first_;
    first_ = done->next;
    if (first_ == nullptr) last_ = nullptr;
    if (done->kind == OutboxPiece::Kind::kFrozen) --frozen_;
    pool_.give(done);
  }
  if (bytes != 0) {
    first_->data += bytes;
    first_->size -= bytes;
  }
}

void Outbox::clear() {
  while (first_ != nullptr) {
    OutboxPiece* next = first_->next;
    pool_.give(first_);
    first_ = next;
  }
  last_ = nullptr;
  unsent_ = 0;
  frozen_ = 0;
}

}  // namespace larder::io
