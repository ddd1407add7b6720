// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/proxy_protocol.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/limits.h"

namespace larder::wire::http {
namespace {

using State = ProxyPreface::State;
using namespace std::string_literals;

const std::string kSignature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string binary(char command, char family, const std::string& block) {
  const char size[] = {static_cast<char>(block.size() >> 8), static_cast<char>(block.size())};
  return kSignature + command + family + std::string(size, 2) + block;
}

// Partial until it is whole, and then it takes its own bytes alone.
ProxyPreface read_whole(const std::string& text) {
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    EXPECT_EQ(parse_proxy_preface(text.substr(0, cut)).state, State::kPartial) << cut;
  }
  const ProxyPreface preface = parse_proxy_preface(text + "GET / HTTP/1.1\r\n");
  EXPECT_EQ(preface.state, State::kWhole);
  EXPECT_EQ(preface.consumed, text.size());
  return preface;
}

std::string told(const ProxyPreface& preface) {
  if (preface.is_local) return "local";
  return preface.source_host + " " + std::to_string(preface.source_port) + " " +
         preface.target_host + " " + std::to_string(preface.target_port);
}

bool is_fault(std::string_view text) { return parse_proxy_preface(text).state == State::kFault; }

TEST(proxy_preface, in_text) {
  EXPECT_EQ(told(read_whole("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n")),
            "192.0.2.1 56324 198.51.100.7 443");
  EXPECT_EQ(told(read_whole("PROXY TCP6 2001:DB8:0::1 ::1 0 65535\r\n")),
            "2001:db8::1 0 ::1 65535");
  EXPECT_EQ(told(read_whole("PROXY UNKNOWN\r\n")), "local");
  EXPECT_EQ(told(read_whole("PROXY UNKNOWN ffff::1 whatever 1 2\r\n")), "local");
}

TEST(proxy_preface, in_text_is_strict) {
  for (const std::string& text : {"PROXY\r\n"s,
                                  "PROXY \r\n"s,
                                  "PROXY TCP4\r\n"s,
                                  "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n"s,
                                  "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n"s,
                                  "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n"s,
                                  "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n"s,
                                  "PROXY TCP4 1.2.3.4 1.2.3.4 1 -2\r\n"s,
                                  "PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n"s,
                                  "PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n"s,
                                  "PROXY TCP4 ::1 ::1 1 2\r\n"s,
                                  "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n"s,
                                  "PROXY TCP4 1.2.3.4\0 1.2.3.4 1 2\r\n"s,
                                  "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n"s,
                                  "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n"s,
                                  "PROXY tcp4 1.2.3.4 1.2.3.4 1 2\r\n"s,
                                  "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n"s,
                                  "GET / HTTP/1.1\r\n"s,
                                  "PROXYx"s,
                                  "PROXY UNKNOWN\rx"s}) {
    EXPECT_TRUE(is_fault(text)) << text;
  }
}

TEST(proxy_preface, in_text_has_a_limit) {
  const std::string longest = "PROXY UNKNOWN " + std::string(91, 'x');
  EXPECT_EQ(parse_proxy_preface(longest + "\r\n").consumed, 107U);
  EXPECT_TRUE(is_fault(longest + "x\r\n"));
  EXPECT_TRUE(is_fault(longest + "xx"));
  EXPECT_EQ(parse_proxy_preface(longest + "x").state, State::kPartial);
}

TEST(proxy_preface, in_binary) {
  const std::string ipv4 = "\xC0\x00\x02\x01\xC6\x33\x64\x07\xDC\x04\x01\xBB"s;
  EXPECT_EQ(told(read_whole(binary('\x21', '\x11', ipv4))), "192.0.2.1 56324 198.51.100.7 443");
  EXPECT_EQ(told(read_whole(binary('\x21', '\x11', ipv4 + "\x04\x00\x02zz"s))),
            "192.0.2.1 56324 198.51.100.7 443");
  const std::string ipv6 = "\x20\x01\x0D\xB8"s + std::string(11, '\0') + "\x01"s +
                           std::string(15, '\0') + "\x01\xFF\xFF\x00\x50"s;
  EXPECT_EQ(told(read_whole(binary('\x21', '\x21', ipv6))), "2001:db8::1 65535 ::1 80");
}

TEST(proxy_preface, in_binary_may_be_of_the_balancer) {
  EXPECT_EQ(told(read_whole(binary('\x20', '\x00', ""))), "local");
  EXPECT_EQ(told(read_whole(binary('\x20', '\x11', "some"))), "local");
  EXPECT_EQ(told(read_whole(binary('\x21', '\x00', "tlvs"))), "local");
  EXPECT_EQ(told(read_whole(binary('\x21', '\x31', std::string(216, 'u')))), "local");
}

TEST(proxy_preface, in_binary_is_strict) {
  const std::string ipv4(12, '\1');
  EXPECT_TRUE(is_fault(binary('\x11', '\x11', ipv4)));  // version 1
  EXPECT_TRUE(is_fault(binary('\x22', '\x11', ipv4)));  // no command
  EXPECT_TRUE(is_fault(binary('\x21', '\x12', ipv4)));  // datagrams
  EXPECT_TRUE(is_fault(binary('\x21', '\x41', ipv4)));  // no family
  EXPECT_TRUE(is_fault(binary('\x21', '\x11', "short")));
  EXPECT_TRUE(is_fault(binary('\x21', '\x21', std::string(35, '\1'))));
  EXPECT_TRUE(is_fault("\r\n\r\nGET"));
}

TEST(proxy_preface, in_binary_has_a_limit) {
  const std::size_t longest = limits::kMaxProxyPrefaceBytes - 16;
  EXPECT_EQ(parse_proxy_preface(binary('\x20', '\0', std::string(longest, 'x'))).state,
            State::kWhole);
  const std::string longer = binary('\x20', '\0', std::string(longest + 1, 'x'));
  EXPECT_TRUE(is_fault(longer));
  EXPECT_TRUE(is_fault(std::string_view(longer).substr(0, 16)));
}

}  // namespace
}  // namespace larder::wire::http
