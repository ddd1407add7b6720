// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/log_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <sstream>
#include <thread>
#include <vector>

#include "serve/edge/test_folder.h"

namespace larder::serve::edge {
namespace {

constexpr std::chrono::seconds kPatience(20);

::testing::AssertionResult until(const std::function<bool()>& what) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!what()) {
    if (std::chrono::steady_clock::now() > end) return ::testing::AssertionFailure();
    std::this_thread::yield();
  }
  return ::testing::AssertionSuccess();
}

class LogWriterTest : public testing::Test {
 protected:
  std::unique_ptr<LogWriter> open(LogWriterOptions options) {
    auto writer = LogWriter::open(options);
    EXPECT_TRUE(writer) << writer.failure().what;
    return *std::move(writer);
  }
  std::unique_ptr<LogWriter> open_file(const std::string& name, std::size_t ring_bytes = 1024) {
    return open({.path = folder_.path(name), .ring_bytes = ring_bytes});
  }
  std::string read_all(int from) {
    std::string all;
    char bytes[4096];
    for (;;) {
      const ssize_t count = ::read(from, bytes, sizeof bytes);
      if (count <= 0) return all;
      all.append(bytes, static_cast<std::size_t>(count));
    }
  }

  TestFolder folder_;
};

TEST_F(LogWriterTest, WritesWhatIsThereAtTheEnd) {
  open_file("log")->push(0, "one\n");
  open_file("log")->push(0, "two\n");
  EXPECT_EQ(folder_.content("log"), "one\ntwo\n");
}

TEST_F(LogWriterTest, WritesWhileItRuns) {
  const auto writer = open_file("log");
  for (const std::string text : {"one\n", "one\ntwo\n", "one\ntwo\nthree\n"}) {
    writer->push(0, text.substr(text.rfind('\n', text.size() - 2) + 1));
    EXPECT_TRUE(until([&] { return folder_.content("log") == text; }));
  }
  EXPECT_TRUE(until([&] { return writer->written() == 3; }));
  EXPECT_EQ(writer->dropped(), 0U);
}

TEST_F(LogWriterTest, SaysWhatItCannotOpen) {
  const auto writer = LogWriter::open({.path = folder_.path("none/log")});
  ASSERT_FALSE(writer);
  EXPECT_NE(writer.failure().what.find("none/log: No such file"), std::string::npos);
}

TEST_F(LogWriterTest, AHeaderIsTheFirstLine) {
  const LogWriterOptions options = {.path = folder_.path("log"), .header = "#Fields\n"};
  open(options)->push(0, "one\n");
  open(options)->push(0, "two\n");
  EXPECT_EQ(folder_.content("log"), "#Fields\none\ntwo\n");
}

TEST_F(LogWriterTest, AFileThatWasMovedAwayIsMadeAgain) {
  const auto writer =
      open({.path = folder_.path("log"), .header = "#Fields\n", .ring_bytes = 1024});
  writer->push(0, "one\n");
  EXPECT_TRUE(until([&] { return writer->written() == 1; }));
  std::filesystem::rename(folder_.path("log"), folder_.path("old"));
  writer->reopen();
  EXPECT_TRUE(until([&] { return folder_.content("log") == "#Fields\n"; }));
  writer->push(0, "two\n");
  EXPECT_TRUE(until([&] { return folder_.content("log") == "#Fields\ntwo\n"; }));
  EXPECT_EQ(folder_.content("old"), "#Fields\none\n");
}

TEST_F(LogWriterTest, AFullDiskDropsAndCounts) {
  const auto writer = open({.path = "/dev/full", .ring_bytes = 1024});
  for (int i = 0; i < 10; ++i) writer->push(0, "line\n");
  EXPECT_TRUE(until([&] { return writer->dropped() == 10; }));
  EXPECT_EQ(writer->written(), 0U);
}

