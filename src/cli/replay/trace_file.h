// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "cli/replay/byte_source.h"

namespace larder::cli::replay {

// A trace's file, which `zstd -dc` unpacks in a process of its own if its name ends in .zst.
//
//   file ─────────────────────► read             share: the file's own position, which a child
//   file ─► zstd -dc ─► pipe ─► read             shares with us, against its size
class TraceFile final : public ByteSource {
 public:
  static base::Result<std::unique_ptr<TraceFile>> open(const std::string& path);
  ~TraceFile() override;
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  base::Result<std::size_t> read(std::span<char> into) override;
  double share() const override;

 private:
  TraceFile(std::string path, int file, std::uint64_t bytes);
  base::Status unpack();
  base::Status end_of_zstd();

  std::string path_;
  int file_;
  std::uint64_t bytes_;
  int pipe_ = -1;    // of zstd, if there is one
  pid_t zstd_ = -1;  // until it has been waited for
};

}  // namespace larder::cli::replay
