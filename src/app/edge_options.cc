// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/edge_options.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

#include "app/option_values.h"
#include "base/limits.h"

namespace larder::app {
namespace {

using base::Done;
using base::Status;
using serve::edge::Config;

constexpr std::size_t kMaxThreads = 256;
constexpr std::size_t kMaxMemoryMb = std::numeric_limits<std::size_t>::max() / limits::MiB;
constexpr std::string_view kDefaultListen = "127.0.0.1:8080";

Judge added_to(std::vector<std::string>& target) {
  return [&target](const std::string& text) -> Status {
    if (text.empty()) return base::refuse_option(text, "an address is expected");
    target.push_back(text);
    return Done{};
  };
}

Judge megabytes_into(std::size_t& bytes) {
  return [&bytes](const std::string& text) -> Status {
    std::size_t megabytes = 0;
    auto set = number_into<std::size_t>(megabytes, 8, kMaxMemoryMb)(text);
    bytes = megabytes * limits::MiB;
    return set;
  };
}

// One site for whatever name is asked for.
void serve_all_from(const std::vector<std::string>& origins, Config& config) {
  origin::UpstreamOptions upstream{.name = "origin", .servers = {}};
  for (const std::string& address : origins) upstream.servers.push_back({.address = address});
  config.upstreams.push_back(std::move(upstream));
  serve::edge::Site site{.name = "default", .aliases = {}, .policy = {}, .rules = {}};
  site.policy.origin.name = "origin";
  config.sites.push_back(std::move(site));
  config.default_site = "default";
}

}  // namespace

base::OptionTable edge_options(EdgeWishes& wishes) {
  base::OptionTable table("larder edge", "an HTTP edge: router, balancer, TLS end point and cache");
  table.add({'\0', "config", "file", "the configuration; SIGHUP reads it again",
             text_into(wishes.config_file)});
  table.add({'l', "listen", "host:port",
             "where to listen; may be given more than once (default 127.0.0.1:8080)",
             added_to(wishes.listen)});
  table.add({'\0', "origin", "host:port",
             "without a configuration: where every request is answered from; more than one take "
             "turns",
             added_to(wishes.origins)});
  table.add({'t', "threads", "num", "loops, a thread each (default 4)",
             number_into<std::size_t>(wishes.threads, 1, kMaxThreads)});
  table.add({'m', "memory-limit", "megabytes", "memory of the cache (default 64)",
             megabytes_into(wishes.memory_bytes)});
  table.add({'\0', "io", "auto|uring|epoll", "which of the kernel's interfaces to use",
             backend_into(wishes.io)});
  table.add({'u', "user", "name", "whom to become, when started by root", text_into(wishes.user)});
  table.add({'P', "pidfile", "file", "write the process id here", text_into(wishes.pid_file)});
  table.add({'h', "help", "", "print this", [&wishes](const std::string&) -> Status {
               wishes.wants_help = true;
               return Done{};
             }});
  return table;
}

base::Result<Config> read_config_file(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return base::system_failure("reading " + file, errno);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  Config config;
  std::string all;
  for (const serve::edge::Complaint& complaint : serve::edge::read_config(text, file, config)) {
    all += (all.empty() ? "" : "\n") + text_of(complaint);
  }
  if (!all.empty()) return base::Failure{std::move(all)};
  return config;
}

base::Result<Config> config_of(const EdgeWishes& wishes) {
  Config config;
  if (!wishes.config_file.empty()) {
    auto read = read_config_file(wishes.config_file);
    if (!read) return read.failure();
    config = *std::move(read);
  } else if (wishes.origins.empty()) {
    return base::Failure{"neither --config nor --origin says what to serve"};
  } else {
    serve_all_from(wishes.origins, config);
  }
  if (!wishes.listen.empty()) config.listen.clear();
  for (const std::string& address : wishes.listen) config.listen.push_back({.address = address});
  if (config.listen.empty()) config.listen.push_back({.address = std::string(kDefaultListen)});
  if (wishes.threads != 0) config.threads = wishes.threads;
  if (wishes.memory_bytes != 0) config.memory_bytes = wishes.memory_bytes;
  return config;
}

}  // namespace larder::app
