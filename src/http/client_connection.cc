// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/client_connection.h"

#include "http/client_wire.h"

namespace larder::http {

std::string_view text_of(CallFailure failure) noexcept {
  switch (failure) {
    case CallFailure::kConnect: return "no connection could be made";
    case CallFailure::kConnectTimeout: return "no connection was made in time";
    case CallFailure::kTls: return "the TLS handshake failed";
    case CallFailure::kClosed: return "the connection was closed before a response";
    case CallFailure::kTimeout: return "nothing came in time";
    case CallFailure::kMalformed: return "what came is no response";
    case CallFailure::kRequestBody: return "the body of the request failed";
  }
  return "";
}

ClientConnection::ClientConnection(io::Loop& loop, const ClientTerms& terms, Owner& owner)
    : wire_(std::make_shared<Wire>(loop, terms, owner, *this)) {}

ClientConnection::~ClientConnection() { wire_->leave(); }

void ClientConnection::start(const Outgoing& request, Call& call) { wire_->start(request, call); }
void ClientConnection::give_up() { wire_->give_up(); }
void ClientConnection::close() { wire_->close(); }

bool ClientConnection::is_idle() const { return wire_->is_idle(); }
bool ClientConnection::was_used() const { return wire_->was_used(); }
bool ClientConnection::has_response() const { return wire_->has_response(); }
bool ClientConnection::has_sent() const { return wire_->has_sent(); }
const CallTimes& ClientConnection::times() const { return wire_->times(); }
const io::Address& ClientConnection::to() const { return wire_->to(); }
base::SteadyMs ClientConnection::idle_since() const { return wire_->idle_since(); }

}  // namespace larder::http
