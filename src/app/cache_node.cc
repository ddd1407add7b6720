// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/cache_node.h"

#include <algorithm>

#include "app/host_port.h"
#include "cache/tender.h"
#include "serve/memcache/serve.h"

namespace larder::app {
namespace {

constexpr int kBacklog = 1024;

base::Status listen_on(const io::Address& address, unsigned unix_mask,
                       std::vector<io::Listener>& listeners) {
  auto listener = io::Listener::open(address, kBacklog, unix_mask);
  if (!listener) return listener.failure();
  listeners.push_back(*std::move(listener));
  return base::Done{};
}

base::Status listen_on_host(const HostPort& where, std::vector<io::Listener>& listeners) {
  const auto addresses = io::Address::resolve(where.host, where.port);
  if (!addresses) return addresses.failure();
  base::Status last = base::Failure{"no address: " + where.host};
  std::size_t opened = 0;
  for (const io::Address& address : *addresses) {
    last = listen_on(address, 0, listeners);
    if (last) ++opened;
    // A machine without IPv6 still has an IPv6 wildcard to look up.
    else if (address.family() == AF_INET)
      return last;
  }
  if (opened == 0) return last;
  return base::Done{};
}

}  // namespace

base::Result<std::vector<io::Listener>> open_listeners(const CacheConfig& config) {
  std::vector<io::Listener> listeners;
  if (!config.unix_path.empty()) {
    const auto address = io::Address::unix_path(config.unix_path);
    if (!address) return address.failure();
    if (auto opened = listen_on(*address, config.unix_mask, listeners); !opened) {
      return opened.failure();
    }
    return listeners;
  }
  const auto port = static_cast<std::uint16_t>(std::max(config.port, 0));
  const std::vector<std::string> everywhere = {""};
  for (const std::string& text : config.listen.empty() ? everywhere : config.listen) {
    const auto where = split_host_port(text, port);
    if (!where) return where.failure();
    if (where->port == 0 && config.port == 0) continue;
    if (auto opened = listen_on_host(*where, listeners); !opened) return opened.failure();
  }
  if (listeners.empty()) {
    return base::Failure{"nothing to listen on: neither a TCP port nor a unix socket"};
  }
  return listeners;
}

base::Result<std::unique_ptr<CacheNode>> CacheNode::start(const CacheConfig& config,
                                                          std::vector<io::Listener> listeners) {
  std::unique_ptr<CacheNode> node(new CacheNode({.memory_bytes = config.memory_bytes,
                                                 .item_bytes = config.item_bytes,
                                                 .evict = config.evict}));
  node->node_.verbosity = config.verbosity;
  io::LoopOptions options;
  options.backend = config.io;
  auto loops = io::Loops::start(config.threads, options, config.connections);
  if (!loops) return loops.failure();
  node->loops_ = *std::move(loops);
  node->node_.loops = node->loops_.get();
  node->loops_->on_each(
      [&cache = node->cache_](io::Loop& loop) { cache::keep_tended(cache, loop); });
  for (io::Listener& listener : listeners) {
    node->loops_->serve(std::move(listener), [shared = &node->node_](io::Socket& socket) {
      return serve::memcache::serve(*shared, socket);
    });
  }
  return node;
}

}  // namespace larder::app
