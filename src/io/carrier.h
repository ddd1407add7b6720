// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace larder::io {

class Socket;

// Who brings a socket its bytes and takes its replies away: a Backend, for a connection, or whoever
// has a request from elsewhere, such as a datagram. Asked on the loop's thread.
//
// A socket's answer may come inside the call (epoll sends at once) or later.
class Carrier {
 public:
  virtual ~Carrier() = default;

  // Bytes come by Socket::received until stop_receive is answered by receive_stopped, or ended.
  virtual void start_receive(Socket& socket) = 0;
  virtual void stop_receive(Socket& socket) = 0;
  // Answered once by received_direct or ended. Never inside the call. Where Socket::takes_behind,
  // up to kBehindBytes more may be received.
  virtual void receive_direct(Socket& socket, std::span<char> room) = 0;
  // Sends what Socket::gather gives until it gives nothing: sent …, sends_nothing_now; or
  // send_failed.
  virtual void send(Socket& socket) = 0;
  // Ends what is in flight and closes the descriptor. False: not yet, ask again next turn.
  virtual bool release(Socket& socket) = 0;
};

}  // namespace larder::io
