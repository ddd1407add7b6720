// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/decimal.h"
#include "wire/http/head.h"
#include "wire/http/ip_text.h"
#include "wire/http/octets.h"

namespace larder::wire::http {
namespace {

// RFC 3986, and the printable rest that clients send as it is: nobody reads it in another way. No
// fragment (RFC 9112, 3.2), and no octet beyond ASCII.
constexpr OctetClass kTargetOctets = octet_class("-._~:/?@!$&'()*+,;=%[]\"<>\\^`{|}");
constexpr OctetClass kHostOctets = octet_class("-._~!$&'()*+,;=%");  // reg-name of RFC 3986

bool is_hex(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

// Each % with two digits behind it.
bool is_percent_encoded(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (text.size() - at < 3 || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
  }
  return true;
}

bool is_host(std::string_view text) {
  if (text.starts_with('['))
    return text.ends_with(']') && parse_ipv6(text.substr(1, text.size() - 2)).has_value();
  return !text.empty() && consists_of(kHostOctets, text) && is_percent_encoded(text);
}

bool parse_port(std::string_view digits, std::uint16_t& into) {
  into = 0;
  if (digits.empty()) return true;  // RFC 3986, 3.2.3: `example.com:` is the default port
  const auto port = base::parse_decimal<std::uint16_t>(digits);
  into = port.value_or(0);
  return into != 0;
}

// The authority form: a port must be said (RFC 9112, 3.2.3).
Fault parse_tunnel(std::string_view target, Target& into) {
  Authority authority;
  if (!parse_authority(target, authority) || authority.port == 0) return Fault::kBadTarget;
  into.authority = target;
  return Fault::kNone;
}

// `http://example.com/a?b`. User information is refused (RFC 9110, 4.2.4).
Fault parse_absolute(std::string_view method, std::string_view target, Target& into) {
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return Fault::kBadTarget;
  into.scheme = target.substr(0, colon);
  if (!equal_names(into.scheme, "http") && !equal_names(into.scheme, "https")) {
    return Fault::kBadTarget;
  }
  const std::string_view rest = target.substr(colon + 3);
  into.authority = rest.substr(0, rest.find_first_of("/?"));
  into.path = rest.substr(into.authority.size());
  into.is_asterisk = into.path.empty() && method == "OPTIONS";  // RFC 9112, 3.2.4
  if (into.path.empty() && !into.is_asterisk) into.path = "/";
  Authority authority;
  return parse_authority(into.authority, authority) ? Fault::kNone : Fault::kBadTarget;
}

}  // namespace

Fault parse_target(std::string_view method, std::string_view target, Target& into) {
  into = {};
  if (target.empty() || !consists_of(kTargetOctets, target)) return Fault::kBadTarget;
  if (method == "CONNECT") return parse_tunnel(target, into);
  if (target == "*") {
    into.is_asterisk = true;
    return method == "OPTIONS" ? Fault::kNone : Fault::kBadTarget;
  }
  if (target.front() != '/') return parse_absolute(method, target, into);
  into.path = target;
  return Fault::kNone;
}

bool parse_authority(std::string_view text, Authority& into) {
  const std::size_t bracket = text.starts_with('[') ? std::min(text.find(']'), text.size()) : 0;
  const std::size_t colon = std::min(text.find(':', bracket), text.size());
  into.host = text.substr(0, colon);
  return is_host(into.host) && parse_port(text.substr(std::min(colon + 1, text.size())), into.port);
}

bool equal_authorities(std::string_view a, std::string_view b, std::string_view scheme) {
  const std::uint16_t usual = scheme == "https" ? 443 : 80;
  const auto port_of = [usual](const Authority& of) { return of.port == 0 ? usual : of.port; };
  Authority one;
  Authority other;
  return parse_authority(a, one) && parse_authority(b, other) &&
         equal_names(one.host, other.host) && port_of(one) == port_of(other);
}

}  // namespace larder::wire::http
