// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace larder::base {

// Not waiting: a pipe that nobody reads would keep who opens it for ever.
Result<OutputFile> OutputFile::open(const std::string& path) {
  constexpr int kMode = 0644;
  constexpr int kHow = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  OutputFile file(::open(path.c_str(), kHow, kMode));
  if (file.descriptor_ == kNone) return system_failure("opening " + path, errno);
  struct stat status{};
  ::fstat(file.descriptor_, &status);  // of a file that is open, it cannot fail
  if (!S_ISREG(status.st_mode)) return Failure{path + " is not a plain file"};
  if (::ftruncate(file.descriptor_, 0) != 0) return system_failure("emptying " + path, errno);
  return file;
}

OutputFile::~OutputFile() {
  if (descriptor_ != kNone) ::close(descriptor_);
}

Status OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("writing", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Done{};
}

}  // namespace larder::base