TEST_F(LogWriterTest, APipeThatNobodyReadsDelaysNothing) {
  ASSERT_EQ(::mkfifo(folder_.path("pipe").c_str(), 0600), 0);
  constexpr std::uint64_t kLines = 100'000;
  const std::string line(99, 'x');
  auto writer = open_file("pipe");
  for (std::uint64_t i = 0; i < kLines; ++i) writer->push(0, line + "\n");
  EXPECT_GT(writer->dropped(), kLines / 2);
  writer.reset();  // comes back
}

TEST_F(LogWriterTest, APipeIsReadLineByLineWhenThereIsAReader) {
  ASSERT_EQ(::mkfifo(folder_.path("pipe").c_str(), 0600), 0);
  auto writer = open_file("pipe", 128 * 1024);
  const std::string line(999, 'x');
  for (int i = 0; i < 60; ++i) writer->push(0, line + "\n");
  EXPECT_TRUE(until([&] { return writer->written() == 60; }));
  for (int i = 0; i < 60; ++i) writer->push(0, line + "\n");  // more than the pipe takes
  const int reader = ::open(folder_.path("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  std::string got;
  EXPECT_TRUE(until([&] { return (got += read_all(reader)).size() == 120'000; }));
  writer.reset();
  ::close(reader);
  std::istringstream lines(got);
  for (std::string each; std::getline(lines, each);) EXPECT_EQ(each, line);
}

TEST_F(LogWriterTest, APipeIsReopenedAlthoughNobodyReadsIt) {
  ASSERT_EQ(::mkfifo(folder_.path("log").c_str(), 0600), 0);
  const auto writer = open_file("log", 128 * 1024);
  for (int i = 0; i < 100; ++i) writer->push(0, std::string(999, 'x') + "\n");
  EXPECT_TRUE(until([&] { return writer->written() > 60; }));  // the pipe is full
  std::filesystem::remove(folder_.path("log"));
  writer->reopen();
  EXPECT_TRUE(until([&] { return writer->written() == 100; }));
  EXPECT_FALSE(folder_.content("log").empty());
}

TEST_F(LogWriterTest, AStandardStreamThatNobodyReadsDelaysNothing) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  auto writer = open({.path = "-", .standard = ends[1], .ring_bytes = 1024});
  ::close(ends[1]);
  for (int i = 0; i < 10'000; ++i) writer->push(0, std::string(99, 'x') + "\n");
  writer.reset();
  ::close(ends[0]);
}

TEST_F(LogWriterTest, AStandardStreamThatIsGoneKillsNobody) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto writer = open({.path = "-", .standard = ends[1], .ring_bytes = 1024});
  ::close(ends[1]);
  ::close(ends[0]);
  writer->push(0, "line\n");
  EXPECT_TRUE(until([&] { return writer->dropped() == 1; }));
}

// Lines of all producers are whole, each producer's in order, and written and dropped are all.
TEST_F(LogWriterTest, ManyProducers) {
  constexpr std::size_t kProducers = 4;
  constexpr std::uint64_t kLines = 20'000;
  auto writer =
      open({.path = folder_.path("log"), .producers = kProducers, .ring_bytes = 16 * 1024});
  std::vector<std::thread> threads;
  for (std::size_t producer = 0; producer < kProducers; ++producer) {
    threads.emplace_back([&writer, producer] {
      for (std::uint64_t i = 0; i < kLines; ++i) {
        writer->push(producer, std::to_string(producer) + " " + std::to_string(i) + " end\n");
        if (i % 100 == 0) writer->reopen();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(until([&] { return writer->written() + writer->dropped() == kProducers * kLines; }));
  const std::uint64_t written = writer->written();
  writer.reset();
  std::istringstream lines(folder_.content("log"));
  std::vector<std::int64_t> last(kProducers, -1);
  std::uint64_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    std::size_t producer = kProducers;
    std::int64_t number = -1;
    int end = 0;
    ASSERT_EQ(std::sscanf(line.c_str(), "%zu %ld end%n", &producer, &number, &end), 2) << line;
    ASSERT_EQ(static_cast<std::size_t>(end), line.size()) << line;
    EXPECT_GT(number, last.at(producer));
    last.at(producer) = number;
  }
  EXPECT_EQ(count, written);
}

}  // namespace
}  // namespace larder::serve::edge
