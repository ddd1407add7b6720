// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "io/tls.h"

// What Tls and TlsOrigins make of OpenSSL's contexts.
namespace larder::io {

// OpenSSL's first words about what has failed; the others are about itself.
base::Failure tls_failure(std::string what);

int version_of(TlsVersion version);
int verify_mode(TlsClients clients);
// A daemon changes its folder: what is relative now would name another file at a reload.
void make_absolute(std::string& file);

// A chain and its key.
base::Status load_certificate(ssl_ctx_st* context, const TlsOptions& options);

// Of a server, with the files of `options` as they are now.
base::Result<SslContext> load_server_context(const TlsOptions& options);

// One context that answers for all of them, by the name that a client asks for: exactly one of a
// certificate's, or one that its `*.` covers. The first, for whoever asks for none or another.
SslContext choose_by_name(std::vector<SslContext> contexts);

// Tickets of one are good for the other.
void share_ticket_keys(const SslContext& from, const SslContext& to);

}  // namespace larder::io
