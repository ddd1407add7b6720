// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Logins that libsasl judges, by mechanisms that need no database. What one with a database
// answers, tests/protocol/test_sasl.py compares with memcached.
#include "serve/memcache/sasl_library.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "base/check.h"
#include "serve/memcache/authentication.h"
#include "serve/memcache/test_binary.h"
#include "serve/memcache/test_login.h"

namespace larder::serve::memcache {
namespace {

using binary::Status;
using namespace opcode;
using namespace std::string_literals;

// A folder with a memcached.conf for libsasl, gone with the test.
class Configuration {
 public:
  explicit Configuration(const std::string& text) {
    std::array<char, 32> path = {"/tmp/larder-sasl-XXXXXX"};
    LARDER_CHECK(::mkdtemp(path.data()) != nullptr);
    folder_ = path.data();
    std::ofstream(folder_ + "/memcached.conf") << text;
    ::setenv("SASL_CONF_PATH", folder_.c_str(), 1);
  }
  ~Configuration() {
    ::unsetenv("SASL_CONF_PATH");
    std::filesystem::remove_all(folder_);
  }
  Configuration(const Configuration&) = delete;
  Configuration& operator=(const Configuration&) = delete;

 private:
  std::string folder_;
};

// Before libsasl is opened, and until it is closed.
struct Configured {
  Configuration configuration{"mech_list: anonymous plain\npwcheck_method: auxprop\n"};
};

class SaslLibraryTest : public Configured, public LoginTest {
 protected:
  SaslLibraryTest() : LoginTest(*Authentication::open_library()) {}
};
LARDER_TEST_BACKENDS(SaslLibraryTest);

std::string auth(const std::string& mechanism, const std::string& message) {
  return request(kSaslAuth, "", mechanism, message);
}

TEST_P(SaslLibraryTest, Judges) {
  io::Peer peer = node_->connect();
  const std::string list = authentication_->library()->mechanisms();
  EXPECT_TRUE(list == "ANONYMOUS PLAIN" || list == "PLAIN ANONYMOUS") << list;
  expect(peer,
         request(kSaslList) + auth("PLAIN", "\0nobody\0x"s) + auth("NONE", "") +
             auth("ANONYMOUS", "me") + request(kNoop),
         reply(kSaslList, Status::kOk, "", list) + refusal(kSaslAuth, Status::kNotAuthenticated) +
             refusal(kSaslAuth, Status::kNotAuthenticated) +
             reply(kSaslAuth, Status::kOk, "", "Authenticated") + reply(kNoop));
  EXPECT_EQ(authentication_->logins(), 3U);
  EXPECT_EQ(authentication_->refused(), 2U);
}

TEST_P(SaslLibraryTest, GoesOnStepByStep) {
  io::Peer peer = node_->connect();
  expect(peer,
         request(kSaslStep, "", "ANONYMOUS", "me") + auth("ANONYMOUS", "") +
             request(kSaslStep, "", "ANONYMOUS", "me") + request(kNoop),
         refusal(kSaslStep, Status::kNotAuthenticated) +
             reply(kSaslAuth, Status::kAuthenticationGoesOn) +
             reply(kSaslStep, Status::kOk, "", "Authenticated") + reply(kNoop));
}

TEST_P(SaslLibraryTest, OutlivesWhoLeaves) {
  for (int i = 0; i < 50; ++i) {
    io::Peer peer = node_->connect();
    node_->send(peer, auth("ANONYMOUS", "") + auth("ANONYMOUS", "me"));
  }
  EXPECT_TRUE(node_->loop.turn_until_all_left());
}

TEST(SaslLibrary, IsBusyWithSoManySteps) {
  const Configuration configuration("mech_list: anonymous\n");
  const auto library = *SaslLibrary::open();
  std::promise<void> release;
  std::array<std::shared_ptr<SaslLibrary::Exchange>, 1 + limits::kMaxSaslSteps> exchanges;
  const SaslLibrary::Step step{.is_first = true, .mechanism = "ANONYMOUS", .message = "me"};
  std::promise<void> held;
  library->ask(exchanges[0], step, [&](const SaslLibrary::Judgement&) {
    held.set_value();
    release.get_future().wait();
  });
  held.get_future().wait();
  std::atomic<std::size_t> admitted = 0;
  for (std::size_t i = 1; i < exchanges.size(); ++i) {
    EXPECT_FALSE(library->is_busy()) << i;
    library->ask(exchanges[i], step, [&](const SaslLibrary::Judgement& judgement) {
      if (judgement.verdict == SaslLibrary::Verdict::kAdmitted) ++admitted;
    });
  }
  EXPECT_TRUE(library->is_busy());
  release.set_value();
  while (admitted != limits::kMaxSaslSteps) std::this_thread::yield();
  EXPECT_FALSE(library->is_busy());
  for (auto& exchange : exchanges) library->forget(std::move(exchange));
}

TEST(SaslLibrary, WantsAMechanism) {
  const Configuration configuration("mech_list: nothing\n");
  EXPECT_FALSE(SaslLibrary::open());
}

}  // namespace
}  // namespace larder::serve::memcache
