// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/text_login.h"

#include "wire/memcache/reply.h"

namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
using wire::Fault;

Next TextLogin::answer() {
  for (bool first = true;; first = false) {
    if (socket_.outbox().full()) return Next::kDrain;
    if (!first && socket_.loop().turn_is_long()) return Next::kYield;
    const wire::Login login = wire::take_login(socket_.inbox().unread());
    if (login.state == wire::Login::State::kPartial) return Next::kRead;
    if (login.state == wire::Login::State::kTooLong) {
      socket_.outbox().append(wire::reply_of(login.fault));
      return Next::kGiveUp;
    }
    const Fault fault = judge(login);
    socket_.inbox().consume(login.consumed);
    if (fault == Fault::kNone) {
      socket_.outbox().append(wire::kStored);
      return Next::kAdmitted;
    }
    socket_.outbox().append(wire::reply_of(fault));
  }
}

Fault TextLogin::judge(const wire::Login& login) {
  if (login.fault != Fault::kNone) return login.fault;
  const bool admitted = authentication_.admit(login.credentials);
  authentication_.count(admitted);
  return admitted ? Fault::kNone : Fault::kLoginRefused;
}

}  // namespace larder::serve::memcache
