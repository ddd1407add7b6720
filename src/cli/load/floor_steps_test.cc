// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/floor_steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/load/random.h"

namespace larder::cli::load {
namespace {

std::string take(io::Outbox& outbox) {
  std::string text;
  std::array<iovec, 16> pieces;
  while (!outbox.empty()) {
    const std::size_t count = outbox.gather(pieces);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) {
      text.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
      bytes += pieces[i].iov_len;
    }
    outbox.sent(bytes);
  }
  return text;
}

class FloorOf : public testing::Test {
 protected:
  void use(Protocol protocol, std::uint32_t multiget, const char* sizes) {
    shape_.emplace(Shape{protocol, multiget, *Keys::make(16, 3), *ValueSizes::parse(sizes)});
    plan_.emplace(*shape_);
  }
  std::string get() const {
    const Requests requests(*shape_);
    const std::vector<std::uint32_t> keys(shape_->multiget, 7);
    std::string out(requests.get_bytes(), '#');
    requests.write_get(out.data(), keys);
    return out;
  }
  std::string set() const {
    const Requests requests(*shape_);
    std::string out(requests.max_set_bytes(), '#');
    out.resize(static_cast<std::size_t>(requests.write_set(out.data(), 7, 1) - out.data()));
    return out;
  }
  // What is answered to a stream that comes in pieces of up to `piece` bytes.
  std::string replies_to(std::string_view stream, std::uint32_t piece, std::uint64_t seed) const {
    FloorSteps steps(*plan_);
    io::OutboxPool pool;
    io::Inbox inbox;
    io::Outbox outbox(pool);
    Random random(seed);
    std::string replies;
    while (!stream.empty()) {
      const std::string_view part = stream.substr(0, 1 + random.below(piece));
      stream.remove_prefix(part.size());
      inbox.deliver(part);
      auto answer = steps.answer(inbox, outbox);
      while (answer == FloorSteps::Answer::kOutboxFull) {
        replies += take(outbox);
        answer = steps.answer(inbox, outbox);
      }
      EXPECT_EQ(answer, FloorSteps::Answer::kAll);
      inbox.settle();
      replies += take(outbox);
    }
    EXPECT_TRUE(inbox.empty());
    return replies;
  }

  std::optional<Shape> shape_;
  std::optional<FloorPlan> plan_;
};

TEST_F(FloorOf, AllShapesAnswersWithRepliesOfTheRightLengths) {
  struct Row {
    Protocol protocol;
    std::uint32_t multiget;
    const char* sizes;
    const char* stored;
  };
  for (const Row& row :
       {Row{Protocol::kText, 1, "100", "STORED\r\n"}, Row{Protocol::kText, 5, "4096", "STORED\r\n"},
        Row{Protocol::kText, 1, "100000", "STORED\r\n"}, Row{Protocol::kMeta, 1, "100", "HD\r\n"},
        Row{Protocol::kMeta, 5, "0", "HD\r\n"}}) {
    use(row.protocol, row.multiget, row.sizes);
    const std::string hit = shape_->hit_reply(shape_->sizes.max());
    const std::string stream = get() + get() + set() + set() + get();
    const std::string expected = hit + hit + row.stored + row.stored + hit;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      EXPECT_EQ(replies_to(stream, seed % 2 == 0 ? 5 : 100'000, seed), expected) << seed;
    }
  }
}

TEST_F(FloorOf, HttpHasNoSets) {
  use(Protocol::kHttp, 1, "1024");
  const std::string hit = shape_->hit_reply(1024);
  EXPECT_EQ(replies_to(get() + get() + get(), 7, 1), hit + hit + hit);
  EXPECT_EQ(plan_->find('s'), nullptr);
}

TEST_F(FloorOf, AnotherLoadSaysSo) {
  use(Protocol::kMeta, 1, "10");
  io::OutboxPool pool;
  for (const char* stranger : {"get x\r\n", "mn\r\n", "\r\n\r\n"}) {
    io::Inbox inbox;
    io::Outbox outbox(pool);
    inbox.deliver(stranger);
    EXPECT_EQ(FloorSteps(*plan_).answer(inbox, outbox), FloorSteps::Answer::kStranger) << stranger;
  }
}

}  // namespace
}  // namespace larder::cli::load
