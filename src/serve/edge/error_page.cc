// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/error_page.h"

#include <fmt/format.h>

#include "wire/http/head.h"

namespace larder::serve::edge {
namespace {

using origin::FetchFailure;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string title_of(unsigned status) {
  const std::string_view reason = wire::http::reason_of(status);
  return reason.empty() ? fmt::format("{}", status) : fmt::format("{} {}", status, reason);
}

// `inside` is HTML.
std::string page(unsigned status, std::string_view inside) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>{0}</title></head>\n<body>\n"
      "<h1>{0}</h1>\n{1}<hr>\n<p>Larder</p>\n</body>\n</html>\n",
      title_of(status), inside);
}

std::string_view sentence_of(FetchFailure failure) {
  switch (failure) {
    case FetchFailure::kNoServer: return "No origin server can be used now.";
    case FetchFailure::kConnect: return "The origin server cannot be reached.";
    case FetchFailure::kBadResponse: return "The origin server did not send a proper response.";
    case FetchFailure::kTimeout: return "The origin server did not respond in time.";
    case FetchFailure::kQueueFull: return "The origin servers have no room for another request.";
    case FetchFailure::kRequestBody: return "The request did not come to its end.";
  }
  return "";
}

}  // namespace

std::string error_page(unsigned status, std::string_view why) {
  return page(status, why.empty() ? std::string() : fmt::format("<p>{}</p>\n", escaped(why)));
}

// Addresses of servers are the operator's: logs have them.
std::string origin_error_page(FetchFailure failure, const origin::FetchFacts& facts) {
  std::string inside = fmt::format("<p>{}</p>\n", sentence_of(failure));
  if (facts.tries > 1) inside += fmt::format("<p>{} were tried.</p>\n", facts.tries);
  return page(origin::status_of(failure), inside);
}

std::string redirect_page(unsigned status, std::string_view location) {
  const std::string to = escaped(location);
  return page(status, fmt::format("<p><a href=\"{0}\">{0}</a></p>\n", to));
}

}  // namespace larder::serve::edge
