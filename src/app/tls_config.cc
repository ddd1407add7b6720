// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/tls_config.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "app/option_values.h"
#include "base/decimal.h"

namespace larder::app {
namespace {

using base::Done;
using base::Status;
using io::TlsClients;
using io::TlsOptions;
using io::TlsVersion;

constexpr unsigned kMaxKilobytes = 1'000'000;

Status refuse(std::string_view why) { return base::Failure{std::string(why)}; }

// ---- values of the items of -o

Status set_key_format(TlsOptions& options, const std::string& value) {
  std::string upper(value);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  if (upper != "PEM" && upper != "DER") return refuse("PEM or DER is expected");
  options.key_format = upper == "DER" ? TlsOptions::KeyFormat::kDer : TlsOptions::KeyFormat::kPem;
  return Done{};
}

// memcached's 3 asks once for each session and not at each renegotiation: there is none.
Status set_verify_mode(TlsOptions& options, const std::string& value) {
  constexpr auto kModes = std::to_array(
      {TlsClients::kNotAsked, TlsClients::kAsked, TlsClients::kRequired, TlsClients::kRequired});
  const auto mode = base::parse_decimal<std::size_t>(value);
  if (!mode || *mode >= kModes.size()) {
    return refuse("0 (none), 1 (request), 2 (require) or 3 (once) is expected");
  }
  options.clients = kModes[*mode];
  return Done{};
}

struct Version {
  std::string_view number;
  std::string_view name;
  TlsVersion version;
};
constexpr auto kVersions = std::to_array<Version>({{"0", "tlsv1.0", TlsVersion::kTls10},
                                                   {"1", "tlsv1.1", TlsVersion::kTls11},
                                                   {"2", "tlsv1.2", TlsVersion::kTls12},
                                                   {"3", "tlsv1.3", TlsVersion::kTls13}});

Status set_min_version(TlsOptions& options, const std::string& value) {
  const auto* const found = std::ranges::find_if(kVersions, [value](const Version& version) {
    return value == version.number || value == version.name;
  });
  if (found == kVersions.end()) return refuse("0 to 3, or tlsv1.0 to tlsv1.3, is expected");
  options.min_version = found->version;
  return Done{};
}

Judge some_text_into(std::string& target) {
  return [&target](const std::string& text) -> Status {
    if (text.empty()) return base::refuse_option(text, "a value is expected");
    target = text;
    return Done{};
  };
}

Judge bound(Status (*set)(TlsOptions&, const std::string&), TlsConfig& config) {
  return [set, &config](const std::string& text) -> Status {
    if (auto done = set(config.options, text); !done) {
      return base::refuse_option(text, done.failure().what);
    }
    return Done{};
  };
}

}  // namespace

std::string_view name_of(TlsVersion version) {
  return std::ranges::find(kVersions, version, &Version::version)->name;
}

base::Option tls_option(TlsConfig& config) {
  return {'Z', "enable-ssl", "", "speak TLS on TCP; needs -o ssl_chain_cert",
          switch_into(config.enabled, true)};
}

std::vector<base::Option> tls_items(TlsConfig& config) {
  TlsOptions& options = config.options;
  return {
      {'\0', "ssl_chain_cert", "path", "PEM: our certificate, and those that vouch for it",
       some_text_into(options.chain_file)},
      {'\0', "ssl_key", "path", "its key, unless it is in the same file",
       some_text_into(options.key_file)},
      {'\0', "ssl_keyformat", "format", "of the key: PEM (default) or DER",
       bound(set_key_format, config)},
      {'\0', "ssl_verify_mode", "mode",
       "a client's certificate: 0 not asked for (default), 1 asked for, 2 or 3 required",
       bound(set_verify_mode, config)},
      {'\0', "ssl_ciphers", "list", "up to TLS 1.2, in OpenSSL's words",
       some_text_into(options.ciphers)},
      {'\0', "ssl_ca_cert", "path", "PEM: who vouches for clients",
       some_text_into(options.ca_file)},
      {'\0', "ssl_session_cache", "", "let clients resume that take no tickets",
       switch_into(options.session_cache, true)},
      {'\0', "ssl_min_version", "version", "of TLS: 0 to 3 for 1.0 to 1.3 (default 2)",
       bound(set_min_version, config)},
      {'\0', "ssl_wbuf_size", "kilobytes", "of each connection", number_within(0U, kMaxKilobytes),
       base::Effect::kNone, "records are made in room of the loop's own"},
      {'\0',
       "ssl_kernel_tls",
       "",
       "let the kernel encrypt",
       {},
       base::Effect::kRefused,
       "encrypting in the kernel is not served"},
  };
}

base::Status check(const TlsConfig& config) {
  if (config.enabled && config.options.chain_file.empty()) {
    return base::Failure{"-Z needs -o ssl_chain_cert=<file>"};
  }
  return Done{};
}

}  // namespace larder::app
