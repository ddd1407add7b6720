// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/process.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace larder::app {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class ProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "larder_test_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

// Its address is looked at, so that the compiler does not leave it out.
std::unique_ptr<char[]> block_of(std::size_t bytes) {
  auto block = std::make_unique<char[]>(bytes);
  [[maybe_unused]] char* volatile seen = block.get();
  return block;
}

TEST_F(ProcessTest, GivesLargeBlocksBackHoweverLargeTheyHaveBeen) {
  if (::mallinfo2().arena == 0) GTEST_SKIP() << "a sanitizer's allocator";
  give_freed_memory_back();
  block_of(16 << 20).reset();  // after which smaller ones would be kept
  const std::size_t mapped = ::mallinfo2().hblks;
  const auto block = block_of(1 << 20);
  EXPECT_EQ(::mallinfo2().hblks, mapped + 1);
}

TEST_F(ProcessTest, WritesItsIdIntoAFile) {
  ASSERT_TRUE(write_pid_file(folder_ / "pid"));
  EXPECT_EQ(text_of(folder_ / "pid"), std::to_string(::getpid()) + "\n");
  ASSERT_TRUE(write_pid_file(""));
  EXPECT_FALSE(write_pid_file(folder_ / "missing" / "pid"));
}

TEST_F(ProcessTest, WritesItsPortsWhereTheEnvironmentWants) {
  const auto addresses = [] {
    std::vector<io::Address> all;
    all.push_back(io::Address::resolve("127.0.0.1", 11)->front());
    all.push_back(io::Address::resolve("::1", 12)->front());
    all.push_back(*io::Address::unix_path("/socket"));
    return all;
  }();
  ::unsetenv("MEMCACHED_PORT_FILENAME");
  ASSERT_TRUE(write_port_file(addresses, addresses));
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  ::setenv("MEMCACHED_PORT_FILENAME", (folder_ / "ports").c_str(), 1);
  ASSERT_TRUE(write_port_file(addresses, addresses));
  EXPECT_EQ(text_of(folder_ / "ports"),
            "TCP INET: 11\nTCP INET6: 12\nUDP INET: 11\nUDP INET6: 12\n");
  ::setenv("MEMCACHED_PORT_FILENAME", (folder_ / "missing" / "ports").c_str(), 1);
  EXPECT_FALSE(write_port_file(addresses, addresses));
  ::unsetenv("MEMCACHED_PORT_FILENAME");
}

TEST_F(ProcessTest, RaisesTheLimitOfDescriptorsAsFarAsItMay) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{.rlim_cur = 64, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  ASSERT_TRUE(raise_descriptor_limit(100, 1));
  rlimit raised{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &raised), 0);
  EXPECT_GT(raised.rlim_cur, 100U);
  EXPECT_EQ(raised.rlim_max, before.rlim_max);
  ASSERT_TRUE(raise_descriptor_limit(1, 1));  // never lowered
  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, raised.rlim_cur);
  EXPECT_FALSE(raise_descriptor_limit(1'000'000'000'000, 1)) << "more than any kernel has";
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST_F(ProcessTest, WantsAUserFromRootAndNobodyElse) {
  if (::getuid() != 0) {
    EXPECT_TRUE(drop_privileges(""));
    EXPECT_TRUE(drop_privileges("nobody"));
    return;
  }
  EXPECT_EQ(drop_privileges("").failure().what, "can't run as root without the -u switch");
  EXPECT_EQ(drop_privileges("no such user").failure().what,
            "can't find the user no such user to switch to");
}

TEST_F(ProcessTest, RaisesTheLimitOfCoreFiles) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_CORE, &none), 0);
  EXPECT_EQ(static_cast<bool>(raise_core_limit()), before.rlim_max != 0 || ::getuid() == 0);
  rlimit raised{};
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &raised), 0);
  EXPECT_EQ(raised.rlim_cur, raised.rlim_max);
  ::setrlimit(RLIMIT_CORE, &before);
}

TEST_F(ProcessTest, WaitsForTheSignalsThatAreForIt) {
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &before);
  block_signals();
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGHUP}) {
    ::raise(signal);
    EXPECT_EQ(wait_for_signal(), signal);
  }
  ask_to_stop();
  EXPECT_EQ(wait_for_signal(), SIGTERM);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
}  // namespace larder::app
