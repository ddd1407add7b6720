// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/fetch.h"

#include "origin/fetch_at_work.h"

namespace larder::origin {

unsigned status_of(FetchFailure failure) noexcept {
  switch (failure) {
    case FetchFailure::kNoServer:
    case FetchFailure::kConnect:
    case FetchFailure::kBadResponse: return 502;
    case FetchFailure::kTimeout: return 504;
    case FetchFailure::kQueueFull: return 503;
    case FetchFailure::kRequestBody: return 400;
  }
  return 502;
}

std::string_view text_of(FetchFailure failure) noexcept {
  switch (failure) {
    case FetchFailure::kNoServer: return "no server is in";
    case FetchFailure::kConnect: return "no connection to the server";
    case FetchFailure::kBadResponse: return "the server sent no response, or a malformed one";
    case FetchFailure::kTimeout: return "the server was too slow";
    case FetchFailure::kQueueFull: return "every server has all the connections it may have";
    case FetchFailure::kRequestBody: return "the client did not send all of its body";
  }
  return {};
}

std::unique_ptr<Fetch> fetch(io::Loop& loop, std::shared_ptr<Upstream> upstream,
                             http::Outgoing request, Choice choice, FetchReader& reader) {
  auto fetch = std::make_unique<FetchAtWork>(loop, std::move(upstream), std::move(request),
                                             std::move(choice), reader);
  fetch->start();
  return fetch;
}

}  // namespace larder::origin
