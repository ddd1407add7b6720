// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/loops.h"
#include "io/test_loop.h"
#include "origin/fetch.h"
#include "origin/upstream.h"

namespace larder::origin {

// What came of a fetch.
struct Got {
  unsigned status = 0;
  std::string body = {};
  std::string trailer = {};
  bool whole = false;
  std::optional<FetchFailure> failure = {};
  FetchFacts facts = {};
};

// One fetch on its loop, from any thread.
class TestFetch final : public FetchReader,
                        private http::BodyReader,
                        public std::enable_shared_from_this<TestFetch> {
 public:
  explicit TestFetch(io::Loop& loop) : loop_(loop) {}

  void start(std::shared_ptr<Upstream> upstream, http::Outgoing request, Choice choice) {
    loop_.post([self = shared_from_this(), upstream, request, choice] {
      self->inside_ = true;
      self->fetch_ = fetch(self->loop_, upstream, request, choice, *self);
      self->inside_ = false;
    });
  }
  // Whoever pulls no more than that of the body leaves the rest where it is.
  void take_at_most(std::size_t bytes) { room_ = bytes; }
  Got wait() {
    EXPECT_EQ(future_.wait_for(std::chrono::seconds(io::kPatienceS)), std::future_status::ready);
    return future_.get();
  }
  bool is_done() { return future_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
  void give_up() {
    std::promise<void> gone;
    loop_.post([&] {
      fetch_.reset();
      gone.set_value();
    });
    gone.get_future().wait();
  }
  io::Tally& responded() { return responded_; }

 private:
  void informed(const wire::http::ResponseHead& /*head*/) override {}
  void responded(const wire::http::ResponseHead& head, http::BodySource& body) override {
    EXPECT_FALSE(inside_);
    got_.status = head.status;
    body_ = &body;
    body.read_by(this);
    responded_.add();
    body_ready();
  }
  void failed(FetchFailure failure) override {
    EXPECT_FALSE(inside_) << "told inside fetch()";
    got_.failure = failure;
    finish();
  }
  void body_ready() override {
    while (got_.body.size() < room_) {
      const http::Pulled pulled = body_->pull(room_ - got_.body.size());
      if (pulled.state == http::Pulled::State::kLater) return;
      if (pulled.state != http::Pulled::State::kBytes) return end(pulled.state);
      got_.body += pulled.bytes;
    }
  }
  void end(http::Pulled::State state) {
    got_.whole = state == http::Pulled::State::kEnd;
    got_.trailer = body_->trailer();
    EXPECT_EQ(body_->pull(1).state, state) << "says the same again";
    finish();
  }
  void finish() {
    loop_.post([self = shared_from_this()] {
      if (!self->fetch_) return;
      self->got_.facts = self->fetch_->facts();
      self->fetch_.reset();
      self->promise_.set_value(self->got_);
    });
  }

  static constexpr std::size_t kAll = 1 << 30;
  io::Loop& loop_;
  std::unique_ptr<Fetch> fetch_;
  http::BodySource* body_ = nullptr;
  std::size_t room_ = kAll;
  bool inside_ = false;
  Got got_;
  io::Tally responded_;
  std::promise<Got> promise_;
  std::future<Got> future_ = promise_.get_future();
};

inline http::Outgoing request_of(const std::string& method, const std::string& target = "/") {
  return {.method = method,
          .target = target,
          .field_lines = "Host: shop.example\r\n",
          .body_bytes = {}};
}

// Loops at work, and the upstreams on them.
class OriginTest : public testing::Test {
 protected:
  explicit OriginTest(std::size_t threads = 2)
      : loops_(*io::Loops::start(threads, {}, 1024)), upstreams_(*loops_) {
    each_.resize(threads);
    const auto told = std::make_shared<io::Tally>();  // whoever adds to it last still looks at it
    loops_->on_each([this, told](io::Loop& loop) {
      each_[loop.number()] = &loop;
      told->add();
    });
    told->reaches(threads);
  }
  ~OriginTest() override {
    upstream_.reset();
    loops_->stop(0);
  }

  static UpstreamOptions options_of(const std::vector<std::string>& servers) {
    UpstreamOptions options{.name = "shop"};
    for (const std::string& server : servers) options.servers.push_back({.address = server});
    return options;
  }
  void use(const UpstreamOptions& options) {
    auto got = upstreams_.get(options);
    ASSERT_TRUE(got) << got.failure().what;
    upstream_ = *got;
  }
  void use_servers(const std::vector<std::string>& servers) { use(options_of(servers)); }

  std::shared_ptr<TestFetch> start(const http::Outgoing& request, std::size_t loop = 0,
                                   const Choice& choice = {}) {
    auto fetch = std::make_shared<TestFetch>(*each_.at(loop));
    fetch->start(upstream_, request, choice);
    return fetch;
  }
  Got get(const std::string& method = "GET") { return start(request_of(method))->wait(); }

  ServerFacts facts(std::size_t server = 0) { return upstreams_.facts().at(server); }
  // Other threads have a word in this: until they have said it.
  template <class Happened>
  testing::AssertionResult comes_true(Happened happened) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(io::kPatienceS);
    while (!happened()) {
      if (std::chrono::steady_clock::now() > end) return testing::AssertionFailure();
      std::this_thread::yield();
    }
    return testing::AssertionSuccess();
  }

  std::unique_ptr<io::Loops> loops_;
  Upstreams upstreams_;
  std::vector<io::Loop*> each_;
  std::shared_ptr<Upstream> upstream_;
};

}  // namespace larder::origin
