// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/static_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "serve/edge/error_page.h"
#include "serve/edge/file_body.h"
#include "serve/edge/media_type.h"
#include "serve/edge/range_body.h"
#include "serve/edge/request_path.h"
#include "wire/http/conditional.h"

namespace larder::serve::edge {
namespace {

using wire::http::ByteRange;
using wire::http::FieldLines;
using wire::http::Name;

constexpr std::int64_t kMsPerS = 1000;

enum Status : std::uint16_t {
  kOk = 200,
  kPartialContent = 206,
  kMovedPermanently = 301,
  kNotModified = 304,
  kBadRequest = 400,
  kForbidden = 403,
  kNotFound = 404,
  kMethodNotAllowed = 405,
  kPreconditionFailed = 412,
  kRangeNotSatisfiable = 416,
  kInternalError = 500,
};

FileAnswer page_answer(unsigned status, std::string page, FieldLines lines = {}) {
  lines.add(Name::kContentType, kHtml);
  return {.status = status,
          .lines = std::string(lines.text()),
          .body_bytes = page.size(),
          .whole = std::move(page)};
}

FileAnswer error_answer(unsigned status, FieldLines lines = {}) {
  return page_answer(status, error_page(status), std::move(lines));
}

FileAnswer redirect_to(const std::string& location) {
  FieldLines lines;
  lines.add(Name::kLocation, location);
  return page_answer(kMovedPermanently, redirect_page(kMovedPermanently, location),
                     std::move(lines));
}

// ---- the body

// What of a file is sent, and as what.
struct Selection {
  unsigned status = kOk;
  std::string type = {};
  std::string content_range = {};
  std::vector<FilePiece> pieces = {};
};

std::uint64_t size_of(const std::vector<FilePiece>& pieces) {
  std::uint64_t size = 0;
  for (const FilePiece& piece : pieces) size += piece.text.size() + piece.bytes;
  return size;
}

// multipart/byteranges (RFC 9110, 14.6)
Selection several(const std::vector<ByteRange>& ranges, std::string_view type, std::uint64_t size) {
  const std::string boundary = fmt::format("{:016x}", base::random_seed());
  Selection selection{.status = kPartialContent,
                      .type = "multipart/byteranges; boundary=" + boundary};
  for (const ByteRange& range : ranges) {
    const bool is_first = selection.pieces.empty();
    selection.pieces.push_back(
        {.text = fmt::format("{}--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n",
                             is_first ? "" : "\r\n", boundary, type, content_range_of(range, size)),
         .from = range.first,
         .bytes = range.size()});
  }
  selection.pieces.push_back({.text = fmt::format("\r\n--{}--\r\n", boundary)});
  return selection;
}

Selection select(const wire::http::RangeSet& set, std::string_view type, std::uint64_t size) {
  if (set.state == wire::http::RangeSet::State::kWhole) {
    return {.type = std::string(type), .pieces = {{.bytes = size}}};
  }
  if (set.ranges.size() > 1) return several(set.ranges, type, size);
  const ByteRange& range = set.ranges.front();
  return {.status = kPartialContent,
          .type = std::string(type),
          .content_range = content_range_of(range, size),
          .pieces = {{.from = range.first, .bytes = range.size()}}};
}

std::string in_memory(const std::vector<FilePiece>& pieces, const std::string& content) {
  std::string whole;
  for (const FilePiece& piece : pieces) {
    whole += piece.text;
    whole.append(content, static_cast<std::size_t>(piece.from),
                 static_cast<std::size_t>(piece.bytes));
  }
  return whole;
}

}  // namespace

// From a path to an answer.
class StaticFiles::Search final : public StaticFiles::Question {
 public:
  Search(io::Loop& loop, io::Worker& worker, Asked asked, Reader& reader)
      : loop_(loop), worker_(worker), asked_(std::move(asked)), reader_(reader) {}
  ~Search() override {
    if (trip_ != nullptr) trip_->search = nullptr;
  }

  void start() {
    trip_ = std::make_shared<Trip>(Trip{.search = this});
    std::optional<std::string> path = normal_path(path_of(asked_.path));
    const bool asks_disk = is_read() && path.has_value();
    const auto come_back = [&loop = loop_, trip = trip_] {
      loop.post([trip] {
        if (trip->search != nullptr) trip->search->has_found(trip->found);
      });
    };
    if (!asks_disk) return come_back();
    worker_.post([come_back, trip = trip_, root = asked_.root, index = asked_.index,
                  path = *std::move(path)] {
      trip->found = find_file(root, path, index);
      come_back();
    });
  }

 private:
  // To the worker and back; `search` is of the loop's thread, null when nobody waits any more.
  struct Trip {
    Search* search = nullptr;
    FoundFile found = {};
  };

