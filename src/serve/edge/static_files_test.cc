// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/static_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "serve/edge/test_folder.h"
#include "serve/edge/test_request.h"
#include "wire/http/date.h"

namespace larder::serve::edge {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using State = http::Pulled::State;

constexpr std::size_t kLarge = 600'000;

std::string text_of_bytes(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += std::to_string(text.size()) + ' ';
  text.resize(bytes);
  return text;
}

class StaticFilesTest : public testing::Test, protected StaticFiles::Reader {
 protected:
  StaticFilesTest() : loop_(*io::Loop::open({})) {
    folder_.write("root/index.html", "<p>hello</p>");
    folder_.write("root/a b.txt", "0123456789");
    folder_.write("root/shop/style.css", "p {}");
    folder_.write("root/large.bin", text_of_bytes(kLarge));
    folder_.write("secret.txt", "secret");
  }
  void answered(FileAnswer&& answer) override { answer_ = std::move(answer); }

  std::unique_ptr<StaticFiles::Question> ask(const TestRequest& test, std::string_view path) {
    return files_.find(*loop_,
                       {.request = test.request,
                        .path = std::string(path),
                        .root = folder_.path("root"),
                        .index = "index.html",
                        .now = test.facts().now},
                       *this);
  }
  FileAnswer get(const TestRequest& test, std::string_view path) {
    answer_.reset();
    const auto question = ask(test, path);
    EXPECT_FALSE(answer_);
    while (!answer_) loop_->turn(-1);
    return *std::move(answer_);
  }
  FileAnswer get(std::string_view path) { return get(TestRequest(), path); }
  // All of a body, however often it is late.
  std::string body(FileAnswer& answer, std::size_t room = 100'000) {
    if (answer.body == nullptr) return answer.whole;
    std::string all;
    for (;;) {
      const http::Pulled pulled = answer.body->pull(room);
      if (pulled.state == State::kEnd) return all;
      if (pulled.state == State::kFailed) return "failed";
      if (pulled.state == State::kLater) loop_->turn(-1);
      EXPECT_LE(pulled.bytes.size(), room);
      all += pulled.bytes;
    }
  }
  // With a field of the request.
  FileAnswer get_with(std::string_view name, std::string_view value, std::string_view path) {
    TestRequest test;
    test.with(name, value);
    return get(test, path);
  }
  static std::string value(const FileAnswer& answer, std::string_view name) {
    for (wire::http::LineReader lines(answer.lines); lines.next();) {
      if (wire::http::equal_names(lines.name(), name)) return std::string(lines.value());
    }
    return {};
  }

  TestFolder folder_;
  std::unique_ptr<io::Loop> loop_;
  StaticFiles files_;
  std::optional<FileAnswer> answer_;
};

TEST_F(StaticFilesTest, AFile) {
  FileAnswer answer = get("/a%20b.txt?x");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body_bytes, 10U);
  EXPECT_EQ(body(answer), "0123456789");
  EXPECT_EQ(value(answer, "Content-Type"), "text/plain");
  EXPECT_EQ(value(answer, "Accept-Ranges"), "bytes");
  struct stat status{};
  ASSERT_EQ(::stat(folder_.path("root/a b.txt").c_str(), &status), 0);
  char etag[64];
  std::snprintf(etag, sizeof etag, "\"%lx-%lx\"", static_cast<long>(status.st_mtim.tv_sec), 10L);
  EXPECT_EQ(value(answer, "ETag"), etag);
  const auto date = wire::http::format_date(status.st_mtim.tv_sec);
  EXPECT_EQ(value(answer, "Last-Modified"), std::string(date.data(), date.size()));
}

TEST_F(StaticFilesTest, ALargeFile) {
  FileAnswer answer = get("/large.bin");
  EXPECT_EQ(answer.body_bytes, kLarge);
  ASSERT_NE(answer.body, nullptr);
  EXPECT_EQ(body(answer), text_of_bytes(kLarge));
  EXPECT_EQ(answer.body->pull(1).state, State::kEnd);
}

TEST_F(StaticFilesTest, AnIndex) {
  FileAnswer answer = get("/");
  EXPECT_EQ(body(answer), "<p>hello</p>");
  EXPECT_EQ(value(answer, "Content-Type"), "text/html");
  EXPECT_EQ(get("/shop/").status, 403U);
  EXPECT_EQ(get("/none/").status, 404U);
}

TEST_F(StaticFilesTest, AFolderIsSentOnToItself) {
  const FileAnswer answer = get("/shop?x=1");
  EXPECT_EQ(answer.status, 301U);
  EXPECT_EQ(value(answer, "Location"), "/shop/?x=1");
  EXPECT_EQ(value(get("//shop"), "Location"), "/shop/");
}

TEST_F(StaticFilesTest, NothingOutsideTheRoot) {
  EXPECT_EQ(get("/../secret.txt").status, 400U);
  EXPECT_EQ(get("/%2e%2e/secret.txt").status, 400U);
  EXPECT_EQ(get("/shop/..%2f..%2fsecret.txt").status, 400U);
  EXPECT_EQ(get("/index.html%00.txt").status, 400U);
  EXPECT_EQ(get("*").status, 400U);
  FileAnswer inside = get("/shop/../index.html");
  EXPECT_EQ(body(inside), "<p>hello</p>");
}

