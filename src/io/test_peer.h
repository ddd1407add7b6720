// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace larder::io {

// How long a test waits for what must come before it fails.
constexpr int kPatienceS = 60;

// The client's end of a connection, which waits no longer than kPatienceS for anything.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {
    const timeval patience{.tv_sec = kPatienceS, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  Peer(Peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Peer& operator=(Peer&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Peer() { close(); }

  int fd() const { return fd_; }

  // All of `bytes`, unless the other side is gone. → whether it took them.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent =
          uninterrupted([&] { return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
      if (sent < 0) {
        EXPECT_NE(errno, EAGAIN) << "the other side reads nothing";
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // As many of `bytes` as go without waiting. → how many.
  std::size_t send_now(std::string_view bytes) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }

  // What one call of recv gives: of a record socket, one send of the other side.
  std::string receive_some(int flags = 0) {
    std::string bytes(kReceiveBytes, '\0');
    const ssize_t received =
        uninterrupted([&] { return ::recv(fd_, bytes.data(), bytes.size(), flags); });
    if (received < 0 && (flags & MSG_DONTWAIT) == 0) {
      EXPECT_NE(errno, EAGAIN) << "the other side sends nothing";
    }
    bytes.resize(received < 0 ? 0 : static_cast<std::size_t>(received));
    return bytes;
  }
  // Everything that has come.
  std::string receive_now() {
    std::string all;
    for (std::string some; !(some = receive_some(MSG_DONTWAIT)).empty();) all += some;
    return all;
  }
  // Exactly `bytes`; fewer when the connection ends before.
  std::string receive(std::size_t bytes) {
    std::string all(bytes, '\0');
    const ssize_t received =
        uninterrupted([&] { return ::recv(fd_, all.data(), bytes, MSG_WAITALL); });
    EXPECT_FALSE(received < 0 && errno == EAGAIN) << "the other side sends nothing";
    all.resize(received < 0 ? 0 : static_cast<std::size_t>(received));
    if (!all.empty() && all.size() < bytes) all += receive(bytes - all.size());
    return all;
  }
  // Until the other side closes, or resets.
  std::string receive_to_end() {
    std::string all;
    for (std::string some; !(some = receive_some()).empty();) all += some;
    return all;
  }
  // Whether the connection has ended by now, without a byte before that.
  bool has_ended() {
    char byte = 0;
    const ssize_t received = ::recv(fd_, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    return received == 0 || (received < 0 && errno != EAGAIN);
  }

  void half_close() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  // TCP: whatever is on the way is lost.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

 private:
  // A ring that a thread has set up interrupts its other calls now and then.
  template <class Call>
  static ssize_t uninterrupted(Call call) {
    ssize_t result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
  }

  static constexpr std::size_t kReceiveBytes = 256 * 1024;
  int fd_;
};

// Equal, however long: a difference prints where it is, not the bytes.
inline testing::AssertionResult same(std::string_view got, std::string_view expected) {
  if (got == expected) return testing::AssertionSuccess();
  const auto at = std::ranges::mismatch(got, expected).in1 - got.begin();
  const auto around = [at](std::string_view bytes) {
    return testing::PrintToString(bytes.substr(static_cast<std::size_t>(at), 40));
  };
  return testing::AssertionFailure()
         << got.size() << " bytes instead of " << expected.size() << ", different from byte " << at
         << ": " << around(got) << " instead of " << around(expected);
}

// How the two ends of a test's connection hang together. Unix sockets hand bytes over within the
// call; those of records also keep apart what was sent apart.
enum class Transport { kUnix, kTcp, kRecords };

struct Connection {
  int ours;  // for Loop::adopt
  Peer peer;
};

inline Connection connect_unix(int type) {
  std::array<int, 2> fds{};
  EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds.data()), 0) << std::strerror(errno);
  return {fds[0], Peer(fds[1])};
}

inline Connection connect_tcp() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::bind(listener, generic, size), 0) << std::strerror(errno);
  EXPECT_EQ(::listen(listener, 1), 0);
  EXPECT_EQ(::getsockname(listener, generic, &size), 0);
  EXPECT_EQ(::connect(client, generic, size), 0) << std::strerror(errno);
  const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  EXPECT_GE(accepted, 0);
  ::close(listener);
  return {accepted, Peer(client)};
}

inline Connection connect(Transport transport) {
  Connection connection = transport == Transport::kTcp    ? connect_tcp()
                          : transport == Transport::kUnix ? connect_unix(SOCK_STREAM)
                                                          : connect_unix(SOCK_SEQPACKET);
  ::fcntl(connection.ours, F_SETFL, O_NONBLOCK);
  return connection;
}

// Or a machine whose congestion control is BBR would send no frozen bytes by reference.
inline void leave_unpaced(const Connection& connection) {
  constexpr std::string_view kUnpaced = "reno";
  ::setsockopt(connection.ours, IPPROTO_TCP, TCP_CONGESTION, kUnpaced.data(), kUnpaced.size());
}

}  // namespace larder::io
