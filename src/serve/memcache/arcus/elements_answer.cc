// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/elements_answer.h"

#include "base/decimal.h"
#include "serve/memcache/session.h"
#include "wire/memcache/arcus/reply.h"
#include "wire/memcache/reply.h"

namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;

namespace {

char* write_size(char* out, std::string_view value) {
  out = base::write_decimal(out, value.size());
  *out++ = ' ';
  return out;
}

}  // namespace

// <bytes> <value>
char* write_list_element(char* out, std::string_view entry, std::string_view& value) {
  value = entry;
  return write_size(out, value);
}

char* write_set_element(char* out, std::string_view entry, std::string_view& value) {
  value = cache::Set::value_of(entry);
  return write_size(out, value);
}

// <field> <bytes> <value>
char* write_map_element(char* out, std::string_view entry, std::string_view& value) {
  const cache::Map::Element element = cache::Map::element_of(entry);
  value = element.value;
  out = wire::append(out, element.field);
  *out++ = ' ';
  return write_size(out, value);
}

// <bkey> [<eflag>] <bytes> <value>
char* write_btree_element(char* out, std::string_view entry, std::string_view& value) {
  const cache::BTree::Element element = cache::BTree::element_of(entry);
  value = element.value;
  out = wire::arcus::write_bkey(out, element.bkey);
  *out++ = ' ';
  if (!element.eflag.empty()) {
    out = wire::arcus::write_hex(out, element.eflag);
    *out++ = ' ';
  }
  return write_size(out, value);
}

void append_element(io::Outbox& outbox, WriteElement write, std::string_view entry) {
  std::string_view value;
  char* const out = outbox.room(kElementHeadRoom);
  outbox.appended(static_cast<std::size_t>(write(out, entry, value) - out));
  outbox.append(value);
  outbox.append(wire::kLineEnd);
}

Next append_elements(io::Socket& socket, WriteElement write, std::string_view prefix,
                     cache::Snapshot::Walk& walk) {
  io::Outbox& outbox = socket.outbox();
  for (; !walk.is_done(); walk.step()) {
    if (outbox.full()) return Next::kDrain;
    outbox.append(prefix);
    append_element(outbox, write, walk.entry());
  }
  return Next::kGoOn;
}

Next ElementsAnswer::go_on(io::Socket& socket) {
  const Next next = append_elements(socket, write_, "", walk_);
  if (next == Next::kGoOn) socket.outbox().append(tail_);
  return next;
}

}  // namespace larder::serve::memcache::arcus
