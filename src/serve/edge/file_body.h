// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/body.h"
#include "io/loop.h"
#include "io/worker.h"
#include "serve/edge/opened_file.h"

namespace larder::serve::edge {

// A stretch of a file, with what stands in front of it.
struct FilePiece {
  std::string text = {};
  std::uint64_t from = 0;
  std::uint64_t bytes = 0;
};

// Pieces of a file, read by a worker's thread, so that no loop waits for a disk:
//
//   pull ─► nothing read ─► kLater ── worker: kFilePieceBytes ──► posted to the loop ─► body_ready
//
// Worker and loop must outlive it. What is being read when it is destroyed goes nowhere.
class FileBody final : public http::BodySource {
 public:
  FileBody(io::Loop& loop, io::Worker& worker, std::shared_ptr<const OpenedFile> file,
           std::vector<FilePiece> pieces);
  ~FileBody() override;

  http::Pulled pull(std::size_t room) override;

 private:
  // A read under way: `reader` is of the loop's thread, null when nobody wants it any more.
  struct Read {
    FileBody* reader = nullptr;
    std::string bytes = {};
    bool good = false;
  };
  bool take_text();
  void start_read();
  void has_read(Read& read);

  io::Loop& loop_;
  io::Worker& worker_;
  std::shared_ptr<const OpenedFile> file_;
  std::vector<FilePiece> pieces_;
  std::size_t piece_ = 0;
  std::string ready_;     // read, or a piece's text
  std::size_t sent_ = 0;  // of ready_
  std::shared_ptr<Read> read_;
  bool failed_ = false;
};

}  // namespace larder::serve::edge
