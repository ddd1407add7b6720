// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/cache_node.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "app/host_port.h"
#include "cache/tender.h"
#include "serve/memcache/serve.h"

namespace larder::app {
namespace {

using serve::memcache::Authentication;

constexpr int kBacklog = 1024;

base::Status listen_on(const io::Address& address, unsigned unix_mask, const io::TlsTerms& terms,
                       std::vector<Entrance>& entrances) {
  auto listener = io::Listener::open(address, kBacklog, unix_mask);
  if (!listener) return listener.failure();
  entrances.push_back({*std::move(listener), terms});
  return base::Done{};
}

base::Status listen_on_host(const HostPort& where, const io::TlsTerms& terms,
                            std::vector<Entrance>& entrances) {
  const auto addresses = io::Address::resolve(where.host, where.port);
  if (!addresses) return addresses.failure();
  base::Status last = base::Failure{"no address: " + where.host};
  std::size_t opened = 0;
  for (const io::Address& address : *addresses) {
    last = listen_on(address, 0, terms, entrances);
    if (last) ++opened;
    // A machine without IPv6 still has an IPv6 wildcard to look up.
    else if (address.family() == AF_INET)
      return last;
  }
  if (opened == 0) return last;
  return base::Done{};
}

}  // namespace

base::Result<std::vector<Entrance>> open_entrances(const CacheConfig& config, io::Tls* tls) {
  std::vector<Entrance> entrances;
  if (!config.unix_path.empty()) {
    const auto address = io::Address::unix_path(config.unix_path);
    if (!address) return address.failure();
    if (auto opened = listen_on(*address, config.unix_mask, {}, entrances); !opened) {
      return opened.failure();
    }
    return entrances;
  }
  const auto port = static_cast<std::uint16_t>(std::max(config.port, 0));
  const std::vector<std::string> everywhere = {"*"};
  for (const std::string& text : config.listen.empty() ? everywhere : config.listen) {
    const auto spoken = split_tls_prefix(text, config.tls);
    if (!spoken) return spoken.failure();
    const auto where = split_host_port(spoken->address, port);
    if (!where) return where.failure();
    if (where->port == 0 && config.port == 0) continue;
    const io::TlsTerms terms{.tls = spoken->encrypted ? tls : nullptr, .clients = spoken->clients};
    if (auto opened = listen_on_host(*where, terms, entrances); !opened) return opened.failure();
  }
  if (entrances.empty()) {
    return base::Failure{"nothing to listen on: neither a TCP port nor a unix socket"};
  }
  return entrances;
}

base::Result<std::unique_ptr<Authentication>> open_authentication(const CacheConfig& config) {
  // Absolute paths: a daemon that is to read a file again is in another folder.
  if (!config.auth_file.empty()) {
    return Authentication::open(Authentication::Protocol::kText,
                                std::filesystem::absolute(config.auth_file));
  }
  if (!config.sasl) return std::unique_ptr<Authentication>();
  const char* passwords = std::getenv("MEMCACHED_SASL_PWDB");
  if (passwords == nullptr) return Authentication::open_library();
  return Authentication::open(Authentication::Protocol::kBinary,
                              std::filesystem::absolute(passwords));
}

base::Result<std::unique_ptr<CacheNode>> CacheNode::start(
    const CacheConfig& config, std::vector<Entrance> entrances, std::unique_ptr<io::Tls> tls,
    std::unique_ptr<Authentication> authentication) {
  std::unique_ptr<CacheNode> node(new CacheNode(
      {.memory_bytes = config.memory_bytes, .item_bytes = config.item_bytes, .evict = config.evict},
      std::move(tls)));
  node->node_.verbosity = config.verbosity;
  node->authentication_ = std::move(authentication);
  node->node_.authentication = node->authentication_.get();
  io::LoopOptions options;
  options.backend = config.io;
  auto loops = io::Loops::start(config.threads, options, config.connections);
  if (!loops) return loops.failure();
  node->loops_ = *std::move(loops);
  node->node_.loops = node->loops_.get();
  node->loops_->on_each(
      [&cache = node->cache_](io::Loop& loop) { cache::keep_tended(cache, loop); });
  for (Entrance& entrance : entrances) {
    const auto serve = [shared = &node->node_](io::Socket& socket) {
      return serve::memcache::serve(*shared, socket);
    };
    node->loops_->serve(std::move(entrance.listener), serve, entrance.terms);
  }
  return node;
}

}  // namespace larder::app
