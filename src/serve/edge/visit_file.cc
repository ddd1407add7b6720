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
  compress(response, answer.lines);
  send({answer.lines, date_line(now())}, std::move(response));
}

}  // namespace larder::serve::edge
