// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>

#include "app/cache_config.h"
#include "app/cache_node.h"
#include "app/cache_options.h"
#include "app/dialect_choice.h"
#include "app/edge_node.h"
#include "app/edge_options.h"
#include "app/port_holder.h"
#include "app/process.h"
#include "base/version.h"

namespace larder::app {
namespace {

int complain(const base::Failure& failure, int status) {
  fmt::print(stderr, "larder: {}\n", failure.what);
  return status;
}

constexpr std::string_view kLicense =
    "Copyright 2026 The Larder Authors. Licensed under the Apache License, Version 2.0:\n"
    "https://www.apache.org/licenses/LICENSE-2.0\n";

// Prints what was asked for instead of serving. → whether something was.
bool print_wishes(const base::OptionTable& table, const CacheConfig& config) {
  if (config.wants_help) fmt::print("{}", table.help());
  if (config.wants_man_page) fmt::print("{}", table.man_page());
  if (config.wants_license) fmt::print("{}", kLicense);
  if (config.wants_version) fmt::print("memcached {}\n", version_of(config.sessions.dialect));
  return config.wants_help || config.wants_man_page || config.wants_license || config.wants_version;
}

std::optional<int> take_dialect(const std::vector<std::string>& arguments, CacheConfig& config) {
  const auto dialect = choose_dialect(arguments);
  if (!dialect) return complain(dialect.failure(), kExitOptions);
  config.sessions.dialect = *dialect;
  return std::nullopt;
}

// Nothing: go on and serve. A number: exit with it, everything is said.
std::optional<int> prepare_config(const base::OptionTable& table,
                                  const std::vector<std::string>& arguments, CacheConfig& config) {
  std::vector<std::string> notes;
  if (auto read = read_options(table, arguments, config, notes); !read) {
    return complain(read.failure(), kExitOptions);
  }
  if (print_wishes(table, config)) return 0;
  for (const std::string& note : notes) fmt::print(stderr, "larder: {}\n", note);
  return std::nullopt;
}

// Who has the port that we could not have, and what to do about it.
int complain_of_address(const CacheConfig& config, const base::Failure& failure,
                        const std::string& holder) {
  complain(failure, kExitOsError);
  // Another address may have failed, whoever has our port.
  const bool of_port = failure.what.find(fmt::format(":{}: ", config.port)) != std::string::npos;
  if (of_port && !holder.empty()) {
    fmt::print(stderr, "Port {} is taken by {}. Choose another, such as -p {}\n", config.port,
               holder, config.port + 100);
  }
  return kExitOsError;
}

struct Prepared {
  NodeParts parts;
  int status = 0;  // not 0: everything is said, exit with it
};

base::Status raise_limits(const CacheConfig& config) {
  if (auto raised = config.core_dumps ? raise_core_limit() : base::Done{}; !raised) return raised;
  return raise_descriptor_limit(config.connections, config.threads);
}

// All that can go wrong goes wrong here, while there is still a terminal to say so.
Prepared prepare(const CacheConfig& config) {
  Prepared prepared;
  const auto fail = [&prepared](const base::Failure& failure, int status) {
    prepared.status = complain(failure, status);
    return std::move(prepared);
  };
  if (auto good = check(config); !good) return fail(good.failure(), kExitUsage);
  give_freed_memory_back();
  if (auto raised = raise_limits(config); !raised) return fail(raised.failure(), kExitOsError);
  // The key may be root's alone.
  if (config.tls.enabled) {
    auto tls = io::Tls::open(config.tls.options);
    if (!tls) return fail(tls.failure(), kExitUsage);
    prepared.parts.tls = *std::move(tls);
  }
  // Looked up while we may still see the processes of others.
  const std::string holder =
      config.port > 0 ? holder_of_port(static_cast<std::uint16_t>(config.port)) : "";
  if (auto dropped = drop_privileges(config.user); !dropped) {
    return fail(dropped.failure(), config.user.empty() ? kExitUsage : kExitNoUser);
  }
  if (config.core_dumps) stay_dumpable();
  auto authentication = open_authentication(config);
  if (!authentication) return fail(authentication.failure(), kExitOsError);
  prepared.parts.authentication = *std::move(authentication);
  // From here on there are sockets that a signal must find somebody to take away.
  block_signals();
  auto entrances = open_entrances(config, prepared.parts.tls.get());
  if (!entrances) {
    prepared.status = complain_of_address(config, entrances.failure(), holder);
    return prepared;
  }
  prepared.parts.entrances = *std::move(entrances);
  auto datagrams = open_udp(config);
  if (!datagrams) return fail(datagrams.failure(), kExitOsError);
  prepared.parts.datagrams = *std::move(datagrams);
  auto opened = open_warm_file(config);
  if (!opened) return fail(opened.failure(), kExitOsError);
  const auto& file = prepared.parts.file = *std::move(opened);
  if (file != nullptr && !file->loss().empty()) {
    fmt::print(stderr, "larder: {} begins empty: {}\n", config.warm_path, file->loss());
  }
  if (config.daemon) {
    if (auto child = become_daemon(); !child) return fail(child.failure(), kExitOsError);
  }
  return prepared;
}

void tell_of_warm_start(const std::string& path, const cache::Recovered& recovered) {
  if (path.empty()) return;
  fmt::print(stderr, "larder: {} items are back from {}\n", recovered.items, path);
  if (recovered.damaged == 0) return;
  fmt::print(stderr, "larder: damaged and left out: {} items or parts of pages\n",
             recovered.damaged);
}

void wait_for_the_end(const CacheConfig& config, const CacheNode& node) {
  int signal = wait_for_signal();
  for (; signal == SIGHUP; signal = wait_for_signal()) {
    for (const base::Failure& failure : node.reloads().run()) complain(failure, kExitOsError);
  }
  // In memcached's words; every end is graceful here.
  if (signal == SIGUSR1) fmt::print(stderr, "Gracefully stopping\n");
  if (signal != SIGUSR1 && config.verbosity > 0) fmt::print(stderr, "Exiting normally\n");
}

// Where it serves.
struct Places {
  std::vector<io::Address> streams;
  std::vector<io::Address> datagrams;
};

using Announce = std::function<void(const Places&, std::string_view backend)>;

int serve_until_stopped(const CacheConfig& config, const Announce& announce) {
  Prepared prepared = prepare(config);
  if (prepared.status != 0) return prepared.status;
  Places places;
  for (const Entrance& one : prepared.parts.entrances) {
    places.streams.push_back(one.listener.address());
  }
  for (const io::UdpSocket& one : prepared.parts.datagrams) {
    places.datagrams.push_back(one.address());
  }
  auto node = CacheNode::start(config, std::move(prepared.parts));
  if (!node) return complain(node.failure(), kExitOsError);
  tell_of_warm_start(config.warm_path, (*node)->recovered());
  if (auto locked = config.lock_memory ? lock_memory() : base::Done{}; !locked) {
    complain(base::Failure{"warning: " + locked.failure().what}, kExitOsError);
  }
  if (auto written = write_port_file(places.streams, places.datagrams); !written) {
    return complain(written.failure(), kExitOsError);
  }
  if (auto written = write_pid_file(config.pid_file); !written) {
    complain(written.failure(), kExitOsError);  // and serve all the same, as memcached does
  }
  announce(places, (*node)->backend_name());
  wait_for_the_end(config, **node);
  (*node)->stop();
  if (!config.pid_file.empty()) std::remove(config.pid_file.c_str());
  if ((*node)->is_slow_to_free()) {
    [[maybe_unused]] CacheNode* const left_to_the_system = node->release();
  }
  return 0;
}

std::string joined(const Places& places) {
  std::string text;
  const auto add = [&text](const std::string& what) { text += (text.empty() ? "" : " ") + what; };
  for (const io::Address& address : places.streams) add(address.text());
  for (const io::Address& address : places.datagrams) add("udp " + address.text());
  return text;
}

}  // namespace

// ---- larder cache

int run_cache(const std::string& called_as, const std::vector<std::string>& arguments) {
  CacheConfig config;
  if (const auto failed = take_dialect(arguments, config)) return *failed;
  const base::OptionTable table =
      cache_options(called_as, "a cache node that speaks memcached's protocols", config);
  if (const auto done = prepare_config(table, arguments, config)) return *done;
  return serve_until_stopped(config, [&config](const Places& places, std::string_view backend) {
    if (config.verbosity == 0) return;
    fmt::print(stderr, "larder: cache on {} by {}, {} threads, {} MB\n", joined(places), backend,
               config.threads, config.memory_bytes / limits::MiB);
  });
}

// ---- larder serve

namespace {

void print_try(const io::Address& first) {
  constexpr std::string_view kTalk = "set hello 0 0 5\\r\\nworld\\r\\nget hello\\r\\nquit\\r\\n";
  if (first.is_unix()) {
    fmt::print("Try it from another terminal:\n  printf '{}' | nc -U {}\n", kTalk, first.path());
  } else {
    // Bash alone can do it: a bare machine has no nc.
    fmt::print(
        "Try it from another bash:\n  exec 3<>/dev/tcp/{}/{}\n  printf '{}' >&3\n  cat <&3\n",
        first.host(), first.port(), kTalk);
  }
}

// Before an origin of its own. Null, and said why: its port is taken.
std::unique_ptr<EdgeNode> start_demo_edge(io::BackendKind io) {
  EdgeWishes wishes;
  wishes.origins = {"demo:80"};
  wishes.threads = 1;
  auto config = config_of(wishes);
  LARDER_CHECK(config);
  auto edge = EdgeNode::start({.config = *std::move(config), .io = io, .demo = true});
  if (edge) return *std::move(edge);
  complain(base::Failure{"there is no edge: " + edge.failure().what}, 0);
  return nullptr;
}

void print_edge(const EdgeNode& edge) {
  const io::Address& at = edge.addresses().front();
  fmt::print(
      "  edge (HTTP)        {}  before a demo origin\n"
      "Ask it twice, and see in Cache-Status how a miss becomes a hit:\n"
      "  exec 3<>/dev/tcp/{}/{}\n"
      "  printf 'GET / HTTP/1.1\\r\\nHost: demo\\r\\nConnection: close\\r\\n\\r\\n' >&3\n"
      "  cat <&3\n",
      at.text(), at.host(), at.port());
}

void print_welcome(const Places& places, std::string_view backend, const EdgeNode* edge) {
  fmt::print("Larder {} serves\n  cache (memcached)  {}  by {}\n", base::kVersion, joined(places),
             backend);
  if (!places.streams.empty()) print_try(places.streams.front());
  if (edge != nullptr) print_edge(*edge);
  fmt::print("Stop it with Ctrl-C.\n");
  std::fflush(stdout);
}

}  // namespace

int run_serve(const std::vector<std::string>& arguments) {
  CacheConfig config;
  if (const auto failed = take_dialect(arguments, config)) return *failed;
  const base::OptionTable table = cache_options(
      "larder serve", "every role of Larder, on loopback unless -l says otherwise", config);
  if (const auto done = prepare_config(table, arguments, config)) return *done;
  if (config.listen.empty()) config.listen = {"127.0.0.1"};
  std::unique_ptr<EdgeNode> edge;
  return serve_until_stopped(config, [&](const Places& places, std::string_view backend) {
    edge = start_demo_edge(config.io);
    print_welcome(places, backend, edge.get());
  });
}

}  // namespace larder::app
