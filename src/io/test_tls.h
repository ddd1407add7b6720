// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "io/test_peer.h"
#include "io/tls.h"
#include "io/tls_memory.h"

// Certificates, and clients that speak TLS by OpenSSL itself.
namespace larder::io {

struct OpenSslRelease {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using SslSession = std::unique_ptr<SSL_SESSION, OpenSslRelease>;

// Somebody who has a key and a certificate, in files that last as long as he does.
//
//   TestIdentity authority("authority"), server("server", &authority)
class TestIdentity {
 public:
  // Without an `issuer` he vouches for himself. `hosts`: `DNS:a.test,DNS:*.b.test,IP:127.0.0.1`.
  explicit TestIdentity(const std::string& name, const TestIdentity* issuer = nullptr,
                        const std::string& hosts = {}) {
    account_tls_memory();
    std::array<char, 6> curve{"P-256"};
    key_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.data()));
    certificate_.reset(X509_new());
    X509* const raw = certificate_.get();
    X509_set_version(raw, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(raw), ++last_serial());
    X509_gmtime_adj(X509_getm_notBefore(raw), 0);
    X509_gmtime_adj(X509_getm_notAfter(raw), 3600);
    X509_set_pubkey(raw, key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    if (issuer == nullptr) extend(NID_basic_constraints, "critical,CA:TRUE");
    if (!hosts.empty()) extend(NID_subject_alt_name, hosts);
    const TestIdentity& signer = issuer == nullptr ? *this : *issuer;
    X509_set_issuer_name(raw, X509_get_subject_name(signer.certificate_.get()));
    EXPECT_NE(X509_sign(raw, signer.key_.get(), EVP_sha256()), 0);
    const std::string stem = testing::TempDir() + "larder-tls-" + std::to_string(::getpid()) + "-" +
                             std::to_string(last_serial());
    certificate_path_ = stem + ".crt";
    key_path_ = stem + ".key";
    write(certificate_path_, [&](std::FILE* file) { return PEM_write_X509(file, raw); });
    write(key_path_, [&](std::FILE* file) {
      return PEM_write_PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  ~TestIdentity() {
    std::filesystem::remove(certificate_path_);
    std::filesystem::remove(key_path_);
  }
  TestIdentity(const TestIdentity&) = delete;
  TestIdentity& operator=(const TestIdentity&) = delete;

  const std::string& certificate_path() const { return certificate_path_; }
  const std::string& key_path() const { return key_path_; }
  // Goes by these files from now on, which are another's.
  void become(const TestIdentity& other) const {
    constexpr auto kOver = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(other.certificate_path_, certificate_path_, kOver);
    std::filesystem::copy_file(other.key_path_, key_path_, kOver);
  }

 private:
  void extend(int what, const std::string& value) {
    std::unique_ptr<X509_EXTENSION, OpenSslRelease> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str()));
    X509_add_ext(certificate_.get(), extension.get(), -1);
  }
  static int& last_serial() {
    static int serial = 0;
    return serial;
  }
  static void write(const std::string& path, const std::function<int(std::FILE*)>& content) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr) << path;
    EXPECT_EQ(content(file), 1);
    std::fclose(file);
  }

  std::unique_ptr<EVP_PKEY, OpenSslRelease> key_;
  std::unique_ptr<X509, OpenSslRelease> certificate_;
  std::string certificate_path_;
  std::string key_path_;
};

struct TlsPeerOptions {
  int version = TLS1_3_VERSION;
  const TestIdentity* identity = nullptr;  // shown to a server that asks
  SSL_SESSION* resumed = nullptr;
  std::string server_name = {};
  std::string alpn = {};  // each behind its length
  bool wants_ocsp = false;
};

// The client's end of a connection: plain bytes here, records on the Peer's. Nothing waits but in
// the calls that get `pass_time`, which is called while there is nothing to do.
class TlsPeer {
 public:
  using PassTime = std::function<void()>;

