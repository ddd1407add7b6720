// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/log_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace larder::serve::edge {
namespace {

// A pipe is opened for reading as well: else there would have to be a reader, always.
int how_to_open(const std::string& path) {
  struct stat status{};
  const bool is_pipe = ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
  return (is_pipe ? O_RDWR : O_WRONLY) | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC;
}

bool takes_bytes(int descriptor) {
  pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return ::poll(&ready, 1, 0) == 1;
}

}  // namespace

base::Result<LogFile> LogFile::open(const std::string& path, int standard) {
  constexpr int kMode = 0644;
  const bool is_standard = path == "-";
  const int descriptor = is_standard ? ::fcntl(standard, F_DUPFD_CLOEXEC, 0)
                                     : ::open(path.c_str(), how_to_open(path), kMode);
  if (descriptor < 0) return base::system_failure("opening the log " + path, errno);
  return LogFile(descriptor, is_standard);
}

LogFile::~LogFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

// A pipe that takes something takes PIPE_BUF bytes.
LogFile::Wrote LogFile::write(std::string_view bytes, std::size_t& written) {
  written = 0;
  if (may_block_) {
    if (!takes_bytes(descriptor_)) return Wrote::kNotNow;
    bytes = bytes.substr(0, PIPE_BUF);
  }
  const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
  if (count > 0) {
    written = static_cast<std::size_t>(count);
    return Wrote::kSome;
  }
  return errno == EAGAIN || errno == EINTR ? Wrote::kNotNow : Wrote::kFailed;
}

bool LogFile::is_empty() const {
  struct stat status{};
  return ::fstat(descriptor_, &status) == 0 && status.st_size == 0;
}

}  // namespace larder::serve::edge
