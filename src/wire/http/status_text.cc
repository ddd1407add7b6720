// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "base/check.h"
#include "wire/http/head.h"

namespace larder::wire::http {
namespace {

struct Reason {
  unsigned status;
  std::string_view text;
};

// The registry of status codes (RFC 9110, 15, and those that registered more).
constexpr Reason kRegistry[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {102, "Processing"},
    {103, "Early Hints"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {208, "Already Reported"},
    {226, "IM Used"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {506, "Variant Also Negotiates"},
    {507, "Insufficient Storage"},
    {508, "Loop Detected"},
    {511, "Network Authentication Required"},
};

constexpr std::array<std::string_view, 512> kReasons = [] {
  std::array<std::string_view, 512> reasons{};
  for (const Reason& reason : kRegistry) reasons[reason.status] = reason.text;
  return reasons;
}();

}  // namespace

unsigned status_of(Fault fault) noexcept {
  switch (fault) {
    case Fault::kBadLine:
    case Fault::kBadField:
    case Fault::kBadHost:
    case Fault::kBadLength:
    case Fault::kBadTransferCoding:
    case Fault::kBadChunk:
    case Fault::kBadTarget: return 400;
    case Fault::kTargetTooLong: return 414;
    case Fault::kHeadTooLarge: return 431;
    case Fault::kUnknownTransferCoding: return 501;
    case Fault::kUnknownVersion: return 505;
    case Fault::kNone: break;
  }
  LARDER_CHECK(!"no fault has no status");
  return 0;
}

std::string_view text_of(Fault fault) noexcept {
  switch (fault) {
    case Fault::kNone: return "no fault";
    case Fault::kBadLine: return "the first line is none of HTTP/1";
    case Fault::kBadField: return "a line of the head is no field";
    case Fault::kBadHost: return "Host is missing, there twice, or no host";
    case Fault::kBadLength: return "Content-Length is no number, there twice, or not allowed";
    case Fault::kBadTransferCoding: return "Transfer-Encoding is not allowed, or not just chunked";
    case Fault::kBadChunk: return "a chunk of the body is malformed";
    case Fault::kBadTarget: return "the target has no form that its method allows";
    case Fault::kTargetTooLong: return "the target is too long";
    case Fault::kHeadTooLarge: return "the head has too many bytes or fields";
    case Fault::kUnknownTransferCoding: return "a transfer coding is not known";
    case Fault::kUnknownVersion: return "the version of HTTP is not known";
  }
  LARDER_CHECK(!"every fault has a text");
  return {};
}

std::string_view reason_of(unsigned status) noexcept {
  return status < kReasons.size() ? kReasons[status] : std::string_view();
}

}  // namespace larder::wire::http
