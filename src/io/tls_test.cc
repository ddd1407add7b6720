// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "io/test_tls.h"

namespace larder::io {
namespace {

using testing::HasSubstr;

std::string complaint(const TlsOptions& options) {
  const auto opened = Tls::open(options);
  return opened ? "" : opened.failure().what;
}

TEST(TlsTest, OpensWithGoodFiles) {
  const TestIdentity authority("authority");
  const TestIdentity server("server", &authority);
  EXPECT_EQ(complaint({.chain_file = server.certificate_path(),
                       .key_file = server.key_path(),
                       .ca_file = authority.certificate_path(),
                       .ciphers = "ECDHE+AESGCM"}),
            "");
}

TEST(TlsTest, SaysWhichFileIsBad) {
  const TestIdentity server("server");
  const TestIdentity other("other");
  const std::string& chain = server.certificate_path();
  const std::string& key = server.key_path();
  EXPECT_THAT(complaint({.chain_file = "/no/such", .key_file = key}),
              HasSubstr("Error loading the certificate chain: /no/such"));
  EXPECT_THAT(complaint({.chain_file = chain}), HasSubstr("Error loading the key: " + chain));
  EXPECT_THAT(
      complaint({.chain_file = chain, .key_file = key, .key_format = TlsOptions::KeyFormat::kDer}),
      HasSubstr("Error loading the key: " + key));
  EXPECT_THAT(complaint({.chain_file = chain, .key_file = other.key_path()}),
              HasSubstr("Error loading the key"));
  EXPECT_THAT(complaint({.chain_file = chain, .key_file = key, .ca_file = key}),
              HasSubstr("Error loading the CA certificate: " + key));
  EXPECT_THAT(complaint({.chain_file = chain, .key_file = key, .ciphers = "NONE-SUCH"}),
              HasSubstr("Error setting the provided cipher(s): NONE-SUCH"));
}

TEST(TlsTest, KeepsWhatIsInForceWhenARenewalIsBad) {
  const TestIdentity server("server");
  const auto tls =
      Tls::open({.chain_file = server.certificate_path(), .key_file = server.key_path()});
  ASSERT_TRUE(tls);
  std::ofstream(server.certificate_path()) << "half a certif";
  const auto reloaded = (*tls)->reload();
  ASSERT_FALSE(reloaded);
  EXPECT_THAT(reloaded.failure().what, HasSubstr("Error loading the certificate chain"));
  const Ssl ssl = (*tls)->accept(TlsClients::kNotAsked);
  EXPECT_NE(SSL_get_certificate(ssl.get()), nullptr);
}

TEST(TlsTest, CountsItsMemory) {
  const TestIdentity server("server");
  const TlsOptions options{.chain_file = server.certificate_path(), .key_file = server.key_path()};
  const auto open_one = [&] {
    const auto tls = Tls::open(options);
    ASSERT_TRUE(tls);
    const Ssl ssl = (*tls)->accept(TlsClients::kNotAsked);
  };
  open_one();  // what OpenSSL keeps for the next one
  const std::size_t before = tls_memory_bytes();
  {
    const auto tls = Tls::open(options);
    ASSERT_TRUE(tls);
    const std::size_t of_context = tls_memory_bytes();
    EXPECT_GT(of_context, before);
    const Ssl ssl = (*tls)->accept(TlsClients::kNotAsked);
    EXPECT_GT(tls_memory_bytes(), of_context);
  }
  EXPECT_EQ(tls_memory_bytes(), before);
}

}  // namespace
}  // namespace larder::io