  TlsPeer(Peer peer, const TlsPeerOptions& options) : peer_(std::move(peer)) {
    account_tls_memory();
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context_.get(), options.version);
    SSL_CTX_set_max_proto_version(context_.get(), options.version);
    if (options.identity != nullptr) {
      SSL_CTX_use_certificate_chain_file(context_.get(),
                                         options.identity->certificate_path().c_str());
      SSL_CTX_use_PrivateKey_file(context_.get(), options.identity->key_path().c_str(),
                                  SSL_FILETYPE_PEM);
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    if (!options.server_name.empty()) {
      SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               const_cast<char*>(options.server_name.c_str()));
    }
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.alpn.data()),
                        static_cast<unsigned>(options.alpn.size()));
    if (options.wants_ocsp) SSL_set_tlsext_status_type(ssl_.get(), TLSEXT_STATUSTYPE_ocsp);
    if (options.resumed != nullptr) SSL_set_session(ssl_.get(), options.resumed);
    SSL_set_connect_state(ssl_.get());
  }

  Peer& peer() { return peer_; }
  ssl_st* ssl() { return ssl_.get(); }

  // As far as it goes now. → whether the handshake is done.
  bool shake_hands() {
    take_records();
    if (!failed_) note(SSL_do_handshake(ssl_.get()));
    give_records();
    return SSL_is_init_finished(ssl_.get()) == 1;
  }
  // Plain bytes that have come, as far as they have.
  std::string receive_now() {
    take_records();
    std::string all;
    for (std::array<char, 16 * 1024> some; !failed_;) {
      const int bytes = SSL_read(ssl_.get(), some.data(), some.size());
      if (!note(bytes)) break;
      all.append(some.data(), static_cast<std::size_t>(bytes));
    }
    give_records();
    return all;
  }
  // Becomes records here; they go as the other side takes them, with any later call.
  void send(std::string_view plain) {
    if (!plain.empty()) note(SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size())));
    give_records();
  }
  void say_end() {
    SSL_shutdown(ssl_.get());
    give_records();
  }
  // What the other side has said of an end: close_notify, or an alert, or nothing.
  bool was_told_end() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  bool has_failed() const { return failed_; }
  // All records are with the other side's kernel.
  bool has_sent() const { return unsent_.empty(); }
  bool has_ended() { return peer_.has_ended(); }
  bool was_resumed() { return SSL_session_reused(ssl_.get()) == 1; }
  SslSession session() { return SslSession(SSL_get1_session(ssl_.get())); }
  std::string server_name() {
    const std::unique_ptr<X509, OpenSslRelease> shown(SSL_get1_peer_certificate(ssl_.get()));
    std::array<char, 64> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name.data(),
                              name.size());
    return name.data();
  }

  std::string protocol() {
    const unsigned char* chosen = nullptr;
    unsigned bytes = 0;
    SSL_get0_alpn_selected(ssl_.get(), &chosen, &bytes);
    return {reinterpret_cast<const char*>(chosen), bytes};
  }
  std::string ocsp() {
    const unsigned char* stapled = nullptr;
    const long bytes = SSL_get_tlsext_status_ocsp_resp(ssl_.get(), static_cast<void*>(&stapled));
    if (bytes <= 0) return {};
    return {reinterpret_cast<const char*>(stapled), static_cast<std::size_t>(bytes)};
  }

  // `request` in pieces, and all that comes back until `bytes` of it are here, or the end.
  std::string converse(std::string_view request, std::size_t bytes, const PassTime& pass_time) {
    std::string reply;
    while (reply.size() < bytes) {
      const std::string more = receive_now();
      reply += more;
      if (SSL_is_init_finished(ssl_.get()) == 1 && has_sent() && !request.empty()) {
        send(request.substr(0, kPieceBytes));
        request.remove_prefix(std::min(kPieceBytes, request.size()));
      } else if (failed_ || was_told_end() || (more.empty() && has_ended())) {
        break;
      } else if (more.empty()) {
        pass_time();
      }
    }
    return reply;
  }
  // The same with a loop on a thread of its own.
  std::string converse(std::string_view request, std::size_t bytes) {
    return converse(request, bytes, [this] { wait_for_kernel(); });
  }

 private:
  static constexpr std::size_t kPieceBytes = 50'000;

  void wait_for_kernel() {
    const short room = has_sent() ? 0 : POLLOUT;
    pollfd fd{.fd = peer_.fd(), .events = static_cast<short>(POLLIN | room), .revents = 0};
    EXPECT_EQ(::poll(&fd, 1, kPatienceS * 1000), 1) << "the other side neither sends nor reads";
  }
  void take_records() {
    const std::string records = peer_.receive_now();
    BIO_write(SSL_get_rbio(ssl_.get()), records.data(), static_cast<int>(records.size()));
  }
  void give_records() {
    char* data = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
    unsent_.append(data, static_cast<std::size_t>(size));
    BIO_reset(SSL_get_wbio(ssl_.get()));
    unsent_.erase(0, peer_.send_now(unsent_));
  }
  bool note(int result) {
    if (result > 0) return true;
    const int error = SSL_get_error(ssl_.get(), result);
    failed_ = error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL;
    ERR_clear_error();
    return false;
  }

  Peer peer_;
  SslContext context_;
  Ssl ssl_;
  std::string unsent_;
  bool failed_ = false;
};

}  // namespace larder::io
