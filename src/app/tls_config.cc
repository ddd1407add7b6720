// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/tls_config.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/decimal.h"

namespace larder::app {
namespace {

using base::Done;
using base::Status;
using io::TlsClients;
using io::TlsOptions;
using io::TlsVersion;

Status refuse(std::string_view why) { return base::Failure{std::string(why)}; }

// ---- the words of -o

template <std::string TlsOptions::* Target>
Status set_text(TlsOptions& options, std::string_view value) {
  options.*Target = value;
  return Done{};
}

Status set_key_format(TlsOptions& options, std::string_view value) {
  std::string upper(value);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  if (upper != "PEM" && upper != "DER") return refuse("PEM or DER is expected");
  options.key_format = upper == "DER" ? TlsOptions::KeyFormat::kDer : TlsOptions::KeyFormat::kPem;
  return Done{};
}

// memcached's 3 asks once for each session and not at each renegotiation: there is none.
Status set_verify_mode(TlsOptions& options, std::string_view value) {
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
constexpr auto kVersions = std::to_array<Version>({{"0", "tlsv1.0", TlsVersion::k1_0},
                                                   {"1", "tlsv1.1", TlsVersion::k1_1},
                                                   {"2", "tlsv1.2", TlsVersion::k1_2},
                                                   {"3", "tlsv1.3", TlsVersion::k1_3}});

Status set_min_version(TlsOptions& options, std::string_view value) {
  const auto* const found = std::ranges::find_if(kVersions, [value](const Version& version) {
    return value == version.number || value == version.name;
  });
  if (found == kVersions.end()) return refuse("0 to 3, or tlsv1.0 to tlsv1.3, is expected");
  options.min_version = found->version;
  return Done{};
}

// Records are made in the loop's own room, whatever size the operator has in mind.
Status judge_buffer(TlsOptions&, std::string_view value) {
  if (!base::parse_decimal<std::size_t>(value)) return refuse("a number is expected");
  return Done{};
}

Status set_session_cache(TlsOptions& options, std::string_view) {
  options.session_cache = true;
  return Done{};
}

Status refuse_kernel_tls(TlsOptions&, std::string_view) {
  return refuse("encrypting in the kernel is not served");
}

struct Word {
  std::string_view name;
  bool takes_value;
  Status (*set)(TlsOptions& options, std::string_view value);
};
constexpr auto kWords = std::to_array<Word>({
    {"ssl_chain_cert", true, set_text<&TlsOptions::chain_file>},
    {"ssl_key", true, set_text<&TlsOptions::key_file>},
    {"ssl_keyformat", true, set_key_format},
    {"ssl_verify_mode", true, set_verify_mode},
    {"ssl_ciphers", true, set_text<&TlsOptions::ciphers>},
    {"ssl_ca_cert", true, set_text<&TlsOptions::ca_file>},
    {"ssl_wbuf_size", true, judge_buffer},
    {"ssl_session_cache", false, set_session_cache},
    {"ssl_kernel_tls", false, refuse_kernel_tls},
    {"ssl_min_version", true, set_min_version},
});

}  // namespace

void add_tls_options(base::OptionTable& table, TlsConfig& config) {
  table.add({'Z', "enable-ssl", "", "speak TLS on TCP; needs -o ssl_chain_cert=<file>",
             [&config](const std::string&) -> Status {
               config.enabled = true;
               return Done{};
             }});
}

std::optional<base::Status> set_tls_word(std::string_view word, TlsConfig& config) {
  const std::size_t end = std::min(word.find('='), word.size());
  const std::string_view name = word.substr(0, end);
  const auto* const found = std::ranges::find(kWords, name, &Word::name);
  if (found == kWords.end()) return std::nullopt;
  const bool has_value = end + 1 < word.size();
  if (has_value != found->takes_value) {
    const std::string_view why =
        found->takes_value ? "a value is expected" : "no value is expected";
    return base::refuse_option(std::string(word), why);
  }
  auto set = found->set(config.options, has_value ? word.substr(end + 1) : "");
  if (!set) return base::refuse_option(std::string(word), set.failure().what);
  return set;
}

base::Status check(const TlsConfig& config) {
  if (config.enabled && config.options.chain_file.empty()) {
    return base::Failure{"-Z needs -o ssl_chain_cert=<file>"};
  }
  return Done{};
}

base::Result<TlsAddress> split_tls_prefix(const std::string& text, const TlsConfig& config) {
  if (text.starts_with("notls:")) return TlsAddress{.address = text.substr(6)};
  const bool basic = text.starts_with("btls:");
  const bool mutual = text.starts_with("mtls:");
  if (!basic && !mutual) {
    return TlsAddress{
        .address = text, .encrypted = config.enabled, .clients = config.options.clients};
  }
  if (!config.enabled) return base::Failure{"-l: " + text + " needs -Z"};
  return TlsAddress{.address = text.substr(5),
                    .encrypted = true,
                    .clients = mutual ? TlsClients::kRequired : TlsClients::kNotAsked};
}

}  // namespace larder::app
