// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The forms in which requests and responses have been smuggled past those who read them in another
// way: what we say of each, and that llhttp agrees wherever we take one.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http/llhttp_reader.h"
#include "wire/http/test_message.h"
#include "wire/test_seed.h"

namespace larder::wire::http {
namespace {

using namespace std::string_literals;

struct Attempt {
  std::string bytes;
  Fault fault = Fault::kNone;
};

constexpr std::string_view kSmuggled = "GET /admin HTTP/1.1\r\nHost: b\r\n\r\n";

// A POST with these fields, and a body that says where it ends in both ways.
Attempt post(const std::string& lines, Fault fault, const std::string& body = "0\r\n\r\n") {
  return {"POST /a HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n" + body + std::string(kSmuggled),
          fault};
}

Attempt chunks(const std::string& body, Fault fault) {
  return post("Transfer-Encoding: chunked", fault, body);
}

Attempt get(const std::string& head, Fault fault) { return {head + "\r\n\r\n", fault}; }

std::vector<Attempt> codings_and_lengths() {
  constexpr Fault kBad = Fault::kBadTransferCoding;
  constexpr Fault kUnknown = Fault::kUnknownTransferCoding;
  constexpr Fault kField = Fault::kBadField;
  return {
      post("Transfer-Encoding: chunked", Fault::kNone),
      post("Content-Length: 5", Fault::kNone),
      post("Content-Length: 5\r\nTransfer-Encoding: chunked", kBad),       // CL.TE
      post("Transfer-Encoding: chunked\r\nContent-Length: 5", kBad),       // TE.CL
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: cow", kBad),  // TE.TE
      post("Transfer-Encoding: cow\r\nTransfer-Encoding: chunked", kUnknown),
      post("Transfer-Encoding: chunked\r\nTransfer-encoding: chunked", kBad),
      post("Transfer-Encoding: xchunked", kUnknown),
      post("Transfer-Encoding: chunkedx", kUnknown),
      post("Transfer-Encoding: identity", kUnknown),
      post("Transfer-Encoding: identity, chunked", kUnknown),
      post("Transfer-Encoding: chunked, identity", kBad),
      post("Transfer-Encoding: chunked, chunked", kBad),
      post("Transfer-Encoding: gzip, chunked", kUnknown),
      post("Transfer-Encoding: chunked;q=1", kBad),
      post("Transfer-Encoding: \"chunked\"", kBad),
      post("Transfer-Encoding: 'chunked'", kUnknown),
      post("Transfer-Encoding: ,chunked", kBad),
      post("Transfer-Encoding: chunked,", kBad),
      post("Transfer-Encoding:", kBad),
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding:", kBad),
      post("Transfer-Encoding : chunked", kField),
      post("Transfer-Encoding\t: chunked", kField),
      post(" Transfer-Encoding: chunked", kField),
      post("X: y\r\n Transfer-Encoding: chunked", kField),
      post("Transfer-Encoding:\r\n chunked", kField),
      post("Transfer-Encoding: chunked\r\n , identity", kField),
      post("Transfer-Encoding:\x0B"
           "chunked",
           kField),
      post("Transfer-Encoding: \x0C"
           "chunked",
           kField),
      post("Transfer-Encoding: chunked\0"s, kField),
      post("Transfer-Encoding\0: chunked"s, kField),
      post("Transfer-Encoding: chun\0ked"s, kField),
      post("Transfer-Encoding: chunked\x7F", kField),
      post("Transfer-Encoding: \xC3\xA7hunked", kBad),
      post("Transfer-Encoding: chunked\r\nX: \x01", kField),
      post("Transfer\xAD-Encoding: chunked", kField),
      post("\xEF\xBB\xBFTransfer-Encoding: chunked", kField),
      post("Transfer-Encoding; chunked", kField),
      post("Transfer-Encoding", kField),
      post("X: y\nTransfer-Encoding: chunked", kField),
      post("X: y\rTransfer-Encoding: chunked", kField),
      post("X: y\r\r\nTransfer-Encoding: chunked", kField),
      post("Transfer_Encoding: chunked", Fault::kNone, ""),
      post("Content-Length: 5\r\nContent-Length: 5", Fault::kBadLength),
      post("Content-Length: 5\r\nContent-Length: 0", Fault::kBadLength),
      post("Content-Length: 0\r\nContent-Length: 5", Fault::kBadLength),
      post("Content-Length: 5, 5", Fault::kBadLength),
      post("Content-Length: 5, 0", Fault::kBadLength),
      post("Content-Length: +5", Fault::kBadLength),
      post("Content-Length: -5", Fault::kBadLength),
      post("Content-Length: 0x5", Fault::kBadLength),
      post("Content-Length: 5 5", Fault::kBadLength),
      post("Content-Length: 5a", Fault::kBadLength),
      post("Content-Length: 5.0", Fault::kBadLength),
      post("Content-Length: \"5\"", Fault::kBadLength),
      post("Content-Length:", Fault::kBadLength),
      post("Content-Length: 18446744073709551621", Fault::kBadLength),
      post("Content-Length: 005", Fault::kNone),
      post("Content-Length : 5", kField),
      post("Content-Length: 5\r\n ", kField),
      post("Content-Length: 5\r\n 6", kField),
      post("Content-Length: 5\0"s, kField),
  };
}

std::vector<Attempt> chunk_tricks() {
  constexpr Fault kBad = Fault::kBadChunk;
  return {
      chunks("5\r\nhello\r\n0\r\n\r\n", Fault::kNone),
      chunks("005\r\nhello\r\n00\r\n\r\n", Fault::kNone),
      chunks("5;a=b\r\nhello\r\n0;c\r\n\r\n", Fault::kNone),
      chunks("5;a=\"b\"\r\nhello\r\n0\r\n\r\n", Fault::kNone),
      chunks("5\r\nhello\r\n0\r\nX: y\r\n\r\n", Fault::kNone),
      chunks("5 ;a\r\nhello\r\n0\r\n\r\n", Fault::kNone),
      chunks("5; a\r\nhello\r\n0\r\n\r\n", Fault::kNone),
      chunks("5;a = b\r\nhello\r\n0\t;\tc\r\n\r\n", Fault::kNone),
      chunks("5 \r\nhello\r\n0\r\n\r\n", kBad),
      chunks("5;a \r\nhello\r\n0\r\n\r\n", kBad),
      chunks("5 a\r\nhello\r\n0\r\n\r\n", kBad),
      chunks(" 5\r\nhello\r\n0\r\n\r\n", kBad),
      chunks("0x5\r\nhello\r\n0\r\n\r\n", kBad),
      chunks("+5\r\nhello\r\n0\r\n\r\n", kBad),
      chunks("-5\r\nhello\r\n0\r\n\r\n", kBad),
      chunks("5_0\r\nhello\r\n0\r\n\r\n", kBad),
      chunks("5.\r\nhello\r\n0\r\n\r\n", kBad),
      chunks("10000000000000005\r\nhello\r\n0\r\n\r\n", kBad),
      chunks("fffffffffffffffff\r\nhello\r\n0\r\n\r\n", kBad),
      chunks("5\nhello\r\n0\r\n\r\n", kBad),
      chunks("5\rhello\r\n0\r\n\r\n", kBad),
      chunks("5\r\nhello\n0\r\n\r\n", kBad),
      chunks("5\r\nhello0\r\n\r\n", kBad),
      chunks("5\r\nhelloX\r\n0\r\n\r\n", kBad),
      chunks("5\r\nhello\r\n0\n\n", kBad),
      chunks("5\r\nhello\r\n0\r\n\n", kBad),
      chunks("5;\nx\r\nhello\r\n0\r\n\r\n", kBad),   // TERM.EXT
      chunks("5;a\nb\r\nhello\r\n0\r\n\r\n", kBad),  // EXT.TERM
      chunks("5;a\rb\r\nhello\r\n0\r\n\r\n", kBad),
      chunks("5;\r\nhello\r\n0\r\n\r\n", kBad),
      chunks("5;\0\r\nhello\r\n0\r\n\r\n"s, kBad),
      chunks("5\0\r\nhello\r\n0\r\n\r\n"s, kBad),
      chunks("\r\n5\r\nhello\r\n0\r\n\r\n", kBad),
      chunks("\r\n", kBad),
      chunks("0\r\nContent-Length: 5\r\n\r\n", kBad),
      chunks("0\r\nTransfer-Encoding: chunked\r\n\r\n", kBad),
      chunks("0\r\nHost: c\r\n\r\n", kBad),
      chunks("0\r\nX : y\r\n\r\n", kBad),
      chunks("0\r\n X: y\r\n\r\n", kBad),
      chunks("0\r\nX: y\n\r\n", kBad),
  };
}

std::vector<Attempt> first_lines_and_hosts() {
  constexpr Fault kLine = Fault::kBadLine;
  constexpr Fault kHost = Fault::kBadHost;
  return {
      get("GET / HTTP/1.1\r\nHost: a", Fault::kNone),
      get("GET / HTTP/1.0", Fault::kNone),
      get("GET http://b/ HTTP/1.1\r\nHost: a", Fault::kNone),
      get("QUERY / HTTP/1.1\r\nHost: a", Fault::kNone),
      get("GET / HTTP/1.3\r\nHost: a", Fault::kNone),
      get("CONNECT a:443 HTTP/1.1\r\nHost: a", Fault::kNone),
      get("OPTIONS * HTTP/1.1\r\nHost: a", Fault::kNone),
      get("GET  / HTTP/1.1\r\nHost: a", kLine),
      get("GET /  HTTP/1.1\r\nHost: a", kLine),
      get("GET / HTTP/1.1 \r\nHost: a", kLine),
      get("GET / HTTP/1.1\tx\r\nHost: a", kLine),
      get("GET /\x0BHTTP/1.1\r\nHost: a", kLine),
      get("GET\t/\tHTTP/1.1\r\nHost: a", kLine),
      get(" GET / HTTP/1.1\r\nHost: a", kLine),
      get("G\0ET / HTTP/1.1\r\nHost: a"s, kLine),
      get("GET /\0 HTTP/1.1\r\nHost: a"s, kLine),
      get("GET / HTTP/1.1\nHost: a", kLine),
      get("GET / HTTP/1.1\rHost: a", kLine),
      get("GET / HTTP/1.1\r\r\nHost: a", kLine),
      get("GET / http/1.1\r\nHost: a", kLine),
      get("GET / HTTP/01.1\r\nHost: a", kLine),
      get("GET / HTTP/1.01\r\nHost: a", kLine),
      get("GET / HTTP/1 .1\r\nHost: a", kLine),
      get("GET /", kLine),
      get("GET /a b HTTP/1.1\r\nHost: a", kLine),
      get("GET / HTTP/1.1 HTTP/1.1\r\nHost: a", kLine),
      get("GET / HTTP/2.0\r\nHost: a", Fault::kUnknownVersion),
      get("GET / HTTP/0.9\r\nHost: a", Fault::kUnknownVersion),
      get("GET a HTTP/1.1\r\nHost: a", Fault::kBadTarget),
      get("GET a:80 HTTP/1.1\r\nHost: a", Fault::kBadTarget),
      get("GET * HTTP/1.1\r\nHost: a", Fault::kBadTarget),
      get("GET /#x HTTP/1.1\r\nHost: a", Fault::kBadTarget),
      get("GET /\xC3\xA9 HTTP/1.1\r\nHost: a", Fault::kBadTarget),
      get("GET http://a@b/ HTTP/1.1\r\nHost: b", Fault::kBadTarget),
      get("GET http:///x HTTP/1.1\r\nHost: b", Fault::kBadTarget),
      get("GET file:///etc/passwd HTTP/1.1\r\nHost: b", Fault::kBadTarget),
      get("CONNECT / HTTP/1.1\r\nHost: a", Fault::kBadTarget),
      get("CONNECT a:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 5", Fault::kBadLength),
      get("GET / HTTP/1.1", kHost),
      get("GET / HTTP/1.1\r\nHost:", kHost),
      get("GET / HTTP/1.1\r\nHost: a\r\nHost: b", kHost),
      get("GET / HTTP/1.1\r\nHost: a\r\nhost: a", kHost),
      get("GET http://a/ HTTP/1.1", kHost),
      get("GET / HTTP/1.1\r\nHost: a, b", kHost),
      get("GET / HTTP/1.1\r\nHost: a b", kHost),
      get("GET / HTTP/1.1\r\nHost: a/b", kHost),
      get("GET / HTTP/1.1\r\nHost: a@b", kHost),
      get("GET / HTTP/1.1\r\nHost: a:b", kHost),
      get("GET / HTTP/1.1\r\nHost: a:80:80", kHost),
      get("GET / HTTP/1.1\r\nHost: [::1", kHost),
      get("GET / HTTP/1.1\r\nHost : a", Fault::kBadField),
      get("GET / HTTP/1.1\r\n Host: a", Fault::kBadField),
      get("GET / HTTP/1.1\r\n\tX: y\r\nHost: a", Fault::kBadField),
      get("GET / HTTP/1.1\r\nHost: a\r\n b", Fault::kBadField),
      get("GET / HTTP/1.1\r\nHost: a\r\n: x", Fault::kBadField),
      get("GET / HTTP/1.0\r\nTransfer-Encoding: chunked", Fault::kBadTransferCoding),
  };
}

std::vector<Attempt> responses() {
  const auto answer = [](const std::string& head, Fault fault) {
    return Attempt{"HTTP/1.1 " + head + "\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", fault};
  };
  return {
      answer("200 OK\r\nContent-Length: 5", Fault::kNone),
      answer("200 OK\r\nTransfer-Encoding: chunked", Fault::kNone),
      answer("200 OK", Fault::kNone),
      answer("200", Fault::kNone),
      answer("204 No Content", Fault::kNone),
      answer("304 Not Modified\r\nContent-Length: 5", Fault::kNone),
      answer("103 Early Hints", Fault::kNone),
      answer("200 OK\r\nContent-Length: 5\r\nConnection: close", Fault::kNone),
      answer("200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
             Fault::kBadTransferCoding),
      answer("200 OK\r\nContent-Length: 5\r\nContent-Length: 6", Fault::kBadLength),
      answer("200 OK\r\nContent-Length: 5, 5", Fault::kBadLength),
      answer("200 OK\r\nContent-Length: -1", Fault::kBadLength),
      answer("200 OK\r\nTransfer-Encoding: bogus", Fault::kUnknownTransferCoding),
      answer("200 OK\r\nTransfer-Encoding: chunked, bogus", Fault::kBadTransferCoding),
      answer("200 OK\r\nX: a\r\n b", Fault::kBadField),
      answer("200 OK\r\nX : a", Fault::kBadField),
      answer("200 OK\r\nX: a\nSet-Cookie: b", Fault::kBadField),
      answer("200 OK\r\nX: a\rSet-Cookie: b", Fault::kBadField),
      answer("200 OK\nX: a", Fault::kBadLine),
      answer("20 OK", Fault::kBadLine),
      answer("2000 OK", Fault::kBadLine),
      answer("200 O\0K"s, Fault::kBadLine),
  };
}

void judge(llhttp_type_t type, const std::vector<Attempt>& attempts) {
  for (const Attempt& attempt : attempts) {
    const std::string& bytes = attempt.bytes;
    const Message ours = type == HTTP_REQUEST ? read_request(bytes) : read_response(bytes);
    EXPECT_EQ(text_of(ours.fault), text_of(attempt.fault)) << bytes;
    if (attempt.fault == Fault::kNone) {
      EXPECT_EQ(ours.state, Message::State::kWhole) << bytes;
    }
    EXPECT_EQ(disagreement(type, bytes), "");
  }
}

TEST(smuggling, by_codings_and_lengths) { judge(HTTP_REQUEST, codings_and_lengths()); }
TEST(smuggling, by_chunks) { judge(HTTP_REQUEST, chunk_tricks()); }
TEST(smuggling, by_first_lines_and_hosts) { judge(HTTP_REQUEST, first_lines_and_hosts()); }
TEST(smuggling, by_responses) { judge(HTTP_RESPONSE, responses()); }

// ---- and what chance makes of them

constexpr std::string_view kPieces[] = {"\r\n",
                                        "\r",
                                        "\n",
                                        " ",
                                        "\t",
                                        ":",
                                        ": ",
                                        ",",
                                        ";",
                                        "=",
                                        "\"",
                                        "0",
                                        "5",
                                        "a",
                                        "chunked",
                                        "Transfer-Encoding: chunked\r\n",
                                        "Content-Length: 5\r\n",
                                        "Host: a\r\n",
                                        "Connection: close\r\n",
                                        "Upgrade: x\r\nConnection: upgrade\r\n",
                                        "HTTP/1.0",
                                        "HTTP/1.1",
                                        "5\r\nhello\r\n",
                                        "0\r\n\r\n",
                                        "/",
                                        "?",
                                        "%",
                                        "[::1]",
                                        "\xC3"};

void change(std::string& bytes, std::mt19937_64& random) {
  const std::size_t at = random() % (bytes.size() + 1);
  switch (random() % 4) {
    case 0: bytes.erase(at, 1 + random() % 3); break;
    case 1: bytes.insert(at, kPieces[random() % std::size(kPieces)]); break;
    case 2: bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 24)); break;
    default: bytes.replace(at, 1, 1, static_cast<char>(random())); break;
  }
}

