// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "cache/cache.h"
#include "io/socket.h"

// What watchers read, in memcached's words, without time and number:
//
//   type=item_get key=a status=found clsid=1 cfd=12 size=5
//   type=item_store key=a status=stored cmd=set ttl=0 clsid=1 cfd=12 size=5
//   type=deleted key=a cmd=delete clsid=1 size=5
//   type=eviction key=a fetch=no ttl=-1 la=7 clsid=1 size=5
//   type=conn_new rip=127.0.0.1 rport=41036 transport=tcp cfd=12
//   type=conn_close rip=127.0.0.1 rport=41036 transport=tcp reason=normal cfd=12
namespace larder::serve::memcache {

std::string fetch_line(std::string_view key, const cache::Found& found, int fd);
std::string store_line(std::string_view key, const cache::Put& how, const cache::Stored& stored,
                       cache::UnixMs now, int fd);
// A value that did not come to a put.
std::string refusal_line(std::string_view key, cache::Answer why, std::string_view command, int fd);
std::string deletion_line(std::string_view key, const cache::Found& gone, std::string_view command);
std::string eviction_line(std::string_view key, const cache::Found& gone, cache::UnixMs now);
std::string arrival_line(const io::Socket& socket);
std::string departure_line(const io::Socket& socket, bool is_error);

}  // namespace larder::serve::memcache
