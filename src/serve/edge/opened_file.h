// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "wire/http/date.h"

namespace larder::serve::edge {

// A plain file that is being served, as it was when it was opened.
class OpenedFile {
 public:
  OpenedFile(int descriptor, std::uint64_t bytes, wire::http::Seconds changed)
      : size(bytes), modified(changed), descriptor_(descriptor) {}
  ~OpenedFile();
  OpenedFile(const OpenedFile&) = delete;
  OpenedFile& operator=(const OpenedFile&) = delete;

  // May wait for a disk. False: it cannot be read, or is shorter by now.
  bool read(std::uint64_t from, std::size_t bytes, std::string& into) const;
  std::string etag() const;  // as nginx makes it, of time and size

  const std::uint64_t size;
  const wire::http::Seconds modified;
  std::string content = {};  // of a small one: all of it

 private:
  int descriptor_;
};

// What a path below a root is.
struct FoundFile {
  enum class State : std::uint8_t {
    kFile,
    kFolder,     // that was not asked for with a slash at its end
    kMissing,    // 404
    kForbidden,  // 403: not for us, no plain file, or a folder without its index
    kFailed,     // 500
  };
  State state = State::kMissing;
  std::string path = {};  // with the index, where it is one
  std::shared_ptr<OpenedFile> file = {};
};
// `path` is normal (serve/edge/request_path.h). Links are followed. May wait for a disk.
FoundFile find_file(const std::string& root, std::string path, const std::string& index);

}  // namespace larder::serve::edge
