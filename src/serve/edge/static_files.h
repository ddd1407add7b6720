// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "base/clock.h"
#include "http/exchange.h"
#include "io/loop.h"
#include "io/worker.h"
#include "serve/edge/opened_file.h"

namespace larder::serve::edge {

// What a file answers.
struct FileAnswer {
  unsigned status = 0;
  std::string lines = {};        // as wire::http::FieldLines has them
  std::uint64_t body_bytes = 0;  // also of HEAD and 304, which have no body
  std::string whole = {};        // the body, or
  std::unique_ptr<http::BodySource> body = {};
  std::string file_type = {};  // 200, 206, 304: of the file, and its size
  std::uint64_t file_bytes = 0;
};

// Serves files below a root, with conditions and ranges, without a loop that waits for a disk.
//
//   find ─► worker: opens, and reads a small one ─► loop: conditions, ranges ─► answered
//
// Lives longer than what it gave, and ends before the loops.
class StaticFiles {
 public:
  explicit StaticFiles(std::size_t threads = 2);

  class Reader {
   public:
    virtual void answered(FileAnswer&& answer) = 0;

   protected:
    ~Reader() = default;
  };
  // A question under way; destroy it to give up.
  class Question {
   public:
    virtual ~Question() = default;
  };
  struct Asked {
    const http::Request& request;  // valid until it is answered
    std::string path;              // of the request, or as it was rewritten; with its query
    std::string root;
    std::string index;
    base::UnixMs now = 0;
  };
  // On `loop`; the answer comes later, never inside this call. Where there is nothing to ask a disk
  // for, too.
  std::unique_ptr<Question> find(io::Loop& loop, const Asked& asked, Reader& reader);

 private:
  class Search;
  std::deque<io::Worker> workers_;
};

}  // namespace larder::serve::edge
