// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/trace_file.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace larder::cli::replay {
namespace {

// A process with these for its standard input and output; its number, or the error.
int spawn_zstd(int in, int out, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  std::array<char, 5> name = {"zstd"};
  std::array<char, 5> how = {"-dcq"};
  std::array<char*, 3> arguments = {name.data(), how.data(), nullptr};
  const int error = ::posix_spawnp(&pid, name.data(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

TraceFile::TraceFile(std::string path, int file, std::uint64_t bytes)
    : path_(std::move(path)), file_(file), bytes_(bytes) {}

base::Result<std::unique_ptr<TraceFile>> TraceFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return base::system_failure("opening " + path, errno);
  struct stat about{};
  const bool known = ::fstat(file, &about) == 0 && S_ISREG(about.st_mode);
  std::unique_ptr<TraceFile> opened(
      new TraceFile(path, file, known ? static_cast<std::uint64_t>(about.st_size) : 0));
  if (path.ends_with(".zst")) {
    if (auto unpacked = opened->unpack(); !unpacked) return unpacked.failure();
  }
  return opened;
}

base::Status TraceFile::unpack() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return base::system_failure("opening a pipe", errno);
  pipe_ = ends[0];
  const int error = spawn_zstd(file_, ends[1], zstd_);
  ::close(ends[1]);
  if (error == 0) return base::Done{};
  zstd_ = -1;
  return base::system_failure("starting zstd to unpack " + path_, error);
}

TraceFile::~TraceFile() {
  if (pipe_ >= 0) ::close(pipe_);  // which ends zstd, if it is still at work
  if (zstd_ >= 0) ::waitpid(zstd_, nullptr, 0);
  ::close(file_);
}

base::Result<std::size_t> TraceFile::read(std::span<char> into) {
  ssize_t bytes = 0;
  do {
    bytes = ::read(pipe_ >= 0 ? pipe_ : file_, into.data(), into.size());
  } while (bytes < 0 && errno == EINTR);
  if (bytes < 0) return base::system_failure("reading " + path_, errno);
  if (bytes == 0 && zstd_ >= 0) {
    if (auto ended = end_of_zstd(); !ended) return ended.failure();
  }
  return static_cast<std::size_t>(bytes);
}

base::Status TraceFile::end_of_zstd() {
  int status = 0;
  ::waitpid(std::exchange(zstd_, -1), &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return base::Done{};
  return base::Failure{"zstd could not unpack " + path_};
}

double TraceFile::share() const {
  const off_t at = ::lseek(file_, 0, SEEK_CUR);
  return bytes_ == 0 || at < 0 ? 0 : static_cast<double>(at) / static_cast<double>(bytes_);
}

}  // namespace larder::cli::replay
