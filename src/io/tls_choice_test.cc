// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// What a client may ask for: a certificate by its name, a protocol, what its issuer says of it.
#include <gtest/gtest.h>
#include <openssl/ocsp.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "io/test_loop.h"
#include "io/test_session.h"
#include "io/test_tls.h"

namespace larder::io {
namespace {

constexpr std::string_view kBoth = "\x02h2\x08http/1.1";
constexpr std::string_view kOld = "\x08http/1.1";
constexpr std::string_view kStrange = "\x03irc";

// A response of OCSP in a file, which says no more than a status.
class OcspFile {
 public:
  OcspFile() : path_(testing::TempDir() + "larder-ocsp-" + std::to_string(::getpid())) { say(1); }
  ~OcspFile() { std::filesystem::remove(path_); }
  OcspFile(const OcspFile&) = delete;
  OcspFile& operator=(const OcspFile&) = delete;

  void say(int status) {
    OCSP_RESPONSE* const response = OCSP_response_create(status, nullptr);
    unsigned char* der = nullptr;
    const int bytes = i2d_OCSP_RESPONSE(response, &der);
    content_.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(bytes));
    OPENSSL_free(der);
    OCSP_RESPONSE_free(response);
    std::ofstream(path_, std::ios::binary) << content_;
  }
  const std::string& path() const { return path_; }
  const std::string& content() const { return content_; }

 private:
  std::string path_;
  std::string content_;
};

class TlsChoiceTest : public BackendTest {
 protected:
  void open(std::vector<TlsOptions> certificates) {
    auto opened = Tls::open(certificates);
    ASSERT_TRUE(opened) << opened.failure().what;
    tls_ = *std::move(opened);
  }
  static TlsOptions of(const TestIdentity& identity) {
    return {.chain_file = identity.certificate_path(), .key_file = identity.key_path()};
  }
  TlsPeer connect(SteppedLoop& loop, const TlsPeerOptions& wanted,
                  TlsClients clients = TlsClients::kNotAsked) {
    const auto serve = [this](Socket& socket) { return serve_lines(socket, seen_); };
    return {loop.connect(serve, Transport::kTcp, {.tls = tls_.get(), .clients = clients}), wanted};
  }
  static bool answers(SteppedLoop& loop, TlsPeer& peer) {
    return peer.converse("ping\n", 6, [&] { loop->turn(1); }) == "[ping]";
  }
  std::string shown(SteppedLoop& loop, const std::string& name, int version = TLS1_3_VERSION) {
    TlsPeer peer = connect(loop, {.version = version, .server_name = name});
    return answers(loop, peer) ? peer.server_name() : "nobody";
  }

  TestIdentity authority_{"authority"};
  TestIdentity first_{"first", &authority_, "DNS:first.test,DNS:both.test"};
  TestIdentity second_{"second", &authority_, "DNS:second.test,DNS:both.test,DNS:*.wild.test"};
  TestIdentity third_{"third.test", &authority_};
  std::unique_ptr<Tls> tls_;
  Seen seen_;
};
LARDER_TEST_BACKENDS(TlsChoiceTest);

TEST_P(TlsChoiceTest, ShowsTheCertificateOfTheNameThatIsAskedFor) {
  SteppedLoop loop(options());
  open({of(first_), of(second_), of(third_)});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_EQ(shown(loop, "first.test", version), "first");
    EXPECT_EQ(shown(loop, "second.test", version), "second");
    EXPECT_EQ(shown(loop, "SECOND.Test", version), "second");
    EXPECT_EQ(shown(loop, "both.test", version), "first");
    EXPECT_EQ(shown(loop, "a.wild.test", version), "second");
    EXPECT_EQ(shown(loop, "wild.test", version), "first");
    EXPECT_EQ(shown(loop, "a.b.wild.test", version), "first");
    EXPECT_EQ(shown(loop, "third.test", version), "third.test");
    EXPECT_EQ(shown(loop, "stranger", version), "first");
    EXPECT_EQ(shown(loop, "", version), "first");
  }
}

TEST_P(TlsChoiceTest, ResumesByTheTicketOfEachNameOverAReload) {
  SteppedLoop loop(options());
  open({of(first_), of(second_)});
  for (const std::string name : {"first.test", "second.test"}) {
    TlsPeer peer = connect(loop, {.server_name = name});
    ASSERT_TRUE(answers(loop, peer));
    const SslSession session = peer.session();
    ASSERT_TRUE(tls_->reload());
    TlsPeer again = connect(loop, {.resumed = session.get(), .server_name = name});
    ASSERT_TRUE(answers(loop, again));
    EXPECT_TRUE(again.was_resumed()) << name;
  }
}

