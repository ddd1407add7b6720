// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/errand.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "serve/memcache/session.h"
#include "serve/memcache/test_node.h"

namespace larder::serve::memcache::arcus {
namespace {

class Counter final : public cache::Waiter {
 public:
  void ready() noexcept override { ++times; }
  int times = 0;
};

class ErrandTest : public testing::Test {
 protected:
  ErrandTest() {
    EXPECT_TRUE(node_.loop.turn_until([this] { return node_.socket != nullptr; }));
  }
  Next go_on() { return errand_->go_on(*node_.socket); }

  TestNode node_{{.backend = io::BackendKind::kEpoll}};
  io::Peer peer_ = node_.connect();
  std::string told_;
  Counter counter_;
  std::unique_ptr<Errand> errand_ =
      std::make_unique<Errand>([this](std::string_view line) { told_ += line; });
};

TEST_F(ErrandTest, TellsWhatIsFoundOutWhileTheSessionWaits) {
  ASSERT_EQ(go_on(), Next::kWait);
  errand_->wait(counter_);
  EXPECT_EQ(counter_.times, 0);
  std::thread([done = errand_->done()] { done("OK\r\n"); }).join();
  EXPECT_EQ(counter_.times, 1);
  EXPECT_EQ(told_, "") << "not on the other thread";
  EXPECT_EQ(go_on(), Next::kGoOn);
  EXPECT_EQ(told_, "OK\r\n");
}

TEST_F(ErrandTest, TellsWhatWasFoundOutBefore) {
  ASSERT_EQ(go_on(), Next::kWait);
  errand_->done()("OK\r\n");
  errand_->wait(counter_);
  EXPECT_EQ(counter_.times, 1);
  EXPECT_EQ(go_on(), Next::kGoOn);
  EXPECT_EQ(told_, "OK\r\n");
}

TEST_F(ErrandTest, IsDoneForNobodyWhenItIsForgotten) {
  const Errand::Done done = errand_->done();
  ASSERT_EQ(go_on(), Next::kWait);
  errand_.reset();
  done("OK\r\n");
  EXPECT_EQ(told_, "");
}

}  // namespace
}  // namespace larder::serve::memcache::arcus
