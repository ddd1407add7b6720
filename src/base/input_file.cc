// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/input_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace larder::base {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

Result<std::string> read_all(int descriptor, const std::string& path, std::size_t most_bytes) {
  std::string text;
  std::array<char, kReadBytes> buffer;
  while (true) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("cannot read " + path, errno);
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > most_bytes) return Failure{path + " is too long"};
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t most_bytes) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input", most_bytes);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_failure("cannot open " + path, errno);
  auto text = read_all(descriptor, path, most_bytes);
  ::close(descriptor);
  return text;
}

}  // namespace larder::base
