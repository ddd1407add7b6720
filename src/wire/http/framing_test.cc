// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "wire/http/head.h"

namespace larder::wire::http {
namespace {

using Kind = Framing::Kind;

Framed request(std::string_view lines, std::string_view version = "1.1",
               std::string_view method = "POST") {
  const std::string text = std::string(method) + " / HTTP/" + std::string(version) +
                           "\r\nHost: a\r\n" + std::string(lines) + "\r\n";
  RequestHead head;
  EXPECT_EQ(parse_request_head(text, head).state, HeadParsed::State::kWhole) << text;
  return frame(head);
}

Framed response(std::string_view lines, unsigned status = 200, std::string_view to = "GET",
                std::string_view version = "1.1") {
  const std::string text = "HTTP/" + std::string(version) + " " + std::to_string(status) + " \r\n" +
                           std::string(lines) + "\r\n";
  ResponseHead head;
  EXPECT_EQ(parse_response_head(text, head).state, HeadParsed::State::kWhole) << text;
  return frame(head, to);
}

TEST(request_framing, is_said_by_one_field) {
  EXPECT_EQ(request("").framing.kind, Kind::kNone);
  EXPECT_EQ(request("Content-Length: 0\r\n").framing.kind, Kind::kLength);
  EXPECT_EQ(request("Content-Length: 0123\r\n").framing.length, 123U);
  EXPECT_EQ(request("content-length: 9223372036854775807\r\n").framing.length,
            9223372036854775807ULL);
  EXPECT_EQ(request("Transfer-Encoding: chunked\r\n").framing.kind, Kind::kChunked);
  EXPECT_EQ(request("TRANSFER-ENCODING:\tChunKed \r\n").framing.kind, Kind::kChunked);
}

TEST(request_framing, refuses_lengths_that_are_read_in_two_ways) {
  for (const std::string_view value :
       {"", "+5", "-5", "5 5", "5,5", "5, 5", "5, 6", "0x5", "5.0", "a", "5;", "\"5\"",
        "9223372036854775808", "18446744073709551616", "99999999999999999999"}) {
    const std::string line = "Content-Length: " + std::string(value) + "\r\n";
    EXPECT_EQ(request(line).fault, Fault::kBadLength) << line;
  }
  EXPECT_EQ(request("Content-Length: 5\r\nContent-Length: 5\r\n").fault, Fault::kBadLength);
  EXPECT_EQ(request("Content-Length: 5\r\ncontent-length: 6\r\n").fault, Fault::kBadLength);
}

TEST(request_framing, refuses_codings_that_are_read_in_two_ways) {
  for (const std::string_view lines :
       {"", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Content-Length: x\r\n"}) {
    const std::string both = "Transfer-Encoding: chunked\r\n" + std::string(lines);
    EXPECT_EQ(request(both).fault, lines.empty() ? Fault::kNone : Fault::kBadTransferCoding);
    EXPECT_EQ(request(both, "1.0").fault, Fault::kBadTransferCoding);
  }
  for (const std::string_view value :
       {"", ",", "chunked, chunked", "chunked,", ",chunked", "chunked, gzip", "chunked;a=b",
        "\"chunked\"", "chunked;", "gzip, chunked, gzip", "chunked chunked", "gzip;q=1, chunked",
        "chunk\xC3", "'chunked', (x)"}) {
    const std::string line = "Transfer-Encoding: " + std::string(value) + "\r\n";
    EXPECT_EQ(request(line).fault, Fault::kBadTransferCoding) << line;
  }
  EXPECT_EQ(request("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n").fault,
            Fault::kBadTransferCoding);
  EXPECT_EQ(request("Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n").fault,
            Fault::kBadTransferCoding);
}

TEST(request_framing, does_not_know_other_codings) {
  for (const std::string_view value : {"gzip", "identity", "gzip, chunked", "xchunked", "chunke",
                                       "'chunked'", "identity, chunked", "cow"}) {
    const std::string line = "Transfer-Encoding: " + std::string(value) + "\r\n";
    EXPECT_EQ(request(line).fault, Fault::kUnknownTransferCoding) << line;
  }
  EXPECT_EQ(request("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n").fault,
            Fault::kUnknownTransferCoding);
}

TEST(request_framing, of_a_tunnel_has_no_body) {
  const auto fault_of = [](std::string_view lines) {
    const std::string text = "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n";
    RequestHead head;
    EXPECT_EQ(parse_request_head(text, head).state, HeadParsed::State::kWhole);
    return frame(head).fault;
  };
  EXPECT_EQ(fault_of(""), Fault::kNone);
  EXPECT_EQ(fault_of("Content-Length: 0\r\n"), Fault::kNone);
  EXPECT_EQ(fault_of("Content-Length: 1\r\n"), Fault::kBadLength);
  EXPECT_EQ(fault_of("Transfer-Encoding: chunked\r\n"), Fault::kBadLength);
}

TEST(request_framing, says_whether_the_connection_stays) {
  EXPECT_TRUE(request("").framing.keep_alive);
  EXPECT_FALSE(request("", "1.0").framing.keep_alive);
  EXPECT_TRUE(request("Connection: Keep-Alive\r\n", "1.0").framing.keep_alive);
  EXPECT_FALSE(request("Connection: x, CLOSE\r\n").framing.keep_alive);
  EXPECT_FALSE(request("Connection: keep-alive\r\nConnection: close\r\n").framing.keep_alive);
  EXPECT_FALSE(request("Connection: close, keep-alive\r\n", "1.0").framing.keep_alive);
  EXPECT_TRUE(request("Connection: closed\r\n").framing.keep_alive);
  EXPECT_FALSE(request("Proxy-Connection: keep-alive\r\n", "1.0").framing.keep_alive);
}

TEST(response_framing, is_said_by_one_field_or_the_close) {
  EXPECT_EQ(response("Content-Length: 7\r\n").framing.length, 7U);
  EXPECT_TRUE(response("Content-Length: 7\r\n").framing.keep_alive);
  EXPECT_EQ(response("Transfer-Encoding: chunked\r\n").framing.kind, Kind::kChunked);
  EXPECT_EQ(response("").framing.kind, Kind::kUntilClose);
  EXPECT_FALSE(response("Connection: keep-alive\r\n").framing.keep_alive);
  EXPECT_FALSE(response("Content-Length: 0\r\n", 200, "GET", "1.0").framing.keep_alive);
}

TEST(response_framing, refuses_what_is_read_in_two_ways) {
  EXPECT_EQ(response("Content-Length: 5\r\nContent-Length: 6\r\n").fault, Fault::kBadLength);
  EXPECT_EQ(response("Content-Length: 5, 5\r\n").fault, Fault::kBadLength);
  EXPECT_EQ(response("Content-Length: -1\r\n", 304).fault, Fault::kBadLength);
  EXPECT_EQ(response("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n").fault,
            Fault::kBadTransferCoding);
  EXPECT_EQ(response("Transfer-Encoding: chunked\r\n", 200, "GET", "1.0").fault,
            Fault::kBadTransferCoding);
  EXPECT_EQ(response("Transfer-Encoding: bogus\r\n").fault, Fault::kUnknownTransferCoding);
  EXPECT_EQ(response("Transfer-Encoding: gzip\r\n", 200, "HEAD").fault,
            Fault::kUnknownTransferCoding);
}

TEST(response_framing, of_some_has_no_body_whatever_they_say) {
  for (const std::string_view lines :
       {"", "Content-Length: 7\r\n", "Transfer-Encoding: chunked\r\n"}) {
    for (const unsigned status : {100U, 103U, 204U, 304U}) {
      const Framed framed = response(lines, status);
      EXPECT_EQ(framed.framing.kind, Kind::kNone) << status;
      EXPECT_EQ(framed.framing.length, 0U);
      EXPECT_EQ(framed.framing.keep_alive, lines.empty() || status == 304) << status << lines;
    }
    const Framed head = response(lines, 200, "HEAD");
    EXPECT_EQ(head.framing.kind, Kind::kNone);
    EXPECT_TRUE(head.framing.keep_alive);
  }
  EXPECT_TRUE(response("Content-Length: 0\r\n", 204).framing.keep_alive);
}

TEST(response_framing, ends_where_a_tunnel_begins) {
  EXPECT_EQ(response("", 101).framing.kind, Kind::kNone);
  EXPECT_FALSE(response("", 101).framing.keep_alive);
  EXPECT_EQ(response("", 200, "CONNECT").framing.kind, Kind::kNone);
  EXPECT_FALSE(response("", 200, "CONNECT").framing.keep_alive);
  EXPECT_EQ(response("Content-Length: 3\r\n", 403, "CONNECT").framing.length, 3U);
}

TEST(connection, has_fields_of_its_own) {
  const std::string text =
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Hop\r\nKeep-Alive: 1\r\nTE: trailers\r\n"
      "Transfer-Encoding: chunked\r\nUpgrade: b\r\nProxy-Connection: c\r\nHTTP2-Settings: d\r\n"
      "x-hop: e\r\nX-Listed: f\r\nconnection: host,content-length , x-listed\r\n"
      "Content-Length: 5\r\nX-End: g\r\nTrailer: h\r\nProxy-Authorization: i\r\n\r\n";
  RequestHead head;
  ASSERT_EQ(parse_request_head(text, head).state, HeadParsed::State::kWhole);
  std::string kept;
  for (const Field& field : head.fields) {
    if (!is_of_connection(field, head.fields)) kept += std::string(field.name) + " ";
  }
  EXPECT_EQ(kept, "Host Content-Length X-End Trailer Proxy-Authorization ");
}

}  // namespace
}  // namespace larder::wire::http