  bool is_read() const { return asked_.request.method == "GET" || is_head(); }
  bool is_head() const { return asked_.request.method == "HEAD"; }

  // Before a disk is asked.
  std::optional<FileAnswer> refuse() const {
    if (!is_read()) {
      FieldLines lines;
      lines.add("Allow", "GET, HEAD");
      return error_answer(kMethodNotAllowed, std::move(lines));
    }
    if (!normal_path(path_of(asked_.path))) return error_answer(kBadRequest);
    return std::nullopt;
  }

  // `reader_` may destroy this inside.
  void has_found(const FoundFile& found) {
    std::optional<FileAnswer> answer = refuse();
    if (!answer) answer = answer_of(found);
    if (is_head()) {
      answer->whole.clear();
      answer->body.reset();
    }
    reader_.answered(*std::move(answer));
  }

  FileAnswer answer_of(const FoundFile& found) const {
    switch (found.state) {
      case FoundFile::State::kFile: return file_answer(found);
      case FoundFile::State::kFolder: return redirect_to(folder_target());
      case FoundFile::State::kMissing: return error_answer(kNotFound);
      case FoundFile::State::kForbidden: return error_answer(kForbidden);
      case FoundFile::State::kFailed: return error_answer(kInternalError);
    }
    return error_answer(kInternalError);
  }

  std::string folder_target() const {
    std::string target = canonical_path(path_of(asked_.path)).value_or("") + '/';
    if (has_query(asked_.path)) target += '?' + std::string(query_of(asked_.path));
    return target;
  }

  FileAnswer file_answer(const FoundFile& found) const {
    const OpenedFile& file = *found.file;
    const std::string etag = file.etag();
    const wire::http::Seconds now = asked_.now / kMsPerS;
    const wire::http::Validators validators{
        .etag = wire::http::parse_etag(etag), .last_modified = file.modified, .date = now};
    const auto date = wire::http::format_date(file.modified);
    FieldLines lines;
    lines.add(Name::kLastModified, {date.data(), date.size()});
    lines.add(Name::kEtag, etag);
    switch (wire::http::judge(*asked_.request.fields, asked_.request.method, validators, now)) {
      case wire::http::Condition::kPassed: break;
      case wire::http::Condition::kPreconditionFailed: return error_answer(kPreconditionFailed);
      case wire::http::Condition::kNotModified:
        return {.status = kNotModified,
                .lines = std::string(lines.text()),
                .body_bytes = file.size,
                .file_type = std::string(media_type_of(found.path)),
                .file_bytes = file.size};
    }
    lines.add(Name::kAcceptRanges, "bytes");
    return selected_answer(found, ranges_of(file.size, validators, now), std::move(lines));
  }

  wire::http::RangeSet ranges_of(std::uint64_t size, const wire::http::Validators& validators,
                                 wire::http::Seconds now) const {
    const wire::http::Fields& fields = *asked_.request.fields;
    const auto range = fields.value(Name::kRange);
    if (!range || is_head() || !wire::http::if_range_holds(fields, validators, now)) return {};
    return wire::http::parse_range(*range, size);
  }

  FileAnswer selected_answer(const FoundFile& found, const wire::http::RangeSet& set,
                             FieldLines lines) const {
    const std::uint64_t size = found.file->size;
    if (set.state == wire::http::RangeSet::State::kUnsatisfiable) {
      FieldLines told;
      told.add(Name::kContentRange, fmt::format("bytes */{}", size));
      return error_answer(kRangeNotSatisfiable, std::move(told));
    }
    const std::string_view type = media_type_of(found.path);
    Selection selection = select(set, type, size);
    lines.add(Name::kContentType, selection.type);
    if (!selection.content_range.empty()) {
      lines.add(Name::kContentRange, selection.content_range);
    }
    FileAnswer answer{.status = selection.status,
                      .lines = std::string(lines.text()),
                      .body_bytes = size_of(selection.pieces),
                      .file_type = std::string(type),
                      .file_bytes = size};
    if (found.file->content.size() == size) {
      answer.whole = in_memory(selection.pieces, found.file->content);
    } else {
      answer.body =
          std::make_unique<FileBody>(loop_, worker_, found.file, std::move(selection.pieces));
    }
    return answer;
  }

  io::Loop& loop_;
  io::Worker& worker_;
  Asked asked_;
  Reader& reader_;
  std::shared_ptr<Trip> trip_;
};

StaticFiles::StaticFiles(std::size_t threads) : workers_(std::max<std::size_t>(threads, 1)) {}

std::unique_ptr<StaticFiles::Question> StaticFiles::find(io::Loop& loop, const Asked& asked,
                                                         Reader& reader) {
  auto search =
      std::make_unique<Search>(loop, workers_[loop.number() % workers_.size()], asked, reader);
  search->start();
  return search;
}

}  // namespace larder::serve::edge
