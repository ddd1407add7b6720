// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "io/socket.h"
#include "serve/memcache/authentication.h"
#include "serve/memcache/sasl_library.h"
#include "serve/memcache/session.h"
#include "wire/memcache/binary.h"

namespace larder::serve::memcache {

// A binary connection until its client has said who it is, by SASL. Nothing reaches the cache, and
// nothing is kept but what stands in the inbox: a head, and a message of kMaxLoginBytes.
//
//   list ─► the mechanisms
//   auth ─┬─ known, or refused and asked again
//         └─ "go on" ─► step ─► the same
//   version is answered; everything else is refused, and closes
//
// With a file of passwords there is one mechanism, PLAIN, which is judged here. Otherwise libsasl
// judges: kWait, and the step is answered when it has.
class SaslLogin {
 public:
  SaslLogin(Authentication& authentication, io::Socket& socket)
      : authentication_(authentication), socket_(socket) {}
  ~SaslLogin();
  SaslLogin(const SaslLogin&) = delete;
  SaslLogin& operator=(const SaslLogin&) = delete;

  // kAdmitted: what is unread now is for a BinarySession.
  Next answer();

  // After kWait: puts the step to libsasl, whose thread tells `waiter`.
  void wait(cache::Waiter& waiter);

 private:
  using Request = wire::memcache::binary::Request;
  using Status = wire::memcache::binary::Status;
  using Verdict = SaslLibrary::Verdict;

  struct Asked {
    std::shared_ptr<SaslLibrary::Exchange> exchange;
    std::optional<SaslLibrary::Judgement> judgement;  // of the step at hand
  };

  std::optional<SaslLibrary::Judgement> take_judgement();
  Next answer_request(const Request& request, std::string_view message);
  Next answer_step(const Request& request, std::string_view message);
  bool needs_library(const Request& request) const;
  SaslLibrary::Judgement judge(const Request& request, std::string_view message);
  Verdict judge_plain(std::string_view message);
  Next reply(const Request& request, Status status, std::string_view text);
  Next refuse(const Request& request, Status status);

  Authentication& authentication_;
  io::Socket& socket_;
  // Of libsasl. Not in place: every idle connection has room for the largest of its states.
  std::unique_ptr<Asked> asked_;
  bool goes_on_ = false;  // a step is asked for
};

}  // namespace larder::serve::memcache
