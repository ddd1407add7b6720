// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/kept_body.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace larder::serve::edge {
namespace {

using State = http::Pulled::State;

struct Step {
  State state;
  std::string_view bytes = {};
};

// The last step goes on.
class Steps final : public http::BodySource {
 public:
  explicit Steps(std::vector<Step> steps) : steps_(std::move(steps)) {}
  http::Pulled pull(std::size_t) override {
    const Step& step = next_ + 1 < steps_.size() ? steps_[next_++] : steps_.back();
    return {.state = step.state, .bytes = step.bytes};
  }

 private:
  std::vector<Step> steps_;
  std::size_t next_ = 0;
};

std::optional<std::string> kept_of(std::vector<Step> steps, std::size_t most) {
  std::optional<std::string> kept;
  Steps from(std::move(steps));
  KeptBody body(from, most, [&](std::string_view whole) {
    EXPECT_FALSE(kept);
    kept = std::string(whole);
  });
  for (int i = 0; i < 10; ++i) body.pull(100);
  return kept;
}

constexpr Step kEnd{State::kEnd};

Step bytes(std::string_view text) { return {State::kBytes, text}; }

TEST(KeptBody, IsToldWhenItIsWhole) {
  EXPECT_EQ(kept_of({bytes("he"), {State::kLater}, bytes("llo"), kEnd}, 5), "hello");
  EXPECT_EQ(kept_of({kEnd}, 5), "");
}

TEST(KeptBody, IsNotToldWhenItIsTooLong) {
  EXPECT_EQ(kept_of({bytes("hello"), bytes("!"), kEnd}, 5), std::nullopt);
}

TEST(KeptBody, IsNotToldWhenItIsCut) {
  EXPECT_EQ(kept_of({bytes("he"), {State::kFailed}}, 5), std::nullopt);
}

}  // namespace
}  // namespace larder::serve::edge