TEST_F(StaticFilesTest, WhatIsNoFile) {
  EXPECT_EQ(get("/none").status, 404U);
  EXPECT_EQ(get("/index.html/").status, 404U);
  EXPECT_EQ(get("/" + std::string(5000, 'x')).status, 404U);
  ASSERT_EQ(::mkfifo(folder_.path("root/pipe").c_str(), 0600), 0);
  EXPECT_EQ(get("/pipe").status, 403U);
  ASSERT_EQ(::symlink("../secret.txt", folder_.path("root/link").c_str()), 0);
  FileAnswer link = get("/link");
  EXPECT_EQ(body(link), "secret");
}

TEST_F(StaticFilesTest, OtherMethods) {
  const FileAnswer post = get(TestRequest("/", "POST"), "/index.html");
  EXPECT_EQ(post.status, 405U);
  EXPECT_EQ(value(post, "Allow"), "GET, HEAD");
  const FileAnswer head = get(TestRequest("/", "HEAD"), "/large.bin");
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.body_bytes, kLarge);
  EXPECT_EQ(head.body, nullptr);
  EXPECT_EQ(get(TestRequest("/", "HEAD"), "/index.html").whole, "");
}

TEST_F(StaticFilesTest, Conditions) {
  const FileAnswer first = get("/index.html");
  const std::string etag = value(first, "ETag");
  const std::string date = value(first, "Last-Modified");
  const FileAnswer same = get_with("If-None-Match", etag, "/index.html");
  EXPECT_EQ(same.status, 304U);
  EXPECT_EQ(value(same, "ETag"), etag);
  EXPECT_EQ(same.whole, "");
  EXPECT_EQ(get_with("If-None-Match", "\"other\"", "/index.html").status, 200U);
  EXPECT_EQ(get_with("If-Modified-Since", date, "/index.html").status, 304U);
  EXPECT_EQ(get_with("If-Match", "\"other\"", "/index.html").status, 412U);
}

TEST_F(StaticFilesTest, OneRange) {
  FileAnswer small = get_with("Range", "bytes=2-4", "/a b.txt");
  EXPECT_EQ(small.status, 206U);
  EXPECT_EQ(body(small), "234");
  EXPECT_EQ(small.body_bytes, 3U);
  EXPECT_EQ(value(small, "Content-Range"), "bytes 2-4/10");
  FileAnswer end = get_with("Range", "bytes=-300000", "/large.bin");
  EXPECT_EQ(body(end, 777), text_of_bytes(kLarge).substr(kLarge - 300'000));
}

TEST_F(StaticFilesTest, ARangeThatIsNotThere) {
  const FileAnswer answer = get_with("Range", "bytes=10-", "/a b.txt");
  EXPECT_EQ(answer.status, 416U);
  EXPECT_EQ(value(answer, "Content-Range"), "bytes */10");
}

TEST_F(StaticFilesTest, SeveralRanges) {
  for (const char* path : {"/a b.txt", "/large.bin"}) {
    FileAnswer answer = get_with("Range", "bytes=0-1,3-4", path);
    EXPECT_EQ(answer.status, 206U);
    EXPECT_THAT(value(answer, "Content-Type"), StartsWith("multipart/byteranges; boundary="));
    const std::string whole = body(answer);
    EXPECT_EQ(whole.size(), answer.body_bytes);
    const std::string boundary = value(answer, "Content-Type").substr(31);
    EXPECT_THAT(whole, StartsWith("--" + boundary + "\r\nContent-Type: "));
    EXPECT_THAT(whole, HasSubstr("Content-Range: bytes 3-4/"));
    EXPECT_TRUE(whole.ends_with("\r\n--" + boundary + "--\r\n"));
  }
}

TEST_F(StaticFilesTest, RangesOnlyOfTheSameFile) {
  TestRequest test;
  test.with("Range", "bytes=0-1").with("If-Range", "\"other\"");
  EXPECT_EQ(get(test, "/a b.txt").status, 200U);
}

TEST_F(StaticFilesTest, AFileThatShrinksFails) {
  FileAnswer answer = get("/large.bin");
  ASSERT_EQ(::truncate(folder_.path("root/large.bin").c_str(), 300'000), 0);
  EXPECT_EQ(body(answer), "failed");
}

TEST_F(StaticFilesTest, WhoGivesUpIsNotAnswered) {
  const TestRequest test;
  ask(test, "/index.html").reset();
  FileAnswer answer = get("/large.bin");
  EXPECT_EQ(answer.body->pull(1).state, State::kLater);
  answer.body.reset();
  answer_.reset();
  for (int i = 0; i < 10; ++i) loop_->turn(10);
  EXPECT_FALSE(answer_);
}

}  // namespace
}  // namespace larder::serve::edge
