// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "serve/edge/stored_fields.h"
#include "serve/edge/visit.h"

namespace larder::serve::edge {

// What a root has in place of an origin. The disk is its store, so that it is not cached.
void Visit::serve_file() {
  outcome_.source = Outcome::Source::kFile;
  question_ = edge_.files().find(stream_.loop(),
                                 {.request = stream_.request(),
                                  .path = std::string(request().path),
                                  .root = policy_->root,
                                  .index = policy_->index,
                                  .now = now()},
                                 *this);
}

void Visit::answered(FileAnswer&& answer) {
  body_ = std::move(answer.body);
  text_ = std::move(answer.whole);
  http::Response response{.status = answer.status,
                          .body_bytes = answer.body_bytes,
                          .whole = text_,
                          .body = body_.get()};
  if (answer.status == kPartialContent || answer.status == kNotModified) {
    tell_as_of_whole(answer, response);
  } else {
    compress(response, answer.lines);
  }
  send({answer.lines, date_line(now())}, std::move(response));
}

// 206 and 304 say what 200 would to the same request (RFC 9110, 15.3.7 and 15.4.5): that it varies,
// and 304 the tag of the coding. A part is of the file as it is, and has its tag.
void Visit::tell_as_of_whole(FileAnswer& answer, http::Response& response) {
  const CompressPolicy& policy = policy_->cache.compress;
  wire::http::FieldLines type;
  type.add(wire::http::Name::kContentType, answer.file_type);
  if (!is_compressible(policy, kOk, type.text(), answer.file_bytes)) return;
  auto coding = wire::http::Coding::kIdentity;
  if (answer.status == kNotModified) coding = choose_coding(fields(), policy.codings);
  if (coding != wire::http::Coding::kIdentity) response.body_bytes.reset();
  wire::http::FieldLines lines(compressed_lines(answer.lines, coding));
  if (answer.status == kNotModified) lines.remove("Content-Encoding");
  answer.lines = std::move(lines).take();
}

}  // namespace larder::serve::edge
