// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "io/tls_memory.h"

namespace larder::io {

// Both ends of OpenSSL: it reads what is lent, and writes to the records.
struct TlsBio {
  static TlsStream& stream_of(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, int most) {
    std::string_view& lent = stream_of(bio).lent_;
    BIO_clear_retry_flags(bio);
    if (lent.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t bytes = lent.copy(into, static_cast<std::size_t>(most));
    lent.remove_prefix(bytes);
    return static_cast<int>(bytes);
  }

  static int write(BIO* bio, const char* from, int bytes) {
    stream_of(bio).records_.append({from, static_cast<std::size_t>(bytes)});
    return bytes;
  }

  static long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO* open(TlsStream& stream) {
    static BIO_METHOD* const kMethod = [] {
      BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "larder");
      LARDER_CHECK(method != nullptr);
      BIO_meth_set_read(method, read);
      BIO_meth_set_write(method, write);
      BIO_meth_set_ctrl(method, control);
      return method;
    }();
    BIO* bio = BIO_new(kMethod);
    LARDER_CHECK(bio != nullptr);
    BIO_set_data(bio, &stream);
    BIO_set_init(bio, 1);
    return bio;
  }
};

TlsStream::TlsStream(Socket& socket, Ssl ssl, TlsCounts* counts, OutboxPool& pool)
    : socket_(socket), counts_(counts), ssl_(std::move(ssl)), records_(pool) {
  BIO* const bio = TlsBio::open(*this);
  SSL_set_bio(ssl_.get(), bio, bio);
}

TlsStream::~TlsStream() {
  base::ListNode<OpenHandshakes>::unlink();
  base::ListNode<ReadyHandshakes>::unlink();
}

void* TlsStream::operator new(std::size_t bytes) { return take_tls_memory(bytes); }
void TlsStream::operator delete(void* stream) noexcept { give_tls_memory(stream); }

// ---- from the peer

std::size_t TlsStream::read(std::span<char> room) {
  std::size_t filled = 0;
  while (!over() && filled < room.size()) {
    if (lent_.empty() && SSL_has_pending(ssl_.get()) == 0) break;
    ERR_clear_error();
    std::size_t bytes = 0;
    const int done = SSL_read_ex(ssl_.get(), room.data() + filled, room.size() - filled, &bytes);
    if (state_ == State::kHandshake && SSL_is_init_finished(ssl_.get()) == 1) {
      state_ = State::kOpen;
      was_open_ = true;
    }
    if (done == 1) {
      filled += bytes;
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), done);
    if (error == SSL_ERROR_WANT_READ) break;
    if (error != SSL_ERROR_ZERO_RETURN) {
      fail();
    } else {
      state_ = State::kEnded;
    }
  }
  return filled;
}

void TlsStream::fail() {
  const bool is_handshake = state_ == State::kHandshake;
  state_ = State::kFailed;
  if (counts_ == nullptr) return;
  auto& count = is_handshake ? counts_->handshake_errors : counts_->protocol_errors;
  count.fetch_add(1, std::memory_order_relaxed);
}

void TlsStream::greet() {
  ERR_clear_error();
  SSL_do_handshake(ssl_.get());
}

namespace {

std::string subject_of(const SSL* ssl) {
  X509* const shown = SSL_get1_peer_certificate(ssl);
  if (shown == nullptr) return {};
  BIO* const text = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(text, X509_get_subject_name(shown), 0, XN_FLAG_RFC2253);
  char* data = nullptr;
  const long bytes = BIO_get_mem_data(text, &data);
  std::string subject(data, static_cast<std::size_t>(bytes));
  BIO_free(text);
  X509_free(shown);
  return subject;
}

}  // namespace

TlsFacts TlsStream::facts() const {
  if (!was_open_) return {};
  TlsFacts facts{.version = SSL_get_version(ssl_.get()), .cipher = SSL_get_cipher(ssl_.get())};
  const unsigned char* protocol = nullptr;
  unsigned bytes = 0;
  SSL_get0_alpn_selected(ssl_.get(), &protocol, &bytes);
  facts.protocol.assign(reinterpret_cast<const char*>(protocol), bytes);
  const char* const name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  if (name != nullptr) facts.server_name = name;
  if (SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE)
    facts.peer_subject = subject_of(ssl_.get());
  return facts;
}

// ---- to the peer

namespace {

// A whole record lies in one piece, as most of a large value does; less is worth a copy.
std::string_view next_record(const Outbox& plain, std::span<char> scratch) {
  std::array<iovec, limits::kSendPieces> pieces;
  const std::size_t count = plain.gather(pieces);
  if (count == 1 || pieces[0].iov_len >= scratch.size()) {
    return {static_cast<const char*>(pieces[0].iov_base),
            std::min(pieces[0].iov_len, scratch.size())};
  }
  std::size_t filled = 0;
  for (const iovec& piece : std::span(pieces).first(count)) {
    const std::size_t now = std::min(piece.iov_len, scratch.size() - filled);
    std::memcpy(scratch.data() + filled, piece.iov_base, now);
    filled += now;
  }
  return {scratch.data(), filled};
}

}  // namespace

void TlsStream::encrypt(Outbox& plain, std::span<char> scratch) {
  if (state_ == State::kHandshake) return;
  while (state_ != State::kFailed && !plain.empty() && !records_.full(limits::kTlsUnsentBytes)) {
    const std::string_view record = next_record(plain, scratch);
    ERR_clear_error();
    std::size_t taken = 0;
    if (SSL_write_ex(ssl_.get(), record.data(), record.size(), &taken) != 1) {
      fail();
    } else {
      plain.sent(taken);
    }
  }
  if (state_ == State::kFailed) plain.clear();
}

void TlsStream::say_end() {
  if (state_ != State::kOpen && state_ != State::kEnded) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

}  // namespace larder::io
