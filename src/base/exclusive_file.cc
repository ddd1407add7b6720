// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/exclusive_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace larder::base {
namespace {

struct stat status_of(int descriptor) noexcept {
  struct stat status{};
  ::fstat(descriptor, &status);  // of a file that is open, it cannot fail
  return status;
}

}  // namespace

Result<ExclusiveFile> ExclusiveFile::open(const std::string& path) {
  constexpr int kMode = 0600;
  ExclusiveFile file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode));
  if (file.descriptor_ == kNone) return system_failure("opening " + path, errno);
  if (!S_ISREG(status_of(file.descriptor_).st_mode)) return Failure{path + " is not a plain file"};
  if (::flock(file.descriptor_, LOCK_EX | LOCK_NB) == 0) return file;
  if (errno != EWOULDBLOCK) return system_failure("locking " + path, errno);
  return Failure{path + " is in use by another process"};
}

ExclusiveFile::~ExclusiveFile() {
  if (descriptor_ != kNone) ::close(descriptor_);
}

std::size_t ExclusiveFile::size() const noexcept {
  return static_cast<std::size_t>(status_of(descriptor_).st_size);
}

std::size_t ExclusiveFile::read(void* bytes, std::size_t size) const noexcept {
  const ssize_t got = ::pread(descriptor_, bytes, size, 0);
  return static_cast<std::size_t>(std::max<ssize_t>(got, 0));
}

bool ExclusiveFile::write(const void* bytes, std::size_t size) const noexcept {
  return ::pwrite(descriptor_, bytes, size, 0) == static_cast<ssize_t>(size);
}

bool ExclusiveFile::resize(std::size_t size) const noexcept {
  return ::ftruncate(descriptor_, static_cast<off_t>(size)) == 0;
}

}  // namespace larder::base
