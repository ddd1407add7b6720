// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import/listeners.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "cli/import/vocabulary.h"

namespace larder::cli::import {
namespace {

// `80`, `*:80`, `10.0.0.1`, `[::]:80` → with host and port; empty: no such address.
std::string address_of(const std::string& text) {
  if (text.empty() || text.starts_with("unix:")) return {};
  const bool is_port = text.find_first_not_of("0123456789") == std::string::npos;
  if (is_port) return "0.0.0.0:" + text;
  if (text.starts_with("*:")) return "0.0.0.0" + text.substr(1);
  const bool has_port = text.find(':') != std::string::npos && !text.ends_with(']');
  return has_port ? text : text + ":80";
}

JsonValue* find_by(JsonValue::List& list, std::string_view key, const std::string& value) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const JsonValue& one) {
    const JsonValue* known = one.find(key);
    return known != nullptr && known->text() == JsonValue(value).text();
  });
  return found == list.end() ? nullptr : &*found;
}

bool is_needless_parameter(std::string_view word) {
  constexpr std::array<std::string_view, 11> kNeedless = {
      "reuseport", "deferred", "bind",    "backlog=", "rcvbuf=",     "sndbuf=",
      "fastopen=", "ipv6only", "default", "setfib=",  "so_keepalive"};
  return std::any_of(kNeedless.begin(), kNeedless.end(),
                     [&](std::string_view one) { return word.starts_with(one); });
}

// The oldest of ssl_protocols.
std::string oldest_of(const Directive& protocols) {
  for (const char* version : {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}) {
    const auto& words = protocols.words;
    if (std::find(words.begin(), words.end(), version) != words.end()) return version;
  }
  return "TLSv1.2";
}

}  // namespace

bool Listeners::take(const Level& server) {
  was_plain_ = false;
  last_.clear();
  const Directive* ssl = server.find("ssl");
  const bool all_by_tls = ssl != nullptr && ssl->word(0) == "on";
  bool encrypted = all_by_tls;
  static const Directive kUsual{.name = "listen", .words = {"80"}};
  std::vector<const Directive*> listens = server.all("listen");
  if (listens.empty()) listens.push_back(&kUsual);
  for (const Directive* listen : listens) {
    const bool by_tls = take_listen(server, *listen) || all_by_tls;
    (by_tls ? encrypted : was_plain_) = true;
    JsonValue* listener = find_by(listeners_, "address", address_of(listen->word(0)));
    if (all_by_tls && listener != nullptr) listener->at("tls") = true;
  }
  if (encrypted) take_certificate(server);
  return encrypted;
}

bool Listeners::has_plain() const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [](const JsonValue& one) { return one.find("tls") == nullptr; });
}

bool Listeners::take_listen(const Level& server, const Directive& listen) {
  const std::string address = address_of(listen.word(0));
  if (address.empty()) {
    all_.refuse(listen);
    return false;
  }
  JsonValue* known = find_by(listeners_, "address", address);
  if (known == nullptr) {
    known = &listeners_.emplace_back();
    known->at("address") = address;
  }
  bool encrypted = false;
  last_.push_back({.address = address});
  for (std::size_t i = 1; i < listen.words.size(); ++i) {
    const std::string& word = listen.words[i];
    if (word == "default_server" || word == "default") last_.back().is_default = true;
    if (word == "ssl") encrypted = true;
    if (word == "proxy_protocol") known->at("proxyProtocol") = true;
    const bool is_known = word == "default_server" || word == "ssl" || word == "http2" ||
                          word == "proxy_protocol" || is_needless_parameter(word);
    if (!is_known) all_.lose(listen, fmt::format("\"listen … {}\" is not translated", word));
  }
  if (encrypted) known->at("tls") = true;
  put_terms(server, *known);
  return encrypted;
}

void Listeners::put_terms(const Level& server, JsonValue& listener) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTimes = {
      {{"client_header_timeout", "headTimeoutSec"},
       {"client_body_timeout", "bodyTimeoutSec"},
       {"send_timeout", "sendTimeoutSec"},
       {"keepalive_timeout", "keepAliveSec"}}};
  for (const auto& [name, key] : kTimes) {
    const Directive* one = server.find(name);
    const auto seconds = one == nullptr ? std::nullopt : parse_time(one->word(0));
    constexpr double kDayS = 86'400;
    if (one != nullptr && (!seconds || *seconds > kDayS)) all_.refuse(*one);
    if (seconds && *seconds <= kDayS && (*seconds > 0 || key == "keepAliveSec")) {
      listener.at(key) = number(*seconds);
    }
  }
  JsonValue::List trusted;
  for (const Directive* one : server.all("set_real_ip_from")) {
    if (one->word(0).starts_with("unix:")) {
      all_.refuse(*one);
    } else {
      trusted.emplace_back(one->word(0));
    }
  }
  if (!trusted.empty()) listener.at("trusted") = trusted;
}

void Listeners::take_certificate(const Level& server) {
  const Directive* chain = server.find("ssl_certificate");
  if (chain == nullptr || has_variable(chain->word(0))) {
    if (chain != nullptr) all_.refuse(*chain);
    return;
  }
  if (find_by(certificates_, "chainFile", chain->word(0)) != nullptr) return;
  JsonValue made;
  made.at("chainFile") = chain->word(0);
  if (const Directive* key = server.find("ssl_certificate_key")) made.at("keyFile") = key->word(0);
  if (const Directive* file = server.find("ssl_client_certificate")) {
    made.at("caFile") = file->word(0);
  }
  if (const Directive* file = server.find("ssl_stapling_file")) {
    made.at("ocspFile") = file->word(0);
  }
  if (const Directive* names = server.find("ssl_ciphers")) made.at("ciphers") = names->word(0);
  if (const Directive* names = server.find("ssl_protocols")) {
    made.at("minVersion") = oldest_of(*names);
  }
  if (const Directive* verify = server.find("ssl_verify_client")) {
    const std::string& word = verify->word(0);
    if (word == "on") made.at("clients") = "required";
    if (word == "optional") made.at("clients") = "asked";
    if (word == "optional_no_ca") all_.refuse(*verify);
  }
  if (const Directive* cache = server.find("ssl_session_cache")) {
    made.at("sessionCache") = cache->word(0) != "off" && cache->word(0) != "none";
  }
  certificates_.push_back(std::move(made));
}

void Listeners::put(JsonValue& network, const Defaults& defaults) const {
  JsonValue::List listeners = listeners_;
  for (const auto& [address, site] : defaults) {
    find_by(listeners, "address", address)->at("defaultHosting") = site;
  }
  if (!listeners.empty()) network.at("listen") = listeners;
  if (!certificates_.empty()) network.at("tls.certificates") = certificates_;
}

}  // namespace larder::cli::import
