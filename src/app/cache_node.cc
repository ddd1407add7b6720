// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/cache_node.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string_view>
#include <system_error>
#include <utility>

#include "app/listen_address.h"
#include "app/process.h"
#include "app/told_settings.h"
#include "base/clock.h"
#include "base/debug_clock.h"
#include "base/version.h"
#include "cache/tender.h"
#include "serve/memcache/serve.h"

namespace larder::app {
namespace {

using serve::memcache::Authentication;

constexpr std::string_view kTooManyConnections = "ERROR Too many open connections\r\n";

using Open = std::function<base::Status(const io::Address&, const ListenAddress&)>;

base::Status open_host(const ListenAddress& wanted, const Open& open) {
  const auto addresses = io::Address::resolve(wanted.where.host, wanted.where.port);
  if (!addresses) return addresses.failure();
  base::Status last = base::Failure{"no address: " + wanted.where.host};
  std::size_t opened = 0;
  for (const io::Address& address : *addresses) {
    last = open(address, wanted);
    if (last) ++opened;
    // A machine without IPv6 still has an IPv6 wildcard to look up.
    else if (address.family() == AF_INET)
      return last;
  }
  if (opened == 0) return last;
  return base::Done{};
}

// Whatever -l names, with `port` where it names none.
base::Status open_each(const CacheConfig& config, int port, const Open& open) {
  const auto default_port = static_cast<std::uint16_t>(std::max(port, 0));
  const std::vector<std::string> everywhere = {"*"};
  for (const std::string& text : config.listen.empty() ? everywhere : config.listen) {
    const auto wanted = parse_listen_address(text, default_port, config.tls);
    if (!wanted) return wanted.failure();
    if (wanted->where.port == 0 && port == 0) continue;
    if (auto opened = open_host(*wanted, open); !opened) return opened;
  }
  return base::Done{};
}

// For a daemon, which is in another folder when it reads the file again.
std::string absolute_path(const std::string& path) {
  std::error_code failed;
  const auto absolute = std::filesystem::absolute(path, failed);
  return failed ? path : absolute.string();
}

cache::Limits limits_of(const CacheConfig& config) {
  return {.memory_bytes = config.memory_bytes,
          .item_bytes = config.item_bytes,
          .evict = config.evict,
          .delimiter = config.sessions.prefix_delimiter,
          .sticky_bytes = config.sticky_bytes,
          .accounts_prefixes = config.sessions.dialect == serve::memcache::Dialect::kArcus};
}

cache::Cache make_cache(const CacheConfig& config, std::unique_ptr<cache::WarmFile> file) {
  if (file == nullptr) return cache::Cache(limits_of(config));
  return {std::move(file), config.evict, base::unix_now_ms()};
}

}  // namespace

base::Result<std::vector<Entrance>> open_entrances(const CacheConfig& config, io::Tls* tls) {
  std::vector<Entrance> entrances;
  const auto listen = [&](const io::Address& address, serve::memcache::Protocol protocol,
                          const io::TlsTerms& terms) -> base::Status {
    auto listener = io::Listener::open(address, config.backlog, config.unix_mask);
    if (!listener) return listener.failure();
    entrances.push_back({*std::move(listener), protocol, terms});
    return base::Done{};
  };
  if (!config.unix_path.empty()) {
    const auto address = io::Address::unix_path(config.unix_path);
    if (!address) return address.failure();
    if (auto opened = listen(*address, config.sessions.protocol, {}); !opened) {
      return opened.failure();
    }
    return entrances;
  }
  const auto open = [&](const io::Address& address, const ListenAddress& wanted) -> base::Status {
    const auto protocol = wanted.protocol.value_or(config.sessions.protocol);
    if (asks_for_passwords(config) && protocol != config.sessions.protocol) {
      return base::Failure{"an address that clients may use without a password: " +
                           wanted.where.host};
    }
    const io::TlsTerms terms{.tls = wanted.encrypted ? tls : nullptr, .clients = wanted.clients};
    return listen(address, protocol, terms);
  };
  if (auto opened = open_each(config, config.port, open); !opened) return opened.failure();
  if (entrances.empty() && config.udp_port == 0) {
    return base::Failure{"nothing to listen on: neither a TCP port, a UDP port nor a unix socket"};
  }
  return entrances;
}

base::Result<std::vector<io::UdpSocket>> open_udp(const CacheConfig& config) {
  std::vector<io::UdpSocket> sockets;
  if (!config.unix_path.empty() || config.udp_port == 0) return sockets;
  const auto open = [&](const io::Address& address, const ListenAddress&) -> base::Status {
    auto socket = io::UdpSocket::open(address);
    if (!socket) return socket.failure();
    sockets.push_back(*std::move(socket));
    return base::Done{};
  };
  if (auto opened = open_each(config, config.udp_port, open); !opened) return opened.failure();
  return sockets;
}

base::Result<std::unique_ptr<Authentication>> open_authentication(const CacheConfig& config) {
  if (!config.auth_file.empty()) {
    return Authentication::open(Authentication::Protocol::kText, absolute_path(config.auth_file));
  }
  if (!config.sasl) return std::unique_ptr<Authentication>();
  const char* passwords = std::getenv("MEMCACHED_SASL_PWDB");
  if (passwords == nullptr) return Authentication::open_library();
  return Authentication::open(Authentication::Protocol::kBinary, absolute_path(passwords));
}

base::Result<std::unique_ptr<cache::WarmFile>> open_warm_file(const CacheConfig& config) {
  if (config.warm_path.empty()) return std::unique_ptr<cache::WarmFile>();
  constexpr std::uint32_t kNode = 0;
  return cache::WarmFile::open(config.warm_path, limits_of(config), kNode, base::unix_now_ms());
}

CacheNode::CacheNode(const CacheConfig& config, NodeParts& parts)
    : tls_(std::move(parts.tls)),
      authentication_(std::move(parts.authentication)),
      cache_(make_cache(config, std::move(parts.file))),
      node_{.cache = cache_,
            .settings = config.sessions,
            .shut_down = ask_to_stop,
            .tls = tls_.get(),
            .authentication = authentication_.get(),
            .told_settings = told_settings(config),
            .activities = serve::memcache::Activities(config.threads)} {
  node_.verbosity = config.verbosity;
  if (tls_ != nullptr) reloads_.add([this] { return tls_->reload(); });
  if (authentication_ != nullptr) reloads_.add([this] { return authentication_->reload(); });
  cache_.observe_evictions(&node_.eviction_log);
}

base::Result<std::unique_ptr<CacheNode>> CacheNode::start(const CacheConfig& config,
                                                          NodeParts parts) {
  std::unique_ptr<CacheNode> node(new CacheNode(config, parts));
  io::LoopOptions options;
  options.backend = config.io;
  options.idle_ms = config.idle_s * 1000;
  if (base::kIsTestBuild) options.unix_now = base::DebugClock::unix_now_ms;
  auto loops =
      io::Loops::start(config.threads, options, config.connections,
                       config.refuse_connections ? kTooManyConnections : std::string_view());
  if (!loops) return loops.failure();
  node->loops_ = *std::move(loops);
  node->node_.loops = node->loops_.get();
  node->loops_->on_each(
      [&cache = node->cache_](io::Loop& loop) { cache::keep_tended(cache, loop); });
  for (Entrance& entrance : parts.entrances) {
    const auto serve = [shared = &node->node_, protocol = entrance.protocol](io::Socket& socket) {
      return serve::memcache::serve(*shared, socket, protocol);
    };
    node->loops_->serve(std::move(entrance.listener), serve, entrance.terms);
  }
  for (io::UdpSocket& socket : parts.datagrams) {
    auto port = std::make_unique<serve::memcache::UdpPort>(node->node_, std::move(socket),
                                                           config.udp_peers);
    node->loops_->on_first([port = port.get()](io::Loop& loop) { port->open(loop); });
    node->udp_ports_.push_back(std::move(port));
  }
  return node;
}

}  // namespace larder::app
