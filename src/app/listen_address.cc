// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/listen_address.h"

#include <string_view>

namespace larder::app {
namespace {

using serve::memcache::Protocol;

constexpr std::size_t kMaxTagBytes = 8;

// Takes `name[value]:` off the front of `text`.
std::optional<std::string_view> take_bracketed(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name) || !text.substr(name.size()).starts_with('[')) return std::nullopt;
  const std::size_t end = text.find("]:", name.size());
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view value = text.substr(name.size() + 1, end - name.size() - 1);
  text.remove_prefix(end + 2);
  return value;
}

bool take_word(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

base::Failure wrong(const std::string& text, std::string_view why) {
  return base::Failure{"-l " + text + ": " + std::string(why)};
}

}  // namespace

std::optional<Protocol> protocol_of(std::string_view word) {
  if (word == "auto") return Protocol::kAuto;
  if (word == "ascii") return Protocol::kAscii;
  if (word == "binary") return Protocol::kBinary;
  return std::nullopt;
}

base::Result<ListenAddress> parse_listen_address(const std::string& text,
                                                 std::uint16_t default_port, const TlsConfig& tls) {
  ListenAddress address;
  address.encrypted = tls.enabled;
  address.clients = tls.options.clients;
  for (std::string_view rest = text;;) {
    if (const auto protocol = take_bracketed(rest, "proto")) {
      address.protocol = protocol_of(*protocol);
      if (!address.protocol) return wrong(text, "proto[] is ascii, binary or auto");
    } else if (const auto tag = take_bracketed(rest, "tag")) {
      if (tag->empty() || tag->size() > kMaxTagBytes) {
        return wrong(text, "tags must be between 1 and 8 characters");
      }
      address.tag = *tag;
    } else if (take_word(rest, "notls:")) {
      address.encrypted = false;
    } else if (take_word(rest, "btls:")) {
      if (!tls.enabled) return wrong(text, "it needs -Z");
      address.encrypted = true;
      address.clients = io::TlsClients::kNotAsked;
    } else if (take_word(rest, "mtls:")) {
      if (!tls.enabled) return wrong(text, "it needs -Z");
      address.encrypted = true;
      address.clients = io::TlsClients::kRequired;
    } else {
      const auto where = split_host_port(std::string(rest), default_port);
      if (!where) return where.failure();
      address.where = *where;
      return address;
    }
  }
}

}  // namespace larder::app
