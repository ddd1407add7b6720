// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/splice.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/limits.h"
#include "io/test_memory.h"
#include "io/test_peer.h"

namespace larder::io {
namespace {

constexpr std::size_t kBytes = 64 * limits::KiB;

class SpliceTest : public testing::TestWithParam<Transport> {
 protected:
  void TearDown() override { ::close(connection_.ours); }
  // What has been sent, to its end.
  std::string receive_all() {
    ::shutdown(connection_.ours, SHUT_WR);
    return connection_.peer.receive_to_end();
  }

  Connection connection_ = connect(GetParam());
  Splice splice_;
};

std::string name_of(const testing::TestParamInfo<Transport>& info) {
  return info.param == Transport::kTcp ? "tcp" : "unix";
}
INSTANTIATE_TEST_SUITE_P(Transports, SpliceTest, testing::Values(Transport::kTcp, Transport::kUnix),
                         name_of);

TEST_P(SpliceTest, SendsFromAnyPlaceInAPage) {
  const std::string text = text_of(kBytes);
  const TestMemory memory(text);
  std::string sent;
  for (const auto& [at, size] : {std::pair<std::size_t, std::size_t>{0, 1},
                                 {1, 4095},
                                 {4095, 2},
                                 {100, 20'000},
                                 {4096, 8192},
                                 {0, 60'000}}) {
    const std::string_view piece = memory.text().substr(at, size);
    ASSERT_EQ(splice_.send(connection_.ours, piece, false), static_cast<ssize_t>(size));
    sent += piece;
  }
  EXPECT_EQ(receive_all(), sent);
}

// The reason why the memory must be frozen: what the peer has not read is read where it lies.
TEST_P(SpliceTest, SendsTheMemoryItself) {
  const TestMemory memory(text_of(kBytes));
  ASSERT_EQ(splice_.send(connection_.ours, memory.text(), false), static_cast<ssize_t>(kBytes));
  memory.fill('!');
  EXPECT_EQ(receive_all(), std::string(kBytes, '!'));
}

TEST_P(SpliceTest, SendsWhatWasThereWhenTheMemoryIsReplaced) {
  const std::string text = text_of(kBytes);
  const TestMemory memory(text);
  ASSERT_EQ(splice_.send(connection_.ours, memory.text(), false), static_cast<ssize_t>(kBytes));
  memory.replace('!');
  EXPECT_EQ(receive_all(), text);
}

TEST_P(SpliceTest, SendsAsMuchAsThereIsRoomForAndForgetsTheRest) {
  const std::string text = text_of(3 * limits::MiB);
  const int little = static_cast<int>(kBytes);
  ::setsockopt(connection_.ours, SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
  ::setsockopt(connection_.peer.fd(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
  const TestMemory memory(text);
  std::string_view left = memory.text();
  int full = 0;
  std::string received;
  while (!left.empty()) {
    const ssize_t sent = splice_.send(connection_.ours, left, true);
    if (sent >= 0) {
      left.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    ASSERT_EQ(errno, EAGAIN);
    ++full;
    received += connection_.peer.receive_some();
  }
  received += receive_all();
  EXPECT_GT(full, 0) << "all of it went at once";
  EXPECT_TRUE(received == text);
}

TEST_P(SpliceTest, FailsWithoutASignalWhenThePeerIsGone) {
  const TestMemory memory(text_of(kBytes));
  connection_.peer.close();
  ssize_t sent = 0;
  for (int i = 0; i < 3 && sent >= 0; ++i) {
    sent = splice_.send(connection_.ours, memory.text(), false);
  }
  ASSERT_EQ(sent, -1);
  EXPECT_TRUE(errno == EPIPE || errno == ECONNRESET) << errno;
}

TEST(Splice, IsRefusedForWhatIsNoMemory) {
  constexpr const char* kNowhere = nullptr;
  const Connection connection = connect(Transport::kUnix);
  Splice splice;
  EXPECT_EQ(splice.send(connection.ours, {kNowhere, kBytes}, false), -1);
  EXPECT_EQ(errno, Splice::kRefused);
  ::close(connection.ours);
}

}  // namespace
}  // namespace larder::io
