// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/tls_config.h"

#include <gtest/gtest.h>

#include <string>

namespace larder::app {
namespace {

using io::TlsClients;
using io::TlsVersion;

io::TlsOptions good(std::string_view word) {
  TlsConfig config;
  const auto set = set_tls_word(word, config);
  EXPECT_TRUE(set && *set) << word;
  return config.options;
}

std::string refusal(std::string_view word) {
  TlsConfig config;
  const auto set = set_tls_word(word, config);
  return set && !*set ? set->failure().what : "";
}

TEST(TlsWords, AreTaken) {
  EXPECT_EQ(good("ssl_chain_cert=/c").chain_file, "/c");
  EXPECT_EQ(good("ssl_key=/k").key_file, "/k");
  EXPECT_EQ(good("ssl_ca_cert=/a").ca_file, "/a");
  EXPECT_EQ(good("ssl_ciphers=A:B=C").ciphers, "A:B=C");
  EXPECT_EQ(good("ssl_keyformat=der").key_format, io::TlsOptions::KeyFormat::kDer);
  EXPECT_EQ(good("ssl_keyformat=PEM").key_format, io::TlsOptions::KeyFormat::kPem);
  EXPECT_EQ(good("ssl_verify_mode=0").clients, TlsClients::kNotAsked);
  EXPECT_EQ(good("ssl_verify_mode=1").clients, TlsClients::kAsked);
  EXPECT_EQ(good("ssl_verify_mode=2").clients, TlsClients::kRequired);
  EXPECT_EQ(good("ssl_verify_mode=3").clients, TlsClients::kRequired);
  EXPECT_EQ(good("ssl_min_version=3").min_version, TlsVersion::k1_3);
  EXPECT_EQ(good("ssl_min_version=tlsv1.1").min_version, TlsVersion::k1_1);
  EXPECT_EQ(good("ssl_wbuf_size=64").min_version, TlsVersion::k1_2);
  EXPECT_TRUE(good("ssl_session_cache").session_cache);
}

TEST(TlsWords, AreRefusedWithWhatIsExpected) {
  EXPECT_EQ(refusal("ssl_key"), "ssl_key: a value is expected");
  EXPECT_EQ(refusal("ssl_key="), "ssl_key=: a value is expected");
  EXPECT_EQ(refusal("ssl_session_cache=yes"), "ssl_session_cache=yes: no value is expected");
  EXPECT_EQ(refusal("ssl_keyformat=ENGINE"), "ssl_keyformat=ENGINE: PEM or DER is expected");
  EXPECT_EQ(refusal("ssl_wbuf_size=much"), "ssl_wbuf_size=much: a number is expected");
  for (const std::string word : {"ssl_verify_mode=4", "ssl_verify_mode=-1", "ssl_min_version=4",
                                 "ssl_min_version=tls1.2", "ssl_kernel_tls"}) {
    EXPECT_NE(refusal(word), "") << word;
  }
}

TEST(TlsWords, LeaveTheOthersToOthers) {
  TlsConfig config;
  for (const std::string word : {"", "ssl", "ssl_keys=k", "hashpower=20"}) {
    EXPECT_FALSE(set_tls_word(word, config)) << word;
  }
}

TEST(TlsConfig, NeedsACertificate) {
  TlsConfig config;
  EXPECT_TRUE(check(config));
  config.enabled = true;
  EXPECT_FALSE(check(config));
  config.options.chain_file = "c";
  EXPECT_TRUE(check(config));
}

TEST(TlsPrefix, SaysWhatIsSpoken) {
  TlsConfig config;
  config.enabled = true;
  config.options.clients = TlsClients::kAsked;
  struct Case {
    std::string text;
    std::string address;
    bool encrypted;
    TlsClients clients;
  };
  for (const Case& one : {Case{"h:1", "h:1", true, TlsClients::kAsked},
                          {"notls:h:1", "h:1", false, TlsClients::kNotAsked},
                          {"btls:[::1]:1", "[::1]:1", true, TlsClients::kNotAsked},
                          {"mtls:*", "*", true, TlsClients::kRequired}}) {
    const auto split = split_tls_prefix(one.text, config);
    ASSERT_TRUE(split) << one.text;
    EXPECT_EQ(split->address, one.address);
    EXPECT_EQ(split->encrypted, one.encrypted) << one.text;
    EXPECT_EQ(split->clients, one.clients) << one.text;
  }
  config.enabled = false;
  EXPECT_FALSE(split_tls_prefix("h:1", config)->encrypted);
  EXPECT_FALSE(split_tls_prefix("mtls:h:1", config));
  EXPECT_FALSE(split_tls_prefix("btls:h:1", config));
  EXPECT_TRUE(split_tls_prefix("notls:h:1", config));
}

}  // namespace
}  // namespace larder::app
