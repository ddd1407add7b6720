// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/file_body.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace larder::serve::edge {

using State = http::Pulled::State;

FileBody::FileBody(io::Loop& loop, io::Worker& worker, std::shared_ptr<const OpenedFile> file,
                   std::vector<FilePiece> pieces)
    : loop_(loop), worker_(worker), file_(std::move(file)), pieces_(std::move(pieces)) {}

FileBody::~FileBody() {
  if (read_ != nullptr) read_->reader = nullptr;
}

http::Pulled FileBody::pull(std::size_t room) {
  if (failed_) return {.state = State::kFailed};
  while (sent_ == ready_.size()) {
    if (read_ != nullptr) return {.state = State::kLater};
    if (piece_ == pieces_.size()) return {.state = State::kEnd};
    if (take_text()) continue;
    if (pieces_[piece_].bytes == 0) {
      ++piece_;
    } else {
      start_read();
    }
  }
  const std::string_view part = std::string_view(ready_).substr(sent_, room);
  sent_ += part.size();
  return {.state = State::kBytes, .bytes = part};
}

bool FileBody::take_text() {
  if (pieces_[piece_].text.empty()) return false;
  ready_ = std::exchange(pieces_[piece_].text, {});
  sent_ = 0;
  return true;
}

// The buffer of what has been sent is read into again.
void FileBody::start_read() {
  FilePiece& piece = pieces_[piece_];
  const auto bytes =
      static_cast<std::size_t>(std::min<std::uint64_t>(piece.bytes, limits::kFilePieceBytes));
  read_ = std::make_shared<Read>(Read{.reader = this, .bytes = std::exchange(ready_, {})});
  sent_ = 0;
  worker_.post([&loop = loop_, file = file_, read = read_, from = piece.from, bytes] {
    read->good = file->read(from, bytes, read->bytes);
    loop.post([read] {
      if (read->reader != nullptr) read->reader->has_read(*read);
    });
  });
  piece.from += bytes;
  piece.bytes -= bytes;
}

void FileBody::has_read(Read& read) {
  ready_ = std::move(read.bytes);
  failed_ = !read.good;
  read_.reset();
  tell_reader();
}

}  // namespace larder::serve::edge