TEST_P(TlsChoiceTest, AgreesUponTheBestProtocol) {
  SteppedLoop loop(options());
  TlsOptions both = of(first_);
  both.alpn = {"h2", "http/1.1"};
  open({both});
  TlsPeer modern = connect(loop, {.alpn = std::string(kBoth)});
  EXPECT_TRUE(answers(loop, modern));
  EXPECT_EQ(modern.protocol(), "h2");
  EXPECT_EQ(seen_.socket->tls_facts().protocol, "h2");
  TlsPeer old = connect(loop, {.alpn = std::string(kOld)});
  EXPECT_TRUE(answers(loop, old));
  EXPECT_EQ(old.protocol(), "http/1.1");
  TlsPeer silent = connect(loop, {});
  EXPECT_TRUE(answers(loop, silent));
  EXPECT_EQ(seen_.socket->tls_facts().protocol, "");
  TlsPeer strange = connect(loop, {.alpn = std::string(kStrange)});
  EXPECT_FALSE(answers(loop, strange));
}

TEST_P(TlsChoiceTest, SaysNothingOfProtocolsWhereNoneAreNamed) {
  SteppedLoop loop(options());
  open({of(first_)});
  TlsPeer peer = connect(loop, {.alpn = std::string(kBoth)});
  EXPECT_TRUE(answers(loop, peer));
  EXPECT_EQ(peer.protocol(), "");
}

TEST_P(TlsChoiceTest, KnowsWhatWasAgreedUpon) {
  SteppedLoop loop(options());
  TlsOptions asks = of(first_);
  asks.ca_file = authority_.certificate_path();
  open({asks, of(second_)});
  const TestIdentity client("client", &authority_);
  TlsPeer peer =
      connect(loop, {.identity = &client, .server_name = "first.test"}, TlsClients::kAsked);
  ASSERT_TRUE(answers(loop, peer));
  const TlsFacts facts = seen_.socket->tls_facts();
  EXPECT_EQ(facts.server_name, "first.test");
  EXPECT_EQ(facts.version, "TLSv1.3");
  EXPECT_EQ(facts.cipher, "TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(facts.peer_subject, "CN=client");
  Peer plain = loop.connect([this](Socket& socket) { return serve_lines(socket, seen_); });
  EXPECT_EQ(seen_.socket->tls_facts().version, "");
}

TEST_P(TlsChoiceTest, EachNameHasClientsOfItsOwn) {
  SteppedLoop loop(options());
  TlsOptions closed = of(second_);
  closed.ca_file = authority_.certificate_path();
  closed.clients = TlsClients::kRequired;
  open({of(first_), closed});
  const TestIdentity client("client", &authority_);
  const TestIdentity stranger("stranger");
  const auto enters = [&](const TestIdentity* identity, const std::string& name,
                          SSL_SESSION* resumed = nullptr) {
    TlsPeer peer = connect(loop, {.identity = identity, .resumed = resumed, .server_name = name});
    return answers(loop, peer);
  };
  EXPECT_TRUE(enters(nullptr, "first.test"));
  EXPECT_FALSE(enters(nullptr, "second.test"));
  EXPECT_FALSE(enters(&stranger, "second.test"));
  EXPECT_TRUE(enters(&client, "second.test"));
  TlsPeer peer = connect(loop, {.server_name = "first.test"});
  ASSERT_TRUE(answers(loop, peer));
  const SslSession session = peer.session();
  EXPECT_TRUE(enters(nullptr, "first.test", session.get()));
  EXPECT_FALSE(enters(nullptr, "second.test", session.get()));
}

TEST_P(TlsChoiceTest, StaplesWhatTheIssuerSays) {
  SteppedLoop loop(options());
  OcspFile file;
  TlsOptions stapled = of(second_);
  stapled.ocsp_file = file.path();
  open({of(first_), stapled});
  const auto told = [&](const std::string& name) {
    TlsPeer peer = connect(loop, {.server_name = name, .wants_ocsp = true});
    EXPECT_TRUE(answers(loop, peer));
    return peer.ocsp();
  };
  EXPECT_EQ(told("first.test"), "");
  EXPECT_EQ(told("second.test"), file.content());
  file.say(3);
  ASSERT_TRUE(tls_->reload());
  EXPECT_EQ(told("second.test"), file.content());
  std::ofstream(file.path()) << "not of OCSP";
  EXPECT_FALSE(tls_->reload());
  EXPECT_EQ(told("second.test"), file.content());
}

}  // namespace
}  // namespace larder::io
