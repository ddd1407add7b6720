// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/floor.h"

#include <csignal>
#include <cstdio>
#include <optional>
#include <string>

#include "base/decimal.h"
#include "base/limits.h"
#include "cli/command_line.h"
#include "cli/load/floor_steps.h"
#include "cli/load/options.h"
#include "io/loops.h"

namespace larder::cli {
namespace {

constexpr int kBacklog = 1024;

struct FloorOptions {
  std::string listen = "127.0.0.1:0";
  std::string io = "auto";
  std::uint64_t threads = 1;
};

int fail(const std::string& what, int exit_code) {
  std::fprintf(stderr, "larder bench floor: %s\n", what.c_str());
  return exit_code;
}

std::optional<io::BackendKind> backend_of(const std::string& name) {
  if (name == "auto") return io::BackendKind::kAuto;
  if (name == "uring") return io::BackendKind::kUring;
  if (name == "epoll") return io::BackendKind::kEpoll;
  return std::nullopt;
}

// 127.0.0.1:11211, [::1]:11211; port 0 or -1: any that is free.
base::Result<io::Address> parse_listen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (port == "-1") port = "0";
  const auto number = base::parse_decimal<std::uint16_t>(port);
  if (!number || host.empty()) return base::Failure{"--listen is HOST:PORT: " + text};
  auto found = io::Address::resolve(host, *number);
  if (!found) return found.failure();
  return found->front();
}

io::Task serve(io::Socket& socket, const load::FloorPlan& plan) {
  load::FloorSteps steps(plan);
  bool open = true;
  while (open) {
    auto read = socket.read();
    open = co_await read;
    auto answer = load::FloorSteps::Answer::kOutboxFull;
    while (open && answer == load::FloorSteps::Answer::kOutboxFull) {
      answer = steps.answer(socket.inbox(), socket.outbox());
      auto flush = socket.flush();
      open = co_await flush;
    }
    if (answer == load::FloorSteps::Answer::kStranger) {
      fail("closing a connection whose requests are not of this load", 1);
      open = false;
    }
  }
}

int serve_until_signal(const FloorOptions& options, io::BackendKind backend,
                       const io::Address& address, const load::FloorPlan& plan) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  auto listener = io::Listener::open(address, kBacklog, 0700);
  if (!listener) return fail(listener.failure().what, 1);
  const std::string bound = listener->address().text();
  const io::LoopOptions loop{.backend = backend};
  auto loops = io::Loops::start(options.threads, loop, limits::kMaxLoadConnections);
  if (!loops) return fail(loops.failure().what, 1);
  (*loops)->serve(*std::move(listener),
                  [&plan](io::Socket& socket) { return serve(socket, plan); });
  std::printf("listening on %s by %s\n", bound.c_str(),
              std::string((*loops)->backend_name()).c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&stop, &signal);
  (*loops)->stop(0);
  return 0;
}

}  // namespace

int bench_floor(int argc, char** argv) {
  FloorOptions options;
  load::Options shape_options;
  shape_options.keys = 1;
  shape_options.sets_percent = 0;
  shape_options.fill = false;
  CommandLine line("larder bench floor",
                   "answers a load with replies of the right lengths and does nothing for them");
  line.option('\0', "listen", "host:port", options.listen,
              "where; port 0: any that is free. The first line printed tells it");
  line.option('\0', "io", "uring|epoll|auto", options.io, "how to talk to the kernel");
  line.option('\0', "threads", "number", options.threads, "event loops");
  line.option('\0', "protocol", "text|meta|http", shape_options.protocol, "as the load's");
  line.option('\0', "fields", "lines", shape_options.fields, "as the load's");
  line.option('\0', "key-bytes", "bytes", shape_options.key_bytes, "as the load's");
  line.option('\0', "value-bytes", "bytes", shape_options.value_bytes, "as the load's, one size");
  line.option('\0', "multiget", "keys", shape_options.multiget, "as the load's");
  if (const auto ended = line.parse(argc, argv)) return *ended;

  const auto backend = backend_of(options.io);
  if (!backend) return fail("--io is uring, epoll or auto: " + options.io, kExitUsage);
  if (options.threads < 1 || options.threads > limits::kMaxLoadThreads) {
    return fail("--threads is 1 to " + std::to_string(limits::kMaxLoadThreads), kExitUsage);
  }
  if (const auto good = load::check(shape_options); !good) {
    return fail(good.failure().what, kExitUsage);
  }
  auto shape = load::shape_of(shape_options);
  if (!shape) return fail(shape.failure().what, kExitUsage);
  if (!shape->sizes.fixed()) return fail("--value-bytes is one number here", kExitUsage);
  auto address = parse_listen(options.listen);
  if (!address) return fail(address.failure().what, kExitUsage);
  const load::FloorPlan plan(*shape);
  return serve_until_signal(options, *backend, *address, plan);
}

}  // namespace larder::cli
