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

// What keeps a file from being ours alone; empty: nothing. Who else can write to it could change
// under us what we trust.
std::string objection_to(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return " is not a plain file";
  if (status.st_uid != ::geteuid()) {
    return " belongs to user " + std::to_string(status.st_uid) + ", not to " +
           std::to_string(::geteuid()) + " who runs this";
  }
  const bool for_others = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  return for_others ? " can be written to by other users" : "";
}

}  // namespace

Result<ExclusiveFile> ExclusiveFile::open(const std::string& path) {
  constexpr int kMode = 0600;
  ExclusiveFile file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode));
  if (file.descriptor_ == kNone) return system_failure("opening " + path, errno);
  const std::string objection = objection_to(status_of(file.descriptor_));
  if (!objection.empty()) return Failure{path + objection};
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

// Not posix_fallocate, which would write where the file system cannot.
bool ExclusiveFile::reserve(std::size_t size) const noexcept {
  int done = -1;
  do {
    done = ::fallocate(descriptor_, 0, 0, static_cast<off_t>(size));
  } while (done != 0 && errno == EINTR);
  return done == 0;
}

}  // namespace larder::base
