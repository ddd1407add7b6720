// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/edge_node.h"

#include <fmt/format.h>

#include <utility>

#include "app/edge_options.h"
#include "app/host_port.h"
#include "base/clock.h"
#include "base/limits.h"
#include "cache/tender.h"
#include "serve/edge/prepared_policy.h"

namespace larder::app {
namespace {

using serve::edge::AccessLog;
using serve::edge::Config;
using serve::edge::Snapshot;

constexpr int kBacklog = 4096;
constexpr unsigned kUnixMask = 0700;

cache::Limits limits_of(const Config& config) {
  cache::Limits limits;
  limits.memory_bytes = config.memory_bytes;
  limits.item_bytes = limits::kMaxValueBytes;
  return limits;
}

base::Result<io::Address> address_of(const std::string& text) {
  const auto where = split_host_port(text, 0);
  if (!where) return where.failure();
  const auto addresses = io::Address::resolve(where->host, where->port);
  if (!addresses) return addresses.failure();
  return addresses->front();
}

base::Status prepare(std::vector<serve::edge::Site>& sites) {
  for (serve::edge::Site& site : sites) {
    if (auto done = serve::edge::prepare(site.policy); !done) return done;
    for (serve::edge::Rule& rule : site.rules) {
      if (auto done = serve::edge::prepare(rule.policy); !done) return done;
    }
  }
  return base::Done{};
}

}  // namespace

EdgeNode::EdgeNode(EdgeOptions options)
    : options_(std::move(options)),
      cache_(limits_of(options_.config)),
      edge_(cache_, options_.config.threads) {}

EdgeNode::~EdgeNode() { stop(); }

base::Result<std::unique_ptr<EdgeNode>> EdgeNode::start(EdgeOptions options) {
  std::unique_ptr<EdgeNode> node(new EdgeNode(std::move(options)));
  Config& config = node->options_.config;
  if (auto opened = node->open_logs(config); !opened) return opened.failure();
  if (auto opened = node->open_tls(config); !opened) return opened.failure();
  io::LoopOptions loop_options;
  loop_options.backend = node->options_.io;
  auto loops = io::Loops::start(config.threads, loop_options, config.connections);
  if (!loops) return loops.failure();
  node->loops_ = *std::move(loops);
  node->loops_->on_each(
      [&cache = node->cache_](io::Loop& loop) { cache::keep_tended(cache, loop); });
  auto errors = serve::edge::ErrorLog::open(config.error_log);
  if (!errors) return errors.failure();
  node->errors_ = *std::move(errors);
  node->edge_.tell(node->errors_.get());
  node->upstreams_ = std::make_unique<origin::Upstreams>(*node->loops_);
  if (auto opened = node->options_.demo ? node->open_demo() : base::Done{}; !opened) {
    return opened.failure();
  }
  if (auto used = node->use(config); !used) return used.failure();
  if (auto listening = node->listen(); !listening) return listening.failure();
  node->reloads_.add([raw = node.get()] { return raw->reload(); });
  return node;
}

base::Status EdgeNode::open_logs(const Config& config) {
  for (const serve::edge::AccessLogOptions& options : config.logs) {
    if (logs_.contains(options.name)) continue;
    auto log = AccessLog::open(options, options_.config.threads);
    if (!log) return log.failure();
    logs_.emplace(options.name, *std::move(log));
  }
  return base::Done{};
}

// Each that listeners need, with all certificates.
base::Status EdgeNode::open_tls(const Config& config) {
  for (const serve::edge::ListenOptions& wanted : config.listen) {
    std::unique_ptr<io::Tls>& kept = tls_[wanted.terms.http2];
    if (!wanted.encrypted || kept != nullptr) continue;
    std::vector<io::TlsOptions> certificates = config.certificates;
    for (io::TlsOptions& one : certificates) {
      one.alpn = wanted.terms.http2 ? std::vector<std::string>{"h2", "http/1.1"}
                                    : std::vector<std::string>{"http/1.1"};
    }
    auto tls = io::Tls::open(certificates);
    if (!tls) return tls.failure();
    kept = *std::move(tls);
    reloads_.add([raw = kept.get()] { return raw->reload(); });
  }
  return base::Done{};
}

base::Result<io::Address> EdgeNode::listen_on(const io::Address& address, http::Handler& handler,
                                              const http::ServerTerms& terms,
                                              const io::TlsTerms& tls) {
  auto listener = io::Listener::open(address, kBacklog, kUnixMask);
  if (!listener) return listener.failure();
  const io::Address bound = listener->address();
  servers_.push_back(std::make_unique<http::Server>(handler, terms));
  const auto serve = [server = servers_.back().get()](io::Socket& socket) {
    return http::serve(*server, socket);
  };
  loops_->serve(*std::move(listener), serve, tls);
  return bound;
}

io::TlsTerms EdgeNode::tls_terms(const serve::edge::ListenOptions& wanted) const {
  if (!wanted.encrypted) return {};
  return {.tls = tls_.at(wanted.terms.http2).get(),
          .clients = options_.config.certificates.front().clients};
}

base::Status EdgeNode::listen() {
  for (const serve::edge::ListenOptions& wanted : options_.config.listen) {
    const auto address = address_of(wanted.address);
    if (!address) return address.failure();
    const io::TlsTerms terms = tls_terms(wanted);
    doors_.push_back(std::make_unique<serve::edge::Door>(edge_, wanted.default_site));
    const auto bound = listen_on(*address, *doors_.back(), wanted.terms, terms);
    if (!bound) return bound.failure();
    addresses_.push_back(*bound);
  }
  return base::Done{};
}

base::Status EdgeNode::open_demo() {
  const auto any = io::Address::resolve("127.0.0.1", 0);
  if (!any) return any.failure();
  const auto bound = listen_on(any->front(), demo_, {}, {});
  if (!bound) return bound.failure();
  for (origin::UpstreamOptions& upstream : options_.config.upstreams) {
    upstream.servers = {{.address = bound->text()}};
  }
  return base::Done{};
}

// Every loop has the new rules when this returns; requests that have begun keep the old ones.
base::Status EdgeNode::use(Config config) {
  if (auto opened = open_logs(config); !opened) return opened.failure();
  if (auto bound = serve::edge::bind_upstreams(config, *upstreams_); !bound) {
    return bound.failure();
  }
  if (auto prepared = prepare(config.sites); !prepared) return prepared.failure();
  auto snapshot = std::make_shared<Snapshot>(Snapshot{
      .sites = serve::edge::Sites(std::move(config.sites), config.default_site), .logs = {}});
  for (const auto& [name, log] : logs_) snapshot->logs.emplace(name, log.get());
  loops_->on_each([this, snapshot](io::Loop& loop) { edge_.use(loop.number(), snapshot); });
  return base::Done{};
}

base::Status EdgeNode::reload() {
  for (const auto& [name, log] : logs_) log->reopen();
  errors_->reopen();
  if (options_.config_file.empty()) return base::Done{};
  auto config = read_config_file(options_.config_file);
  if (!config) return config.failure();
  return use(*std::move(config));
}

void EdgeNode::stop() {
  if (loops_ == nullptr) return;
  loops_->stop(limits::kShutdownGraceMs);
  // Upstreams go with the last who holds them, and before the loops that they have timers on.
  for (std::size_t number = 0; number < options_.config.threads; ++number)
    edge_.use(number, nullptr);
  upstreams_ = nullptr;
  edge_.stop();
  loops_ = nullptr;
}

}  // namespace larder::app
