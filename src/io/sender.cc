// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/sender.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/limits.h"
#include "io/address.h"
#include "io/socket.h"

namespace larder::io {

Sender::Outcome Sender::send(Socket& socket) {
  // A peer as fast as we are must not hold the loop: each send may resume a session that has more
  // to say.
  for (std::size_t sends = 0; sends != limits::kSendsPerTurn; ++sends) {
    if (socket.outgoing().empty() || socket.closing()) return Outcome::kNothingLeft;
    const ssize_t bytes = send_some(socket);
    if (bytes < 0) {
      return errno == EAGAIN || errno == EINTR ? Outcome::kNotNow : Outcome::kFailed;
    }
    socket.sent(static_cast<std::size_t>(bytes));
  }
  return Outcome::kNotNow;
}

ssize_t Sender::send_some(Socket& socket) {
  if (faults_ != nullptr && faults_->try_again()) {
    errno = EAGAIN;
    return -1;
  }
  const std::size_t most = faults_ != nullptr && faults_->max_send_bytes != 0
                               ? faults_->max_send_bytes
                               : std::string_view::npos;
  const Outbox& outbox = socket.outgoing();
  const std::string_view frozen = outbox.frozen_front().substr(0, most);
  if (!frozen.empty() && splices(socket)) {
    const ssize_t bytes = splice_.send(socket.fd(), frozen, outbox.unsent() > frozen.size());
    if (bytes >= 0 || errno != Splice::kRefused) return bytes;
    can_splice_ = false;
  }
  std::array<iovec, limits::kSendPieces> pieces;
  std::size_t count = outbox.gather(pieces);
  std::size_t bytes = 0;
  if (most != std::string_view::npos) count = 1;
  for (iovec& piece : std::span(pieces).first(count)) {
    piece.iov_len = std::min(piece.iov_len, most);
    bytes += piece.iov_len;
  }
  return copy(socket.fd(), {pieces.data(), count}, outbox.unsent() > bytes);
}

namespace {

// Between processes of one machine the pace is that of the copy, and without a copy that of a timer
// for each segment, which costs more.
bool is_paced_in_vain(int fd) {
  std::array<char, 16> name{};
  socklen_t size = name.size();
  if (::getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name.data(), &size) != 0) return false;
  const auto ours = Address::bound_to(fd);
  return std::string_view(name.data()).starts_with("bbr") && ours && ours->is_loopback();
}

}  // namespace

bool Sender::splices(Socket& socket) const {
  using Splices = Socket::Splices;
  Splices& known = socket.backend_state.splices;
  if (known == Splices::kUnknown) {
    known = is_paced_in_vain(socket.fd()) ? Splices::kNo : Splices::kYes;
  }
  return can_splice_ && known == Splices::kYes;
}

// More to follow goes into the same segments.
ssize_t Sender::copy(int fd, std::span<iovec> pieces, bool more_follows) {
  const int flags = MSG_NOSIGNAL | (more_follows ? MSG_MORE : 0);
  if (pieces.size() == 1) return ::send(fd, pieces[0].iov_base, pieces[0].iov_len, flags);
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  return ::sendmsg(fd, &message, flags);
}

}  // namespace larder::io
