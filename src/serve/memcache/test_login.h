// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "io/test_loop.h"
#include "serve/memcache/authentication.h"
#include "serve/memcache/test_node.h"

namespace larder::serve::memcache {

// A node that asks its clients who they are.
class LoginTest : public io::BackendTest {
 protected:
  explicit LoginTest(std::unique_ptr<Authentication> authentication)
      : authentication_(std::move(authentication)) {}
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped()) return;
    node_.emplace(options());
    node_->node.authentication = authentication_.get();
  }

  void expect(io::Peer& peer, const std::string& requests, const std::string& replies) {
    node_->send(peer, requests);
    EXPECT_EQ(node_->loop.receive(peer, replies.size()), replies);
  }
  // On a connection of its own, which is closed behind the replies.
  void expect_end(const std::string& requests, const std::string& replies) {
    io::Peer peer = node_->connect();
    node_->send(peer, requests);
    EXPECT_EQ(node_->loop.receive_to_end(peer), replies) << requests.substr(0, 20);
  }

  std::unique_ptr<Authentication> authentication_;
  std::optional<TestNode> node_;
};

}  // namespace larder::serve::memcache
