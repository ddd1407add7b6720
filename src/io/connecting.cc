// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/connecting.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace larder::io {
namespace {

// What the kernel refuses here a connection can do without.
void set_option(int fd, int level, int option) {
  const int on = 1;
  ::setsockopt(fd, level, option, &on, sizeof on);
}

}  // namespace

Connecting::Connecting(Loop& loop, const Address& to, const std::optional<Address>& from,
                       std::int64_t timeout_ms, Done done)
    : loop_(loop), to_(to.text()), done_(std::move(done)) {
  if (const int error = begin(to, from); error != 0) {
    fail_later(error);
    return;
  }
  watch_.writable = true;
  watch_.readable = [this] { writable(); };
  loop_.watch(watch_);
  timer_ = loop_.after(timeout_ms, [this] { late(); });
}

Connecting::~Connecting() { stop(); }

// It has nothing to do with the loop any more.
void Connecting::stop() {
  if (timer_) loop_.cancel(*std::exchange(timer_, std::nullopt));
  if (watch_.fd < 0) return;
  loop_.unwatch(watch_);
  ::close(std::exchange(watch_.fd, -1));
}

int Connecting::begin(const Address& to, const std::optional<Address>& from) {
  watch_.fd = ::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (watch_.fd < 0) return errno;
  if (!to.is_unix()) {
    set_option(watch_.fd, IPPROTO_TCP, TCP_NODELAY);
    set_option(watch_.fd, SOL_SOCKET, SO_KEEPALIVE);
    set_option(watch_.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);  // many may have the same one
  }
  if (from && ::bind(watch_.fd, from->get(), from->size()) != 0) return errno;
  if (::connect(watch_.fd, to.get(), to.size()) == 0 || errno == EINPROGRESS) return 0;
  return errno;
}

void Connecting::fail_later(int error) {
  timer_ = loop_.after(0, [this, error] {
    timer_.reset();
    finish(base::system_failure("connecting to " + to_, error));
  });
}

void Connecting::writable() {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(watch_.fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return finish(base::system_failure("connecting to " + to_, error));
  loop_.unwatch(watch_);
  finish(std::exchange(watch_.fd, -1));
}

void Connecting::late() {
  timer_.reset();
  timed_out_ = true;
  finish(base::system_failure("connecting to " + to_, ETIMEDOUT));
}

void Connecting::finish(base::Result<int> result) {
  stop();
  const Done done = std::move(done_);
  done(std::move(result));
}

}  // namespace larder::io
