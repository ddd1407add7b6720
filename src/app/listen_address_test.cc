// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/listen_address.h"

#include <gtest/gtest.h>

namespace larder::app {
namespace {

using serve::memcache::Protocol;

ListenAddress parsed(const std::string& text, const TlsConfig& tls = {}) {
  const auto address = parse_listen_address(text, 11211, tls);
  EXPECT_TRUE(address) << address.failure().what;
  return address ? *address : ListenAddress{};
}

std::string refused(const std::string& text) {
  const auto address = parse_listen_address(text, 11211, {});
  return address ? "(nothing)" : address.failure().what;
}

TEST(ListenAddress, IsAHostAndPerhapsItsPort) {
  const ListenAddress plain = parsed("127.0.0.1");
  EXPECT_EQ(plain.where.host, "127.0.0.1");
  EXPECT_EQ(plain.where.port, 11211);
  EXPECT_EQ(plain.protocol, std::nullopt);
  EXPECT_EQ(plain.tag, "");
  EXPECT_EQ(parsed("[::1]:12").where.port, 12);
  EXPECT_EQ(parsed("*").where.host, "");
}

TEST(ListenAddress, HasPrefixesInAnyOrder) {
  for (const char* text :
       {"tag[web]:proto[ascii]:[::1]:12", "proto[ascii]:tag[web]:[::1]:12",
        "notls:tag[web]:proto[ascii]:[::1]:12", "tag[web]:notls:proto[ascii]:[::1]:12"}) {
    const ListenAddress address = parsed(text);
    EXPECT_EQ(address.where.host, "::1") << text;
    EXPECT_EQ(address.where.port, 12) << text;
    EXPECT_EQ(address.protocol, Protocol::kAscii) << text;
    EXPECT_EQ(address.tag, "web") << text;
  }
  EXPECT_EQ(parsed("proto[binary]:h").protocol, Protocol::kBinary);
  EXPECT_EQ(parsed("proto[auto]:h").protocol, Protocol::kAuto);
  EXPECT_EQ(parsed("tag[12345678]:h").tag, "12345678");
}

TEST(ListenAddress, IsEncryptedWithTlsUnlessItSaysOtherwise) {
  TlsConfig tls{.enabled = true, .options = {}};
  tls.options.clients = io::TlsClients::kAsked;
  EXPECT_TRUE(parsed("h", tls).encrypted);
  EXPECT_EQ(parsed("h", tls).clients, io::TlsClients::kAsked);
  EXPECT_TRUE(parsed("btls:h", tls).encrypted);
  EXPECT_EQ(parsed("tag[a]:btls:h", tls).clients, io::TlsClients::kNotAsked);
  EXPECT_TRUE(parsed("mtls:proto[ascii]:h", tls).encrypted);
  EXPECT_EQ(parsed("mtls:proto[ascii]:h", tls).clients, io::TlsClients::kRequired);
  EXPECT_FALSE(parsed("notls:h", tls).encrypted);
  EXPECT_FALSE(parsed("h").encrypted);
}

TEST(ListenAddress, IsRefusedWithTheReason) {
  EXPECT_EQ(refused("proto[text]:h"), "-l proto[text]:h: proto[] is ascii, binary or auto");
  EXPECT_EQ(refused("tag[]:h"), "-l tag[]:h: tags must be between 1 and 8 characters");
  EXPECT_EQ(refused("tag[123456789]:h"),
            "-l tag[123456789]:h: tags must be between 1 and 8 characters");
  EXPECT_EQ(refused("btls:h"), "-l btls:h: it needs -Z");
  EXPECT_EQ(refused("tag[a]:mtls:h"), "-l tag[a]:mtls:h: it needs -Z");
  EXPECT_EQ(refused("notls:"), "-l: not an address: ");
}

}  // namespace
}  // namespace larder::app
