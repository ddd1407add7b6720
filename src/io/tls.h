// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

struct ssl_st;
struct ssl_ctx_st;

namespace larder::io {

// What a listener wants of its clients' certificates.
enum class TlsClients : std::uint8_t {
  kNotAsked,
  kAsked,     // one that is shown must be good
  kRequired,  // a good one, or no connection
};

enum class TlsVersion : std::uint8_t { kTls10, kTls11, kTls12, kTls13 };

// What an operator decides. The files are read at the start and by every reload.
struct TlsOptions {
  enum class KeyFormat : std::uint8_t { kPem, kDer };

  std::string chain_file = {};  // PEM: our certificate, then those that vouch for it
  std::string key_file = {};    // empty: the key is in chain_file
  KeyFormat key_format = KeyFormat::kPem;
  std::string ca_file = {};  // PEM: who vouches for clients; empty: nobody does
  std::string ciphers = {};  // up to TLS 1.2, in OpenSSL's words; empty: OpenSSL's own list
  TlsVersion min_version = TlsVersion::kTls12;
  TlsClients clients = TlsClients::kNotAsked;
  bool session_cache = false;  // for clients of TLS 1.2 that take no tickets
  // What is spoken inside, the best first; who speaks none of it is refused. Empty: anything.
  std::vector<std::string> alpn = {};
  std::string ocsp_file = {};  // DER: what the issuer says of our certificate; empty: nothing
};

// What two sides have agreed upon. All empty: they have not, or speak plainly.
struct TlsFacts {
  std::string protocol = {};     // by ALPN
  std::string server_name = {};  // that the client asked for
  std::string version = {};      // `TLSv1.3`
  std::string cipher = {};
  std::string peer_subject = {};  // of a certificate that was shown and is good (RFC 2253)
};

struct SslRelease {
  void operator()(ssl_st* ssl) const noexcept;
  void operator()(ssl_ctx_st* context) const noexcept;
};
using Ssl = std::unique_ptr<ssl_st, SslRelease>;
using SslContext = std::unique_ptr<ssl_ctx_st, SslRelease>;

// Of all connections since the start. Any thread.
struct TlsCounts {
  std::atomic<std::uint64_t> handshake_errors = 0;  // plaintext, strangers
  std::atomic<std::uint64_t> protocol_errors = 0;   // behind a handshake
};

// Our side of TLS, of all loops: certificates, options, and the keys of session tickets. OpenSSL
// is behind this, io/tls_stream.h and io/tls_memory.h.
//
//   files ──open──► context 1 ──reload──► context 2 …    whoever has begun with one keeps it;
//                      └── keys of the tickets ──►        a bad file leaves it in force
//
// Any thread, once it is open.
class Tls {
 public:
  static base::Result<std::unique_ptr<Tls>> open(const TlsOptions& options);
  // Several certificates, each by the names that are its own, and each with clients of its own. The
  // first is shown to whoever asks for none of them (its clients are accept's), and says which
  // versions and ciphers there may be.
  static base::Result<std::unique_ptr<Tls>> open(const std::vector<TlsOptions>& certificates);

  // Reads the files anew, for connections from now on. A failure says what is wrong with them.
  base::Status reload();

  // For a connection that a client begins.
  Ssl accept(TlsClients clients) const;
  base::UnixMs loaded() const { return loaded_; }  // when the files were read that are in force
  TlsCounts& counts() { return counts_; }
  const TlsCounts& counts() const { return counts_; }

 private:
  explicit Tls(std::vector<TlsOptions> options) : options_(std::move(options)) {}
  base::Result<SslContext> load(const SslContext& before) const;

  const std::vector<TlsOptions> options_;
  TlsCounts counts_;
  std::atomic<base::UnixMs> loaded_ = base::unix_now_ms();
  std::mutex reload_mutex_;
  mutable std::mutex mutex_;  // of context_
  SslContext context_;
};

// The terms of a listener's connections.
struct TlsTerms {
  Tls* tls = nullptr;  // null: plain bytes
  TlsClients clients = TlsClients::kNotAsked;
};

}  // namespace larder::io
