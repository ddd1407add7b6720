// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "io/carrier.h"
#include "io/loop.h"
#include "io/network.h"
#include "io/udp_socket.h"
#include "serve/memcache/node.h"
#include "wire/memcache/frame.h"

namespace larder::serve::memcache {

// Requests that come in datagrams at one address. Each is a conversation of its own: a session as
// of a connection, whose stream is what stands in the datagram and ends behind it. So what lacks in
// a request never comes from another one, which may be somebody else's.
//
//   UdpSocket ─► peer? ─► frame ─► Socket: inbox ─► session ─► outbox ─┐
//       ▲                                                              │ the whole reply, or a full
//       └───────────── datagrams of a message ◄─ frames ◄──────────────┘ outbox of it: a message
//
// A peer's address is what the peer says it is. An answer, which may be a thousand times as long as
// the question, would go to whomever somebody has named: so none but loopback may ask, and those
// whom the operator allows.
//
// A long reply goes in bounded steps, between which others have their turn; so does one for which
// the kernel has no room. While too many requests are open nothing is received: what comes then is
// in the kernel's bounded memory, or lost.
class UdpPort final : public io::Carrier {
 public:
  // Other peers than loopback's may ask from `allowed`.
  UdpPort(Node& node, io::UdpSocket socket, std::vector<io::Network> allowed);
  UdpPort(const UdpPort&) = delete;
  UdpPort& operator=(const UdpPort&) = delete;

  // Serves on `loop` until that ends, or until close(), which is for when it is idle. On the loop's
  // thread.
  void open(io::Loop& loop);
  void close();

  bool may_ask(const io::Address& peer) const;
  bool is_idle() const { return open_ == 0; }  // all that was received is answered

  // ---- what sessions' sockets ask for
  // All there is to receive is given to them without being asked for.
  void start_receive(io::Socket&) override {}
  void stop_receive(io::Socket& socket) override { socket.receive_stopped(); }
  void receive_direct(io::Socket&, std::span<char>) override {}
  void send(io::Socket& socket) override;
  bool release(io::Socket& socket) override;

 private:
  // A request that is not answered to its end; its socket has the number.
  struct Request {
    io::Address peer;
    wire::memcache::FrameHead head;    // of the reply's next datagram
    std::size_t unsent = 0;            // of the message that is being sent
    base::SteadyMs last_progress = 0;  // of sending
    bool is_open = false;
  };
  enum class Sent : std::uint8_t {
    kAll,
    kSome,
    kNoRoom,   // the kernel takes no more now
    kRefused,  // by the kernel; or no head can number so many datagrams
  };

  void receive();
  void answer(const io::UdpSocket::Datagram& datagram);
  Request& request_of(const io::Socket& socket);

  void go_on_sending(io::Socket& socket);
  Sent send_some(io::Socket& socket, Request& request);
  std::span<const std::string_view> frame(const io::Outbox& outbox, const Request& request);
  void cut_off(io::Socket& socket);
  void send_later(io::Socket& socket, std::int64_t delay_ms);
  void send_late();

  Node& node_;
  io::UdpSocket socket_;
  std::vector<io::Network> allowed_;
  io::Loop* loop_ = nullptr;
  io::Watch watch_;
  bool is_paused_ = false;  // receiving

  std::array<Request, limits::kOpenDatagrams> requests_;
  std::size_t open_ = 0;
  std::vector<io::Socket*> late_;  // whose replies are not all sent
  bool is_asked_for_late_ = false;
  std::array<char, limits::kDatagramRoomBytes> received_;
  std::array<char, limits::kDatagramsPerSend * limits::kMaxDatagramBytes> framed_;
  std::array<std::string_view, limits::kDatagramsPerSend> datagrams_;  // in framed_
};

}  // namespace larder::serve::memcache
