// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/node_address.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "base/limits.h"
#include "io/test_loop.h"
#include "origin/test_name_server.h"

namespace larder::serve::edge {
namespace {

base::SteadyMs steady_ms = 0;

class NodeAddressTest : public testing::Test {
 protected:
  std::string found() {
    const io::Address* address = name_.find();
    return address == nullptr ? "" : address->text();
  }
  // Asks for it as requests do, until it is there.
  bool comes_to(const std::string& text) {
    return loop_.turn_until([&] { return found() == text; });
  }
  // Its record ends, it is asked for again, and there is an answer.
  void ask_after(std::int64_t ms) {
    steady_ms += ms;
    loop_.settle();
    found();
    EXPECT_TRUE(name_.is_asking());
    EXPECT_TRUE(loop_.turn_until([this] { return !name_.is_asking(); }));
  }

  io::SteppedLoop loop_{{.steady_now = []() noexcept { return steady_ms; }}};
  origin::TestNameServer name_server_;
  std::size_t changes_ = 0;
  NodeAddress name_{*loop_, "node.example:11212", [this] { ++changes_; }};
};

TEST_F(NodeAddressTest, IsANumberAtOnce) {
  NodeAddress number(*loop_, "127.0.0.1:11213", [] {});
  ASSERT_NE(number.find(), nullptr);
  EXPECT_EQ(number.find()->text(), "127.0.0.1:11213");
  NodeAddress v6(*loop_, "[::1]:11213", [] {});
  EXPECT_EQ(v6.find()->text(), "[::1]:11213");
}

TEST_F(NodeAddressTest, IsNowhereIfItsTextIsNone) {
  NodeAddress wrong(*loop_, "[", [] {});
  EXPECT_EQ(wrong.find(), nullptr);
}

TEST_F(NodeAddressTest, IsAskedForAgainWhenItsRecordEnds) {
  ASSERT_TRUE(name_.use({name_server_.address()}));
  name_server_.say({"127.0.0.2"}, 60);
  EXPECT_EQ(found(), "");
  ASSERT_TRUE(comes_to("127.0.0.2:11212"));
  EXPECT_EQ(changes_, 1U);
  EXPECT_FALSE(name_.is_asking());
  name_server_.say({"127.0.0.3", "127.0.0.2"}, 60);
  ask_after(60'000);
  EXPECT_EQ(found(), "127.0.0.2:11212");
  name_server_.say({"127.0.0.3"}, 60);
  ask_after(60'000);
  EXPECT_EQ(found(), "127.0.0.3:11212");
  EXPECT_EQ(changes_, 2U);
}

TEST_F(NodeAddressTest, IsWhatItWasWhenNobodyKnowsTheName) {
  ASSERT_TRUE(name_.use({name_server_.address()}));
  name_server_.say({"127.0.0.2"}, 1);
  ASSERT_TRUE(comes_to("127.0.0.2:11212"));
  name_server_.say({}, 1);
  ask_after(1000);
  EXPECT_EQ(found(), "127.0.0.2:11212");
  ask_after(limits::kResolveRetryMs);
  EXPECT_EQ(found(), "127.0.0.2:11212");
  EXPECT_EQ(changes_, 1U);
}

}  // namespace
}  // namespace larder::serve::edge
