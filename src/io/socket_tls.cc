// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Sockets that speak TLS: what lies between the backend's bytes and the session's.
#include <sys/socket.h>

#include <array>
#include <string>
#include <utility>

#include "base/limits.h"
#include "io/carrier.h"
#include "io/loop.h"
#include "io/socket.h"

namespace larder::io {

// ---- receiving

void Socket::received_records(std::string_view lent) {
  if (tls_->over()) return;  // nothing means anything behind an end
  if (shakes_hands()) return keep_for_handshake(lent);
  decrypt(lent);
}

// Its next step is this turn's or a later one's; a client that sends on meanwhile is paused.
void Socket::keep_for_handshake(std::string_view lent) {
  tls_->keep(lent);
  account_inbox();
  loop_.handshakes_.make_ready(*tls_, loop_.steady_now());
  if (kept_bytes() < limits::kHandshakeBytes) return;
  if (loop_.inboxes_own_too_much()) return cut();
  if (receiving_ != Receiving::kStreaming) return;
  receiving_ = Receiving::kStopping;
  carrier_.stop_receive(*this);
}

void Socket::go_on_with_handshake() {
  if (closing_) return;
  const std::string kept = tls_->take_kept();
  decrypt(kept);
  if (!shakes_hands()) tls_->base::ListNode<OpenHandshakes>::unlink();
  if (closing_ || tls_->over()) return;
  if (ended_) return ended();
  if (receiving_ == Receiving::kOff) go_on_receiving();
}

// The session may end, fill the outbox, or ask for the next room, between any two pieces.
void Socket::decrypt(std::string_view records) {
  tls_->lend(records);
  while (!closing_) {
    const bool in_place = reader_ && !direct_room_.empty();
    const std::span<char> room = in_place ? direct_room_ : std::span(loop_.tls_rooms_->plain);
    const std::size_t bytes = tls_->read(room);
    if (bytes == 0) break;
    if (in_place) {
      direct_room_ = {};
      direct_bytes_ = bytes;
      resume(reader_);
    } else {
      deliver({room.data(), bytes});
    }
  }
  tls_->lend({});
  if (closing_) return;
  want_sent();  // what the engine has to say by itself
  if (tls_->over()) return tls_over();
  // Only a peer that asks for new keys again and again, and reads none of them.
  if (tls_->records().unsent() > limits::kFullOutboxBytes) return cut();
  pause_when_full();
}

void Socket::tls_over() {
  ended_ = true;
  direct_room_ = {};
  if (hears_end()) resume(reader_);
  if (writer_ && nothing_unsent()) resume(writer_);
  if (closing_ || receiving_ != Receiving::kStreaming) return;
  receiving_ = Receiving::kStopping;
  carrier_.stop_receive(*this);
}

// ---- sending

void Socket::encrypt() { tls_->encrypt(outbox_, loop_.tls_rooms_->record); }

// At once or not at all: where the kernel has no room for these few bytes, nobody reads.
void Socket::say_end() {
  if (send_failed_ || cut_ || !nothing_unsent()) return;
  tls_->say_end();
  std::array<iovec, 1> notify{};
  if (gather(notify) == 0) return;
  ::send(fd_, notify[0].iov_base, notify[0].iov_len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace larder::io
