// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace larder::cli::replay {

// Where a trace's bytes come from.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // As many as there are at once; 0: the end.
  virtual base::Result<std::size_t> read(std::span<char> into) = 0;
  virtual double share() const = 0;  // read already, 0 to 1
};

// A source in pieces, whatever it reads at once. A piece lives until the next one is taken.
//
//   [ taken . . . | begin_ . . . end_ | room ]      one block: what is left over moves to its front
class ByteReader {
 public:
  explicit ByteReader(std::unique_ptr<ByteSource> source);

  // Nothing: the end. A failure: the last record is cut.
  base::Result<std::optional<std::string_view>> take_record(std::size_t bytes);
  // Without its end, which is LF or CR LF and may be missing at the end of all.
  base::Result<std::optional<std::string_view>> take_line();

  double share() const { return source_->share(); }

 private:
  base::Result<bool> read_more();
  std::string_view unread() const { return {block_.data() + begin_, end_ - begin_}; }

  std::unique_ptr<ByteSource> source_;
  std::vector<char> block_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace larder::cli::replay
