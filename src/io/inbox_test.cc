// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/inbox.h"

#include <gtest/gtest.h>

#include <string>

namespace larder::io {
namespace {

TEST(Inbox, IsEmptyAtFirst) {
  Inbox inbox;
  EXPECT_TRUE(inbox.empty());
  inbox.settle();
  inbox.consume(0);
  EXPECT_EQ(inbox.unread(), "");
}

TEST(Inbox, ReadsWhatIsLentWhereItLies) {
  const std::string lent = "get a\r\nget b\r\n";
  Inbox inbox;
  inbox.deliver(lent);
  EXPECT_EQ(inbox.unread().data(), lent.data());
  inbox.consume(7);
  EXPECT_EQ(inbox.unread().data(), lent.data() + 7);
  EXPECT_EQ(inbox.unread(), "get b\r\n");
}

TEST(Inbox, TakesACopyOfWhatIsLeft) {
  std::string lent = "get a\r\nget";
  Inbox inbox;
  inbox.deliver(lent);
  inbox.consume(7);
  inbox.settle();
  lent.assign(lent.size(), '#');  // the loop has its buffer back
  EXPECT_EQ(inbox.unread(), "get");
  inbox.deliver(" b\r\nget c");
  EXPECT_EQ(inbox.unread(), "get b\r\nget c");
}

TEST(Inbox, IsLentAgainOnceTheTailIsConsumed) {
  Inbox inbox;
  inbox.deliver("ge");
  inbox.settle();
  inbox.deliver("t a\r\n");
  inbox.consume(7);
  EXPECT_TRUE(inbox.empty());
  inbox.settle();
  const std::string lent = "next";
  inbox.deliver(lent);
  EXPECT_EQ(inbox.unread().data(), lent.data());
}

TEST(Inbox, ConsumesATailInSteps) {
  Inbox inbox;
  inbox.deliver("abcdef");
  inbox.settle();
  inbox.consume(2);
  EXPECT_EQ(inbox.unread(), "cdef");
  inbox.settle();
  EXPECT_EQ(inbox.unread(), "cdef");
  inbox.deliver("gh");
  EXPECT_EQ(inbox.unread(), "cdefgh");
  inbox.consume(6);
  EXPECT_TRUE(inbox.empty());
}

// However a stream is cut, and however little of it is consumed between, it comes out whole.
TEST(Inbox, KeepsEveryByteAcrossEveryCut) {
  const std::string stream = "0123456789abcdefghij";
  for (std::size_t cut = 1; cut < stream.size(); ++cut) {
    for (std::size_t step = 1; step <= stream.size(); ++step) {
      Inbox inbox;
      std::string read;
      const auto take = [&](std::size_t most) {
        const std::string_view some = inbox.unread().substr(0, most);
        read += some;
        inbox.consume(some.size());
      };
      for (std::size_t at = 0; at < stream.size(); at += cut) {
        std::string lent = stream.substr(at, cut);
        inbox.deliver(lent);
        take(step);
        inbox.settle();
        lent.assign(lent.size(), '#');
      }
      take(stream.size());
      EXPECT_EQ(read, stream) << "cut every " << cut << ", consumed by " << step;
    }
  }
}

TEST(InboxDeathTest, RefusesToConsumeMoreThanThereIs) {
  Inbox inbox;
  inbox.deliver("ab");
  EXPECT_DEATH(inbox.consume(3), "inbox");
}

TEST(InboxDeathTest, RefusesALoanOnTopOfALoan) {
  Inbox inbox;
  inbox.deliver("ab");
  EXPECT_DEATH(inbox.deliver("cd"), "inbox");
}

}  // namespace
}  // namespace larder::io
