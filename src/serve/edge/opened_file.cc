// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/opened_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/limits.h"

namespace larder::serve::edge {
namespace {

using State = FoundFile::State;

State state_of_error(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP: return State::kMissing;
    case EACCES:
    case EPERM:
    case ENXIO: return State::kForbidden;
    default: return State::kFailed;
  }
}

bool is_folder(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// Not waiting: of a pipe nobody may ever come.
FoundFile open_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return {.state = state_of_error(errno)};
  struct stat status{};
  ::fstat(descriptor, &status);  // of a file that is open, it cannot fail
  auto file = std::make_shared<OpenedFile>(descriptor, static_cast<std::uint64_t>(status.st_size),
                                           status.st_mtim.tv_sec);
  if (S_ISDIR(status.st_mode)) return {.state = State::kFolder};
  if (!S_ISREG(status.st_mode)) return {.state = State::kForbidden};
  if (file->size <= limits::kSmallFileBytes && !file->read(0, file->size, file->content)) {
    return {.state = State::kFailed};
  }
  return {.state = State::kFile, .file = std::move(file)};
}

}  // namespace

OpenedFile::~OpenedFile() { ::close(descriptor_); }

bool OpenedFile::read(std::uint64_t from, std::size_t bytes, std::string& into) const {
  into.resize(bytes);
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t count =
        ::pread(descriptor_, into.data() + done, bytes - done, static_cast<off_t>(from + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

std::string OpenedFile::etag() const { return fmt::format("\"{:x}-{:x}\"", modified, size); }

FoundFile find_file(const std::string& root, std::string path, const std::string& index) {
  const std::string folder = root + path;
  const bool is_index = path.ends_with('/');
  if (is_index) path += index;
  FoundFile found = open_file(root + path);
  if (is_index && found.state == State::kFolder) found.state = State::kForbidden;
  if (is_index && found.state == State::kMissing && is_folder(folder)) {
    found.state = State::kForbidden;
  }
  found.path = std::move(path);
  return found;
}

}  // namespace larder::serve::edge
