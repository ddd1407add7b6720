// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/udp_port.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "serve/memcache/serve.h"

namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;

namespace {

constexpr std::int64_t kRetryMs = 1;

}  // namespace

UdpPort::UdpPort(Node& node, io::UdpSocket socket, std::vector<io::Network> allowed)
    : node_(node), socket_(std::move(socket)), allowed_(std::move(allowed)) {}

void UdpPort::open(io::Loop& loop) {
  loop_ = &loop;
  node_.udp.room_bytes.add(sizeof *this);
  watch_.fd = socket_.fd();
  watch_.readable = [this] { receive(); };
  loop.watch(watch_);
}

void UdpPort::close() {
  LARDER_CHECK(is_idle());
  loop_->unwatch(watch_);
}

// ---- requests

void UdpPort::receive() {
  for (std::size_t i = 0; i < limits::kDatagramsPerTurn; ++i) {
    is_paused_ = open_ == requests_.size();
    if (is_paused_) return;
    if (i != 0 && loop_->turn_is_long()) break;
    const auto datagram = socket_.receive(received_);
    if (!datagram) break;
    answer(*datagram);
  }
  loop_->watch(watch_);
}

bool UdpPort::may_ask(const io::Address& peer) const {
  const auto has_peer = [&peer](const io::Network& network) { return network.contains(peer); };
  return peer.is_loopback() || std::ranges::any_of(allowed_, has_peer);
}

void UdpPort::answer(const io::UdpSocket::Datagram& datagram) {
  if (!may_ask(datagram.peer)) return node_.udp.strangers.add();
  const auto frame = wire::parse_frame(datagram.bytes);
  if (!frame || frame->head.total != 1) return node_.udp.malformed.add();
  node_.udp.requests.add();
  const auto request = std::ranges::find(requests_, false, &Request::is_open);
  *request = {
      .peer = datagram.peer, .head = {.request_id = frame->head.request_id}, .is_open = true};
  ++open_;
  // It says of itself what protocol it speaks, whatever -B says: memcached does it so.
  io::Socket& socket = loop_->admit(
      *this, [this](io::Socket& admitted) { return serve(node_, admitted, Protocol::kAuto); });
  socket.backend_state.slot = static_cast<int>(request - requests_.begin());
  socket.received(frame->bytes);
  socket.ended();
}

UdpPort::Request& UdpPort::request_of(const io::Socket& socket) {
  return requests_[static_cast<std::size_t>(socket.backend_state.slot)];
}

bool UdpPort::release(io::Socket& socket) {
  request_of(socket).is_open = false;
  --open_;
  if (std::exchange(is_paused_, false)) loop_->watch(watch_);
  return true;
}

// ---- replies

// The first datagram tells how many there are: so the whole reply is waited for.
void UdpPort::send(io::Socket& socket) {
  if (!socket.flushes_everything() && !socket.outbox().full()) return socket.sends_nothing_now();
  request_of(socket).last_progress = loop_->steady_now();
  go_on_sending(socket);
}

void UdpPort::go_on_sending(io::Socket& socket) {
  Request& request = request_of(socket);
  switch (send_some(socket, request)) {
    case Sent::kAll: return socket.sends_nothing_now();
    case Sent::kSome: return send_later(socket, 0);
    case Sent::kRefused: return cut_off(socket);
    case Sent::kNoRoom: break;
  }
  const std::int64_t stalled_ms = loop_->steady_now() - request.last_progress;
  stalled_ms < limits::kDatagramStallMs ? send_later(socket, kRetryMs) : cut_off(socket);
}

UdpPort::Sent UdpPort::send_some(io::Socket& socket, Request& request) {
  if (request.unsent == 0) {
    request.unsent = socket.outbox().unsent();
    const std::size_t total = wire::frames_of(request.unsent);
    if (total > std::numeric_limits<std::uint16_t>::max()) return Sent::kRefused;
    request.head.sequence = 0;
    request.head.total = static_cast<std::uint16_t>(total);
  }
  const auto taken = socket_.send(frame(socket.outbox(), request), request.peer);
  if (!taken) return Sent::kRefused;
  if (*taken == 0) return Sent::kNoRoom;
  request.last_progress = loop_->steady_now();
  const std::size_t bytes = std::min(*taken * wire::kFrameBytes, request.unsent);
  request.head.sequence = static_cast<std::uint16_t>(request.head.sequence + *taken);
  request.unsent -= bytes;
  socket.sent(bytes);
  return socket.outbox().empty() ? Sent::kAll : Sent::kSome;
}

// The next datagrams of the message.
std::span<const std::string_view> UdpPort::frame(const io::Outbox& outbox, const Request& request) {
  const std::size_t count = std::min(datagrams_.size(), wire::frames_of(request.unsent));
  wire::FrameHead head = request.head;
  char* out = framed_.data();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t offset = i * wire::kFrameBytes;
    const std::size_t bytes = std::min(wire::kFrameBytes, request.unsent - offset);
    char* const begin = out;
    out = wire::write_frame_head(out, head);
    out += outbox.copy(offset, {out, bytes});
    datagrams_[i] = {begin, out};
    ++head.sequence;
  }
  return std::span(datagrams_).first(count);
}

void UdpPort::cut_off(io::Socket& socket) {
  node_.udp.cut_off.add();
  socket.send_failed();
}

void UdpPort::send_later(io::Socket& socket, std::int64_t delay_ms) {
  late_.push_back(&socket);
  if (std::exchange(is_asked_for_late_, true)) return;
  const auto send = [this] { send_late(); };
  if (delay_ms == 0) {
    loop_->post(send);
  } else {
    loop_->after(delay_ms, send);
  }
}

void UdpPort::send_late() {
  is_asked_for_late_ = false;
  for (io::Socket* const socket : std::exchange(late_, {})) go_on_sending(*socket);
}

}  // namespace larder::serve::memcache
