// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/ip_text.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <random>
#include <string>

#include "wire/test_seed.h"

namespace larder::wire::http {
namespace {

// What the system thinks of it.
template <class Address>
std::optional<Address> parse_by_system(const std::string& text) {
  Address address{};
  const int family = sizeof(Address) == 4 ? AF_INET : AF_INET6;
  if (inet_pton(family, text.c_str(), address.data()) != 1) return std::nullopt;
  return address;
}

template <class Address>
std::string format_by_system(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = sizeof(Address) == 4 ? AF_INET : AF_INET6;
  return inet_ntop(family, address.data(), text.data(), text.size());
}

TEST(ip_text, is_read_as_the_system_does) {
  for (const std::string text :
       {"1.2.3.4", "0.0.0.0", "255.255.255.255", "256.1.1.1", "01.2.3.4", "1.2.3", "1.2.3.4.",
        ".1.2.3", "1..2.3", "1.2.3.4.5", "1.2.3.a", "+1.2.3.4", "", "1.2.3.4 "}) {
    EXPECT_EQ(parse_ipv4(text), parse_by_system<Ipv4>(text)) << text;
  }
  for (const std::string text : {"::",
                                 "::1",
                                 "1::",
                                 "1:2:3:4:5:6:7:8",
                                 "1:2:3:4:5:6:7::",
                                 "::2:3:4:5:6:7:8",
                                 "1::8",
                                 "1:2:3:4:5:6:7:8::",
                                 "1:2:3:4::5:6:7:8",
                                 "::ffff:1.2.3.4",
                                 "1:2:3:4:5:6:1.2.3.4",
                                 "1.2.3.4::",
                                 "::1.2.3.4:5",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 ":::",
                                 ":1",
                                 "1:",
                                 ":",
                                 "1::2::3",
                                 "12345::",
                                 "g::",
                                 "::1.2.3",
                                 "::ABCD:ef01",
                                 "1:::2",
                                 "",
                                 "fe80::1%lo",
                                 "::+1"}) {
    EXPECT_EQ(parse_ipv6(text), parse_by_system<Ipv6>(text)) << text;
  }
}

TEST(ip_text, has_no_nul) {
  EXPECT_EQ(parse_ipv4(std::string_view("1.2.3.4\0", 8)), std::nullopt);
  EXPECT_EQ(parse_ipv6(std::string_view("::1\0", 4)), std::nullopt);
}

TEST(ip_text, is_written_and_read_as_the_system_does) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  std::mt19937_64 random(seed);
  for (int run = 0; run < 20000; ++run) {
    Ipv6 address{};
    for (std::uint8_t& byte : address) {
      if (random() % 3 == 0) byte = random() % 4 == 0 ? 0xFF : static_cast<std::uint8_t>(random());
    }
    const std::string text = format_by_system(address);
    ASSERT_EQ(format_ip(address), text);
    ASSERT_EQ(parse_ipv6(text), address);
    const Ipv4 last{address[12], address[13], address[14], address[15]};
    ASSERT_EQ(format_ip(last), format_by_system(last));
    ASSERT_EQ(parse_ipv4(format_ip(last)), last);
  }
}

TEST(ip_text, is_refused_as_the_system_does) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  std::mt19937_64 random(seed);
  for (int run = 0; run < 50000; ++run) {
    std::string text(random() % 24, ':');
    for (char& c : text) c = "0123456789abcfF:::::..g"[random() % 23];
    ASSERT_EQ(parse_ipv6(text), parse_by_system<Ipv6>(text)) << text;
    ASSERT_EQ(parse_ipv4(text), parse_by_system<Ipv4>(text)) << text;
  }
}

}  // namespace
}  // namespace larder::wire::http
