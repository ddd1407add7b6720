// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/head.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/limits.h"

namespace larder::wire::http {
namespace {

using State = HeadParsed::State;
using namespace std::string_literals;

HeadParsed parse_request(std::string_view text) {
  RequestHead head;
  return parse_request_head(text, head);
}

Fault request_fault(std::string_view text) {
  const HeadParsed parsed = parse_request(text);
  EXPECT_EQ(parsed.state == State::kFault, parsed.fault != Fault::kNone);
  return parsed.fault;
}

Fault response_fault(std::string_view text) {
  ResponseHead head;
  return parse_response_head(text, head).fault;
}

// A head of HTTP/1.1 with `lines` behind its Host.
std::string with_fields(std::string_view lines) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n";
}

TEST(request_head, is_views_into_its_bytes) {
  const std::string text =
      "GET /a?b HTTP/1.1\r\nHost: example.com\r\nX_y:\t v w \t\r\nEmpty:\r\n\r\nbody";
  RequestHead head;
  const HeadParsed parsed = parse_request_head(text, head);
  ASSERT_EQ(parsed.state, State::kWhole);
  EXPECT_EQ(parsed.consumed, text.size() - 4);
  EXPECT_EQ(head.method, "GET");
  EXPECT_EQ(head.target, "/a?b");
  EXPECT_EQ(head.version, Version::k11);
  ASSERT_EQ(head.fields.size(), 3U);
  EXPECT_EQ(head.fields.value(Name::kHost), "example.com");
  EXPECT_EQ(head.fields.value("x_Y"), "v w");
  EXPECT_EQ(head.fields.value("empty"), "");
  EXPECT_EQ(head.target.data(), text.data() + 4);
}

TEST(request_head, follows_its_bytes) {
  const std::string text = "GET /a HTTP/1.1\r\nHost: b\r\n\r\n";
  RequestHead head;
  ASSERT_EQ(parse_request_head(text, head).state, State::kWhole);
  const std::string copy{std::string_view(text)};
  head.move_views(text.data(), copy.data());
  EXPECT_EQ(head.method.data(), copy.data());
  EXPECT_EQ(head.target.data(), copy.data() + 4);
  EXPECT_EQ(head.fields.begin()->value.data(), copy.data() + copy.find('b'));
}

TEST(request_head, has_no_fields_of_the_one_before) {
  RequestHead head;
  ASSERT_EQ(parse_request_head(with_fields("A: b\r\n"), head).state, State::kWhole);
  ASSERT_EQ(parse_request_head("GET / HTTP/1.0\r\n\r\n", head).state, State::kWhole);
  EXPECT_TRUE(head.fields.empty());
  EXPECT_EQ(head.version, Version::k10);
}

TEST(request_head, takes_any_token_as_a_method) {
  for (const std::string_view method : {"M-SEARCH", "get", "!#$%&'*+-.^_`|~", "X"}) {
    const std::string text = std::string(method) + " / HTTP/1.1\r\nHost: a\r\n\r\n";
    RequestHead head;
    ASSERT_EQ(parse_request_head(text, head).state, State::kWhole) << method;
    EXPECT_EQ(head.method, method);
  }
}

TEST(request_head, has_a_strict_first_line) {
  for (const std::string_view line : {"GET /",
                                      "GET",
                                      "GET / ",
                                      " GET / HTTP/1.1",
                                      "GET  / HTTP/1.1",
                                      "GET /  HTTP/1.1",
                                      "GET / HTTP/1.1 ",
                                      "GET / a HTTP/1.1",
                                      "GET\t/ HTTP/1.1",
                                      "GET /\tHTTP/1.1",
                                      "GET /a\tb HTTP/1.1",
                                      "GET  HTTP/1.1",
                                      "G(T / HTTP/1.1",
                                      "G:T / HTTP/1.1",
                                      "G\xC3T / HTTP/1.1",
                                      "GET / http/1.1",
                                      "GET / HTTP/1",
                                      "GET / HTTP/1.10",
                                      "GET / HTTP/1.",
                                      "GET / HTTP/11",
                                      "GET / HTTP/a.1",
                                      "GET / HTTP/1.a",
                                      "GET / HTTPS/1.1",
                                      "GET / TTP/1.1",
                                      "GET / HTTP 1.1",
                                      "GET / HTTP/1,1",
                                      "GET / HTTP/+.1"}) {
    EXPECT_EQ(request_fault(std::string(line) + "\r\nHost: a\r\n\r\n"), Fault::kBadLine) << line;
  }
}

TEST(request_head, of_a_later_minor_version_is_of_the_one_we_know) {
  RequestHead head;
  ASSERT_EQ(parse_request_head("GET / HTTP/1.7\r\nHost: a\r\n\r\n", head).state, State::kWhole);
  EXPECT_EQ(head.version, Version::k11);
}

TEST(request_head, of_another_major_version_is_refused) {
  for (const std::string_view version : {"HTTP/0.9", "HTTP/2.0", "HTTP/3.1", "HTTP/9.9"}) {
    const std::string text = "GET / " + std::string(version) + "\r\nHost: a\r\n\r\n";
    EXPECT_EQ(request_fault(text), Fault::kUnknownVersion) << version;
  }
}

TEST(request_head, ends_its_lines_by_cr_lf_alone) {
  EXPECT_EQ(request_fault("GET / HTTP/1.1\nHost: a\r\n\r\n"), Fault::kBadLine);
  EXPECT_EQ(request_fault("GET / HTTP/1.1\rHost: a\r\n\r\n"), Fault::kBadLine);
  EXPECT_EQ(request_fault("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"), Fault::kBadLine);
  EXPECT_EQ(request_fault("GET / HTTP/1.1\r\nHost: a\n\r\n"), Fault::kBadField);
  EXPECT_EQ(request_fault("GET / HTTP/1.1\r\nHost: a\r\n\n"), Fault::kBadField);
  EXPECT_EQ(request_fault("GET / HTTP/1.1\r\nHost: a\r\n\rX"), Fault::kBadField);
  EXPECT_EQ(request_fault(with_fields("X: a\rb\r\n")), Fault::kBadField);
  EXPECT_EQ(request_fault(with_fields("X: a\nb: c\r\n")), Fault::kBadField);
}

TEST(request_head, has_strict_fields) {
  for (const std::string& line :
       {" folded"s, "\tfolded"s, "X : y"s, "X\t: y"s, ": y"s, "X"s, "X y"s, "X y: z"s, "X\"y: z"s,
        "X(: z"s, "X\xC3: z"s, "X\0Y: z"s, "X: \0"s, "X: a\x01"s, "X: \x7F"s, "X: a\x0B"s,
        "X: a\x0C"s, "X: \x1F"s}) {
    EXPECT_EQ(request_fault(with_fields(line + "\r\n")), Fault::kBadField) << line;
  }
  EXPECT_EQ(request_fault("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), Fault::kBadField);
}

TEST(request_head, has_one_host_that_could_be_one) {
  const auto fault_of = [](std::string_view lines) {
    return request_fault("GET http://a/ HTTP/1.1\r\n" + std::string(lines) + "\r\n");
  };
  EXPECT_EQ(fault_of("Host: b\r\n"), Fault::kNone);
  EXPECT_EQ(fault_of("Host: [::1]:80\r\n"), Fault::kNone);
  for (const std::string_view lines :
       {"", "Host:\r\n", "Host: a\r\nHost: a\r\n", "Host: a\r\nhOST: b\r\n", "Host: a b\r\n",
        "Host: a/b\r\n", "Host: a@b\r\n", "Host: a, b\r\n", "Host: a:b\r\n", "Host: a\\b\r\n",
        "Host: \xC3\xA9\r\n", "Host: a?\r\n", "Host: a#\r\n", "Host: http://a\r\n"}) {
    EXPECT_EQ(fault_of(lines), Fault::kBadHost) << lines;
  }
}

TEST(request_head, needs_no_host_before_1_1) {
  EXPECT_EQ(request_fault("GET / HTTP/1.0\r\n\r\n"), Fault::kNone);
  EXPECT_EQ(request_fault("GET / HTTP/1.0\r\nHost: a\r\n\r\n"), Fault::kNone);
  EXPECT_EQ(request_fault("GET / HTTP/1.0\r\nHost:\r\n\r\n"), Fault::kBadHost);
  EXPECT_EQ(request_fault("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"), Fault::kBadHost);
}

TEST(request_head, has_no_empty_lines_before_it) {
  EXPECT_EQ(empty_lines("\r\n\r\nGET / HTTP/1.0\r\n\r\n"), 4U);
  EXPECT_EQ(empty_lines("\r\n\r"), 2U);
  EXPECT_EQ(empty_lines("\n\r\n"), 0U);
  EXPECT_EQ(empty_lines("GET\r\n"), 0U);
  EXPECT_EQ(empty_lines(""), 0U);
  EXPECT_EQ(parse_request("\r").state, State::kPartial);
  EXPECT_EQ(request_fault("\r\nGET / HTTP/1.0\r\n\r\n"), Fault::kBadLine);
  EXPECT_EQ(request_fault("\nGET / HTTP/1.0\r\n\r\n"), Fault::kBadLine);
}

TEST(request_head, is_partial_until_it_is_whole) {
  const std::string text = with_fields("A: b\r\nLonger-Name: and a longer value\r\n");
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    for (std::size_t searched = 0; searched <= cut; ++searched) {
      RequestHead head;
      const std::string part = text.substr(0, cut);
      ASSERT_EQ(parse_request_head(part, head, searched).state, State::kPartial) << cut;
      const HeadParsed whole = parse_request_head(text, head, searched);
      ASSERT_EQ(whole.state, State::kWhole) << searched;
      ASSERT_EQ(head.fields.size(), 3U);
    }
  }
}

TEST(request_head, tells_a_fault_before_it_is_whole) {
  EXPECT_EQ(request_fault("\x16\x03\x01"), Fault::kBadLine);  // TLS
  EXPECT_EQ(request_fault("GET / HTTP/1.1\n"), Fault::kBadLine);
  EXPECT_EQ(request_fault("GET /\0"s), Fault::kBadLine);
  EXPECT_EQ(request_fault("GET / HTTP/1.1\r\nX : y\r\n"), Fault::kBadField);
  EXPECT_EQ(request_fault("GET / HTTP/1.1\r\nX: \0"s), Fault::kBadField);
  RequestHead head;
  const std::string text = "GET / HTTP/1.1\r\nHost: a\r\nX: y\n";
  EXPECT_EQ(parse_request_head(text, head, 25).fault, Fault::kBadField);
}

TEST(request_head, has_a_limit) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const auto head_of = [&](std::size_t bytes) {
    return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(request_fault(head_of(limits::kMaxHeadBytes)), Fault::kNone);
  const std::string long_head = head_of(limits::kMaxHeadBytes + 1);
  EXPECT_EQ(request_fault(long_head), Fault::kHeadTooLarge);
  for (const std::size_t searched : {0UL, 100UL, limits::kMaxHeadBytes - 1}) {
    RequestHead head;
    const std::string_view part = std::string_view(long_head).substr(0, limits::kMaxHeadBytes);
    EXPECT_EQ(parse_request_head(part, head, searched).fault, Fault::kHeadTooLarge);
    EXPECT_EQ(parse_request_head(part.substr(1), head, searched).state, State::kPartial);
  }
}

TEST(request_head, has_a_limit_of_fields) {
  std::string lines;
  for (std::size_t i = 1; i < limits::kMaxFields; ++i) lines += "A: b\r\n";
  EXPECT_EQ(request_fault(with_fields(lines)), Fault::kNone);
  EXPECT_EQ(request_fault(with_fields(lines + "A: b\r\n")), Fault::kHeadTooLarge);
}

TEST(request_head, has_a_limit_of_its_target) {
  const std::string longest = "GET /" + std::string(limits::kMaxTargetBytes - 1, 'x');
  const std::string end = " HTTP/1.0\r\n\r\n";
  EXPECT_EQ(request_fault(longest + end), Fault::kNone);
  EXPECT_EQ(request_fault(longest + "x" + end), Fault::kTargetTooLong);
  EXPECT_EQ(parse_request(longest).state, State::kPartial);
  EXPECT_EQ(request_fault(longest + "x"), Fault::kTargetTooLong);
  RequestHead head;
  EXPECT_EQ(parse_request_head(longest + "x", head, 1000).fault, Fault::kTargetTooLong);
}

TEST(response_head, is_views_into_its_bytes) {
  const std::string text = "HTTP/1.1 404 Not \xC3\xA0 it\t\r\nAge: 5\r\n\r\nbody";
  ResponseHead head;
  const HeadParsed parsed = parse_response_head(text, head);
  ASSERT_EQ(parsed.state, State::kWhole);
  EXPECT_EQ(parsed.consumed, text.size() - 4);
  EXPECT_EQ(head.status, 404U);
  EXPECT_EQ(head.reason, "Not \xC3\xA0 it\t");
  EXPECT_EQ(head.fields.value(Name::kAge), "5");
  const std::string copy{std::string_view(text)};
  head.move_views(text.data(), copy.data());
  EXPECT_EQ(head.reason.data(), copy.data() + 13);
}

TEST(response_head, may_have_no_reason) {
  for (const std::string_view line : {"HTTP/1.0 200 ", "HTTP/1.0 200"}) {
    ResponseHead head;
    const std::string text = std::string(line) + "\r\n\r\n";
    ASSERT_EQ(parse_response_head(text, head).state, State::kWhole) << line;
    EXPECT_EQ(head.reason, "");
    EXPECT_EQ(head.version, Version::k10);
  }
}

TEST(response_head, has_a_strict_first_line) {
  for (const std::string_view line :
       {"HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1 2 0", "HTTP/1.1  200",
        "HTTP/1.1 099", "HTTP/1.1 +20", "HTTP/1.1\t200", "HTTP/1.1 200\tOK", "HTTP/1.1 200OK",
        " HTTP/1.1 200 OK", "http/1.1 200 OK", "ICY 200 OK", "HTTP/1.1a200 OK", ""}) {
    EXPECT_EQ(response_fault(std::string(line) + "\r\n\r\n"), Fault::kBadLine) << line;
  }
  EXPECT_EQ(response_fault("HTTP/2.0 200 OK\r\n\r\n"), Fault::kUnknownVersion);
  EXPECT_EQ(response_fault("HTTP/1.1 200 O\0K\r\n\r\n"s), Fault::kBadLine);
  EXPECT_EQ(response_fault("HTTP/1.1 200 OK\n\r\n"), Fault::kBadLine);
}

TEST(response_head, is_partial_until_it_is_whole) {
  const std::string text = "HTTP/1.1 200 OK\r\nDate: x\r\n\r\n";
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    ResponseHead head;
    ASSERT_EQ(parse_response_head(text.substr(0, cut), head).state, State::kPartial) << cut;
    ASSERT_EQ(parse_response_head(text, head, cut).state, State::kWhole) << cut;
  }
}

TEST(trailer, is_fields_and_an_empty_line) {
  Fields fields;
  HeadParsed parsed = parse_trailer("\r\nrest", fields);
  EXPECT_EQ(parsed.state, State::kWhole);
  EXPECT_EQ(parsed.consumed, 2U);
  EXPECT_TRUE(fields.empty());
  parsed = parse_trailer("A: b\r\nC:d\r\n\r\n", fields);
  EXPECT_EQ(parsed.state, State::kWhole);
  EXPECT_EQ(fields.size(), 2U);
  EXPECT_EQ(parse_trailer("A: b\r\n", fields).state, State::kPartial);
  EXPECT_EQ(parse_trailer("A: b\n\r\n", fields).fault, Fault::kBadField);
  for (const std::string_view name : {"Content-Length", "transfer-encoding", "HOST"}) {
    EXPECT_EQ(parse_trailer(std::string(name) + ": 5\r\n\r\n", fields).fault, Fault::kBadField);
  }
  const std::string endless = "A: " + std::string(limits::kMaxTrailerBytes, 'x');
  EXPECT_EQ(parse_trailer(endless, fields).fault, Fault::kHeadTooLarge);
}

TEST(fault, has_a_status_and_a_text) {
  for (auto i = static_cast<unsigned>(Fault::kBadLine); i <= 11; ++i) {
    EXPECT_GE(status_of(static_cast<Fault>(i)), 400U);
    EXPECT_FALSE(text_of(static_cast<Fault>(i)).empty());
  }
  EXPECT_EQ(status_of(Fault::kTargetTooLong), 414U);
  EXPECT_EQ(status_of(Fault::kHeadTooLarge), 431U);
  EXPECT_EQ(status_of(Fault::kUnknownTransferCoding), 501U);
  EXPECT_EQ(status_of(Fault::kUnknownVersion), 505U);
}

TEST(status, has_a_reason) {
  EXPECT_EQ(reason_of(200), "OK");
  EXPECT_EQ(reason_of(404), "Not Found");
  EXPECT_EQ(reason_of(299), "");
}

}  // namespace
}  // namespace larder::wire::http
