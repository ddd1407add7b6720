// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/address.h"

namespace larder::cli::copy {

// A connection to a memcached server, for a tool that waits for each reply. Move-only.
class Link {
 public:
  static base::Result<Link> open(const io::Address& address);
  Link(Link&& other) noexcept;
  Link& operator=(Link&&) = delete;
  ~Link();

  base::Status send(std::string_view bytes);
  // Up to the line end, without it; good until the next call.
  base::Result<std::string_view> read_line();
  // The next `bytes` are appended to `into`.
  base::Status read(std::size_t bytes, std::string& into);

 private:
  Link(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  base::Status fill();

  int fd_;
  std::string name_;  // of the server, for failures
  std::string in_;
  std::size_t begin_ = 0;  // of what is not consumed
};

}  // namespace larder::cli::copy
