// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/names.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "io/test_loop.h"
#include "origin/test_fetch.h"
#include "origin/test_name_server.h"
#include "origin/test_origin.h"

namespace larder::origin {
namespace {

// ---- asked of a name server, on a loop of which the test moves the clock

base::SteadyMs steady_ms = 0;

class NamesTest : public testing::Test {
 protected:
  NamesTest() {
    EXPECT_TRUE(names_.use({name_server_.address()}));
    configure("shop.example:81");
  }
  void configure(const std::string& server) {
    UpstreamOptions options;
    options.servers.push_back({.address = server});
    EXPECT_TRUE(servers_->configure(options, steady_ms));
  }
  std::string known() const {
    std::string all;
    for (const auto& server : servers_->all()) all += server->text + " ";
    return all;
  }
  testing::AssertionResult answers_come_to(std::size_t count) {
    if (loop_.turn_until([&] { return answers_ >= count; })) return testing::AssertionSuccess();
    return testing::AssertionFailure() << answers_ << " answers";
  }
  void pass(std::int64_t ms) {
    steady_ms += ms;
    loop_.settle();
  }

  io::SteppedLoop loop_{{.steady_now = []() noexcept { return steady_ms; }}};
  TestNameServer name_server_;
  std::size_t answers_ = 0;
  std::shared_ptr<Servers> servers_ = std::make_shared<Servers>("shop");
  Names names_{*loop_, servers_, [this] { ++answers_; }};
};

TEST_F(NamesTest, EachAddressOfANameIsAServer) {
  name_server_.say({"127.0.0.2", "127.0.0.1"}, 60);
  names_.update();
  ASSERT_TRUE(answers_come_to(1));
  EXPECT_EQ(known(), "127.0.0.1:81 127.0.0.2:81 ");
}

TEST_F(NamesTest, AreAskedForAgainWhenTheirRecordsEnd) {
  name_server_.say({"127.0.0.1"}, 60);
  names_.update();
  ASSERT_TRUE(answers_come_to(1));
  name_server_.say({"127.0.0.3"}, 60);
  pass(59'000);
  EXPECT_EQ(known(), "127.0.0.1:81 ");
  pass(1000);
  ASSERT_TRUE(answers_come_to(2));
  EXPECT_EQ(known(), "127.0.0.3:81 ");
}

TEST_F(NamesTest, LastKnownAddressesStayWhereThereIsNoAnswer) {
  name_server_.say({"127.0.0.1"}, 60);
  names_.update();
  ASSERT_TRUE(answers_come_to(1));
  name_server_.say({}, 60);
  pass(60'000);
  ASSERT_TRUE(answers_come_to(2));
  EXPECT_EQ(known(), "127.0.0.1:81 ");
  name_server_.say({"127.0.0.4"}, 60);
  pass(limits::kResolveRetryMs);
  ASSERT_TRUE(answers_come_to(3));
  EXPECT_EQ(known(), "127.0.0.4:81 ");
}

TEST_F(NamesTest, AreNoLongerAskedForWhenTheyAreGone) {
  name_server_.say({"127.0.0.1"}, 60);
  names_.update();
  ASSERT_TRUE(answers_come_to(1));
  configure("127.0.0.1:9");
  names_.update();
  pass(60'000);
  EXPECT_EQ(answers_, 1U);
}

// ---- of an upstream

class NamedUpstreamTest : public OriginTest {
 protected:
  static std::string named(const TestOrigin& origin) {
    return "localhost" + origin.address().substr(origin.address().find(':'));
  }
};

TEST_F(NamedUpstreamTest, TheFirstRequestWaitsForTheAddress) {
  TestOrigin origin(answers("hello"));
  use_servers({named(origin)});
  EXPECT_EQ(get().body, "hello");
  EXPECT_EQ(facts().server, named(origin));
}

TEST_F(NamedUpstreamTest, AddressesStayKnownOverReloads) {
  TestOrigin origin(answers("hello"));
  use_servers({named(origin)});
  EXPECT_EQ(get().body, "hello");
  const std::string address = facts(0).address;
  use_servers({nobody(), named(origin)});
  EXPECT_EQ(facts(1).address, address);
}

}  // namespace
}  // namespace larder::origin
