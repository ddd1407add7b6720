// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/process.h"

#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "base/limits.h"
#include "io/loop.h"

namespace larder::app {
namespace {

constexpr rlim_t kOwnDescriptors = 128;  // listeners, logs

sigset_t own_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

// Whole or not at all, for those who wait for the file to appear.
base::Status write_file(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".lck";
  std::ofstream file(temporary);
  file << text;
  file.close();
  if (!file || std::rename(temporary.c_str(), path.c_str()) != 0) {
    return base::system_failure("writing " + path, errno);
  }
  return base::Done{};
}

}  // namespace

void give_freed_memory_back() {
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(limits::kMappedBlockBytes));
}

base::Status raise_core_limit() {
  rlimit limit{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  if (::setrlimit(RLIMIT_CORE, &limit) == 0) return base::Done{};
  if (::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max != 0) {
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_CORE, &limit) == 0) return base::Done{};
  }
  return base::Failure{"failed to ensure corefile creation"};
}

base::Status lock_memory() {
  // As it is touched: much more is mapped than will be used.
  if (::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) return base::Done{};
  return base::system_failure("-k invalid, mlockall() failed", errno);
}

base::Status raise_descriptor_limit(std::size_t connections, std::size_t loops) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return base::system_failure("reading the limit of open files", errno);
  }
  const rlim_t wanted = connections + loops * io::Loop::kDescriptors + kOwnDescriptors;
  if (limit.rlim_cur >= wanted) return base::Done{};
  rlimit raised{.rlim_cur = wanted, .rlim_max = std::max(limit.rlim_max, wanted)};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return base::Done{};
  // What the system grants may still do: the rest of the connections wait to be accepted.
  if (limit.rlim_max >= connections) {
    raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return base::Done{};
  }
  return base::Failure{
      "failed to set rlimit for open files. Try starting as root or requesting smaller maxconns "
      "value."};
}

base::Status drop_privileges(const std::string& user) {
  if (::getuid() != 0 && ::geteuid() != 0) return base::Done{};
  if (user.empty()) return base::Failure{"can't run as root without the -u switch"};
  const passwd* account = ::getpwnam(user.c_str());
  if (account == nullptr) return base::Failure{"can't find the user " + user + " to switch to"};
  const bool dropped = ::initgroups(user.c_str(), account->pw_gid) == 0 &&
                       ::setgid(account->pw_gid) == 0 && ::setuid(account->pw_uid) == 0;
  if (!dropped) return base::system_failure("failed to assume identity of user " + user, errno);
  return base::Done{};
}

void stay_dumpable() { ::prctl(PR_SET_DUMPABLE, 1); }

base::Status become_daemon() {
  const pid_t child = ::fork();
  if (child < 0) return base::system_failure("failed to daemon() in order to daemonize", errno);
  if (child > 0) ::_exit(EXIT_SUCCESS);
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (::setsid() < 0 || ::chdir("/") != 0 || nowhere < 0) {
    return base::system_failure("failed to daemon() in order to daemonize", errno);
  }
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, fd);
  ::close(nowhere);
  return base::Done{};
}

base::Status write_pid_file(const std::string& path) {
  if (path.empty()) return base::Done{};
  return write_file(path, std::to_string(::getpid()) + "\n");
}

base::Status write_port_file(const std::vector<io::Address>& streams,
                             const std::vector<io::Address>& datagrams) {
  const char* path = std::getenv("MEMCACHED_PORT_FILENAME");
  if (path == nullptr) return base::Done{};
  std::string lines;
  const auto add = [&lines](const std::string& kind, const std::vector<io::Address>& addresses) {
    for (const io::Address& address : addresses) {
      if (address.is_unix()) continue;
      lines += kind + (address.family() == AF_INET6 ? " INET6: " : " INET: ");
      lines += std::to_string(address.port()) + "\n";
    }
  };
  add("TCP", streams);
  add("UDP", datagrams);
  return write_file(path, lines);
}

void block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = own_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGHUP, SIG_DFL);  // one that is ignored, as nohup leaves it, is not waited for
}

int wait_for_signal() {
  const sigset_t signals = own_signals();
  int which = 0;
  while (sigwait(&signals, &which) != 0) {
  }
  return which;
}

void ask_to_stop() { ::kill(::getpid(), SIGTERM); }

}  // namespace larder::app
