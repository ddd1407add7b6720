// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/proxy_protocol.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <tuple>

#include "base/decimal.h"
#include "base/limits.h"
#include "wire/http/head_reader.h"
#include "wire/http/ip_text.h"

namespace larder::wire::http {
namespace {

using State = ProxyPreface::State;

constexpr std::string_view kText = "PROXY ";
constexpr std::string_view kSignature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t kMaxTextBytes = 107;    // with its CR LF
constexpr std::size_t kBinaryHeadBytes = 16;  // signature, command, family, length

ProxyPreface fault() { return {.state = State::kFault}; }

// ---- version 1: `PROXY TCP4 192.0.2.1 198.51.100.7 56324 443 CR LF`

std::string_view take_word(std::string_view& line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

bool parse_port(std::string_view word, std::uint16_t& into) {
  const auto port = base::parse_decimal<std::uint16_t>(word);
  into = port.value_or(0);
  return port.has_value();
}

template <class Address>
bool write_host(const std::optional<Address>& address, std::string& into) {
  if (address) into = format_ip(*address);
  return address.has_value();
}

bool parse_host(bool is_ipv6, std::string_view word, std::string& into) {
  return is_ipv6 ? write_host(parse_ipv6(word), into) : write_host(parse_ipv4(word), into);
}

bool parse_addresses(bool is_ipv6, std::string_view line, ProxyPreface& into) {
  const bool is_read = parse_host(is_ipv6, take_word(line), into.source_host) &&
                       parse_host(is_ipv6, take_word(line), into.target_host) &&
                       parse_port(take_word(line), into.source_port);
  return is_read && parse_port(line, into.target_port);
}

bool parse_text(std::string_view line, ProxyPreface& into) {
  const std::string_view family = take_word(line);
  if (family == "TCP4") return parse_addresses(false, line, into);
  if (family == "TCP6") return parse_addresses(true, line, into);
  into.is_local = true;  // What follows UNKNOWN is to be overlooked.
  return family == "UNKNOWN";
}

ProxyPreface read_text(std::string_view unread) {
  HeadReader reader(unread.substr(0, kMaxTextBytes));
  std::string_view line;
  if (!reader.next_line(line, Fault::kBadLine)) {
    const bool is_hopeless =
        reader.result().state == HeadParsed::State::kFault || unread.size() >= kMaxTextBytes;
    return is_hopeless ? fault() : ProxyPreface{};
  }
  ProxyPreface preface{.state = State::kWhole, .consumed = reader.whole().consumed};
  return parse_text(line.substr(kText.size()), preface) ? preface : fault();
}

// ---- version 2: the signature, command, family, length; addresses; then what we overlook

constexpr unsigned char kLocal = 0x20;
constexpr unsigned char kProxy = 0x21;
constexpr unsigned char kUnspecified = 0x00;
constexpr unsigned char kTcp4 = 0x11;
constexpr unsigned char kTcp6 = 0x21;
constexpr unsigned char kUnixStream = 0x31;

std::uint16_t number_at(std::string_view bytes, std::size_t at) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  return static_cast<std::uint16_t>(octet(at) << 8 | octet(at + 1));
}

template <class Address>
std::string host_at(std::string_view block, std::size_t at) {
  Address address;
  std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(at), address.size(), address.begin());
  return format_ip(address);
}

// Source and target, both hosts and then both ports; TLVs behind them are overlooked.
template <class Address>
bool read_addresses(std::string_view block, ProxyPreface& into) {
  constexpr std::size_t kHost = std::tuple_size_v<Address>;
  if (block.size() < 2 * kHost + 4) return false;
  into.source_host = host_at<Address>(block, 0);
  into.target_host = host_at<Address>(block, kHost);
  into.source_port = number_at(block, 2 * kHost);
  into.target_port = number_at(block, 2 * kHost + 2);
  return true;
}

bool read_block(unsigned char command, unsigned char family, std::string_view block,
                ProxyPreface& into) {
  into.is_local = command == kLocal;
  if (command != kProxy) return into.is_local;
  switch (family) {
    case kTcp4: return read_addresses<Ipv4>(block, into);
    case kTcp6: return read_addresses<Ipv6>(block, into);
    case kUnspecified:
    case kUnixStream: into.is_local = true; return true;
    default: return false;  // Datagrams do not come over a connection.
  }
}

ProxyPreface read_binary(std::string_view unread) {
  if (unread.size() < kBinaryHeadBytes) return {};
  const std::size_t bytes = kBinaryHeadBytes + number_at(unread, kBinaryHeadBytes - 2);
  if (bytes > limits::kMaxProxyPrefaceBytes) return fault();
  if (unread.size() < bytes) return {};
  ProxyPreface preface{.state = State::kWhole, .consumed = bytes};
  const auto command = static_cast<unsigned char>(unread[kSignature.size()]);
  const auto family = static_cast<unsigned char>(unread[kSignature.size() + 1]);
  const std::string_view block = unread.substr(0, bytes).substr(kBinaryHeadBytes);
  return read_block(command, family, block, preface) ? preface : fault();
}

}  // namespace

ProxyPreface parse_proxy_preface(std::string_view unread) {
  if (unread.starts_with(kText)) return read_text(unread);
  if (unread.starts_with(kSignature)) return read_binary(unread);
  return kText.starts_with(unread) || kSignature.starts_with(unread) ? ProxyPreface{} : fault();
}

}  // namespace larder::wire::http
