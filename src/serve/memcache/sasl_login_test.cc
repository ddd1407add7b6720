// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/sasl_login.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "serve/memcache/test_binary.h"
#include "serve/memcache/test_login.h"
#include "serve/memcache/test_password_file.h"

namespace larder::serve::memcache {
namespace {

using binary::Status;
using namespace opcode;
using namespace std::string_literals;

const std::string kGood = "\0alice\0secret"s;
const std::string kBad = "\0alice\0wrong"s;

std::string auth(const std::string& message, const std::string& mechanism = "PLAIN") {
  return request(kSaslAuth, "", mechanism, message);
}
std::string step(const std::string& message) { return request(kSaslStep, "", "PLAIN", message); }
std::string admitted(std::uint8_t opcode) {
  return reply(opcode, Status::kOk, "", "Authenticated");
}
std::string refused(std::uint8_t opcode) { return refusal(opcode, Status::kNotAuthenticated); }
const std::string kGoOn = reply(kSaslAuth, Status::kAuthenticationGoesOn);

// Of a file of passwords, which is read once.
class SaslLoginTest : public LoginTest {
 protected:
  SaslLoginTest()
      : LoginTest(*Authentication::open(Authentication::Protocol::kBinary,
                                        PasswordFile("alice:secret\nbob:x:more\n").path())) {}
};
LARDER_TEST_BACKENDS(SaslLoginTest);

TEST_P(SaslLoginTest, AdmitsWhoKnowsThePassword) {
  for (const auto& [requests, replies] : std::vector<std::pair<std::string, std::string>>{
           {auth(kGood), admitted(kSaslAuth)},
           {auth(kGood, "plain"), admitted(kSaslAuth)},
           {auth("alice\0alice\0secret"s), admitted(kSaslAuth)},
           {auth("") + step(kGood), kGoOn + admitted(kSaslStep)},
           {request(kSaslList) + auth(kBad) + auth("\0bob\0x"s),
            reply(kSaslList, Status::kOk, "", "PLAIN") + refused(kSaslAuth) +
                admitted(kSaslAuth)}}) {
    io::Peer peer = node_->connect();
    expect(peer, requests + request(kNoop), replies + reply(kNoop));
  }
}

TEST_P(SaslLoginTest, RefusesAndAsksAgain) {
  for (const auto& [requests, replies] : std::vector<std::pair<std::string, std::string>>{
           {auth(kBad), refused(kSaslAuth)},
           {auth("alice"), refused(kSaslAuth)},
           {auth("bob\0alice\0secret"s), refused(kSaslAuth)},
           {auth(kGood, "CRAM-MD5"), refused(kSaslAuth)},
           {step(kGood), refused(kSaslStep)},
           {auth("") + step(kBad) + step(kGood), kGoOn + refused(kSaslStep) + refused(kSaslStep)},
           {auth(std::string(limits::kMaxLoginBytes, 'x')), refused(kSaslAuth)},
           {auth(kGood, std::string(limits::kMaxMechanismBytes, 'P')), refused(kSaslAuth)},
           {auth(kGood, std::string(limits::kMaxMechanismBytes + 1, 'P')),
            refusal(kSaslAuth, Status::kInvalid)}}) {
    io::Peer peer = node_->connect();
    expect(peer, requests, replies);
    expect(peer, auth(kGood) + request(kNoop), admitted(kSaslAuth) + reply(kNoop));
  }
}

TEST_P(SaslLoginTest, ClosesOnEverythingElse) {
  for (const std::uint8_t opcode : {kGet, kQuit, kNoop, kUnknown}) {
    expect_end(request(opcode, "", "key") + request(kVersion), refused(opcode));
  }
  expect_end(auth(std::string(limits::kMaxLoginBytes + 1, 'x')), refused(kSaslAuth));
  expect_end(request(kSaslList, "", "key"), refusal(kSaslList, Status::kInvalid));
  expect_end("version\r\n", "");
}

TEST_P(SaslLoginTest, ForgetsWhoAsksAnew) {
  io::Peer peer = node_->connect();
  expect(peer, auth(kGood) + auth(kGood), admitted(kSaslAuth) + admitted(kSaslAuth));
  node_->send(peer, auth(kBad) + request(kNoop) + request(kNoop));
  EXPECT_EQ(node_->loop.receive_to_end(peer), refused(kSaslAuth) + refused(kNoop));
  EXPECT_EQ(authentication_->logins(), 3U);
  EXPECT_EQ(authentication_->refused(), 1U);
}

TEST_P(SaslLoginTest, ComesInPieces) {
  io::Peer peer = node_->connect();
  for (const char byte : auth(kGood) + auth("") + step(kGood)) {
    node_->send(peer, std::string(1, byte));
    node_->loop.settle();
  }
  expect(peer, request(kNoop), admitted(kSaslAuth) + kGoOn + admitted(kSaslStep) + reply(kNoop));
}

}  // namespace
}  // namespace larder::serve::memcache
