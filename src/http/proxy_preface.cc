// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/proxy_preface.h"

#include <netinet/in.h>

#include <cstdint>
#include <string_view>

namespace larder::http {
namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr char kLocal = 0x20;    // version 2, of our own
constexpr char kProxied = 0x21;  // version 2, on behalf of somebody
constexpr char kTcp4 = 0x11;
constexpr char kTcp6 = 0x21;

void append_number(std::uint16_t number, std::string& to) {
  to += static_cast<char>(number >> 8);
  to += static_cast<char>(number & 0xff);
}

std::string_view raw(const io::Address& address) {
  const sockaddr* any = address.get();
  if (address.family() == AF_INET6) {
    const auto* bytes = reinterpret_cast<const sockaddr_in6*>(any)->sin6_addr.s6_addr;
    return {reinterpret_cast<const char*>(bytes), sizeof(in6_addr)};
  }
  const auto* bytes = &reinterpret_cast<const sockaddr_in*>(any)->sin_addr;
  return {reinterpret_cast<const char*>(bytes), sizeof(in_addr)};
}

std::string format_text(const io::Address& from, const io::Address& to) {
  const std::string_view family = from.family() == AF_INET ? "TCP4" : "TCP6";
  return std::string("PROXY ").append(family) + ' ' + from.host() + ' ' + to.host() + ' ' +
         std::to_string(from.port()) + ' ' + std::to_string(to.port()) + "\r\n";
}

std::string format_binary(const io::Address& from, const io::Address& to) {
  std::string preface(kSignature);
  preface += kProxied;
  preface += from.family() == AF_INET ? kTcp4 : kTcp6;
  const std::size_t bytes = 2 * (raw(from).size() + sizeof(std::uint16_t));
  append_number(static_cast<std::uint16_t>(bytes), preface);
  preface.append(raw(from)).append(raw(to));
  append_number(from.port(), preface);
  append_number(to.port(), preface);
  return preface;
}

}  // namespace

std::string format_proxy_preface(int version, const std::optional<io::Address>& from,
                                 const std::optional<io::Address>& to) {
  const bool is_known = from && to && from->family() == to->family() && !from->is_unix();
  if (is_known) return version == 1 ? format_text(*from, *to) : format_binary(*from, *to);
  if (version == 1) return "PROXY UNKNOWN\r\n";
  return std::string(kSignature).append({kLocal, 0, 0, 0});
}

}  // namespace larder::http
