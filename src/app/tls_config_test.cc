// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/tls_config.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/cache_options.h"

namespace larder::app {
namespace {

using io::TlsClients;
using io::TlsVersion;

base::Status read(const std::string& word, CacheConfig& config) {
  const base::OptionTable table = cache_options("larder cache", "a cache node", config);
  std::vector<std::string> notes;
  return read_options(table, {"larder", "-o", word}, config, notes);
}

io::TlsOptions good(const std::string& word) {
  CacheConfig config;
  const base::Status set = read(word, config);
  EXPECT_TRUE(set) << word;
  return config.tls.options;
}

bool is_refused(const std::string& word) {
  CacheConfig config;
  return !read(word, config);
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
  EXPECT_EQ(good("ssl_min_version=3").min_version, TlsVersion::kTls13);
  EXPECT_EQ(good("ssl_min_version=tlsv1.1").min_version, TlsVersion::kTls11);
  EXPECT_EQ(good("ssl_wbuf_size=64").min_version, TlsVersion::kTls12);
  EXPECT_TRUE(good("ssl_session_cache").session_cache);
}

TEST(TlsWords, AreRefusedUnlessTheyAreWhatIsExpected) {
  for (const char* word : {"ssl_key", "ssl_key=", "ssl_keyformat=ENGINE", "ssl_wbuf_size=much",
                           "ssl_verify_mode=4", "ssl_verify_mode=-1", "ssl_min_version=4",
                           "ssl_min_version=tls1.2", "ssl_kernel_tls", "ssl", "ssl_keys=k"}) {
    EXPECT_TRUE(is_refused(word)) << word;
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

}  // namespace
}  // namespace larder::app