// How many we took: a test in which we take none shows nothing.
std::size_t judge_mutations(llhttp_type_t type, const std::vector<Attempt>& attempts) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  std::mt19937_64 random(seed);
  std::size_t taken = 0;
  for (int run = 0; run < 40000; ++run) {
    std::string bytes = attempts[random() % attempts.size()].bytes;
    for (std::size_t steps = 1 + random() % 3; steps > 0; --steps) change(bytes, random);
    const std::string wrong = disagreement(type, bytes);
    EXPECT_EQ(wrong, "");
    if (!wrong.empty()) break;
    const Message ours = type == HTTP_REQUEST ? read_request(bytes) : read_response(bytes);
    taken += ours.state == Message::State::kWhole ? 1 : 0;
  }
  return taken;
}

TEST(smuggling, by_chance_in_requests) {
  std::vector<Attempt> attempts = codings_and_lengths();
  for (const auto& more : {chunk_tricks(), first_lines_and_hosts()}) {
    attempts.insert(attempts.end(), more.begin(), more.end());
  }
  EXPECT_GT(judge_mutations(HTTP_REQUEST, attempts), 1000U);
}

TEST(smuggling, by_chance_in_responses) {
  EXPECT_GT(judge_mutations(HTTP_RESPONSE, responses()), 1000U);
}

}  // namespace
}  // namespace larder::wire::http
