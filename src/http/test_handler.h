// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/exchange.h"
#include "io/test_memory.h"

// Handlers that do what a test says.
namespace larder::http {

// A body that is given piece by piece.
class TestSource final : public BodySource {
 public:
  explicit TestSource(std::string text = {}, bool ends = false)
      : text_(std::move(text)), ends_(ends) {}
  ~TestSource() override { ++destroyed(); }

  void add(std::string_view more) {
    text_.erase(0, given_);
    given_ = 0;
    text_ += more;
    tell_reader();
  }
  void end(std::string trailer = {}) {
    trailer_ = std::move(trailer);
    ends_ = true;
    tell_reader();
  }
  void fail() {
    fails_ = true;
    tell_reader();
  }
  // At most so many bytes a pull.
  void give_at_most(std::size_t bytes) { most_ = bytes; }
  std::size_t left() const { return text_.size() - given_; }

  Pulled pull(std::size_t room) override {
    ++pulls;
    const std::size_t now = std::min({room, most_, left()});
    if (now == 0) {
      if (fails_) return {.state = Pulled::State::kFailed};
      return {.state = ends_ ? Pulled::State::kEnd : Pulled::State::kLater};
    }
    given_ += now;
    return {.state = Pulled::State::kBytes,
            .bytes = std::string_view(text_).substr(given_ - now, now)};
  }
  std::string_view trailer() const override { return trailer_; }

  std::size_t pulls = 0;
  static int& destroyed() {
    static int count = 0;
    return count;
  }

 private:
  std::string text_;
  std::string trailer_;
  std::size_t given_ = 0;
  std::size_t most_ = static_cast<std::size_t>(-1);
  bool ends_;
  bool fails_ = false;
};

class TestHandler;

// What a test wants to know of an exchange, which outlives it.
struct TestRecord {
  std::string asked;  // `GET http://host/path`, as it was when it began
  std::string fields;
  Client client;
  std::string body;     // of the request, as far as it was read
  std::string trailer;  // of the request
  bool body_ended = false;
  bool body_failed = false;
  bool is_over = false;
  bool is_destroyed = false;
  Sent sent;
};

class TestExchange final : public Exchange, public BodyReader {
 public:
  using Script = std::function<void(TestExchange&)>;

  TestExchange(Stream& of, Script script, std::shared_ptr<TestRecord> noted,
               std::function<void(TestExchange*)> gone)
      : stream(of), record(std::move(noted)), script_(std::move(script)), gone_(std::move(gone)) {}
  ~TestExchange() override {
    record->is_destroyed = true;
    gone_(this);
  }

  void start() override { script_(*this); }
  void over(const Sent& sent) override {
    EXPECT_FALSE(record->is_over);
    record->is_over = true;
    record->sent = sent;
  }

  // ---- answers
  void answer(unsigned status, std::string_view body, std::string_view lines = {}) {
    const std::array<std::string_view, 1> fields{lines};
    stream.respond({.status = status, .fields = fields, .body_bytes = {}, .whole = body});
  }
  void answer_by(TestSource& source, std::optional<std::uint64_t> bytes = {}, unsigned status = 200,
                 std::string_view lines = {}) {
    const std::array<std::string_view, 1> fields{lines};
    stream.respond({.status = status, .fields = fields, .body_bytes = bytes, .body = &source});
  }
  TestSource& make_source(std::string text = {}, bool ends = false) {
    sources_.push_back(std::make_unique<TestSource>(std::move(text), ends));
    return *sources_.back();
  }

  // ---- the request's body
  // Reads all that there is, whenever there is some, and then calls `then`.
  void read_all(Script then) {
    then_ = std::move(then);
    BodySource* const body = stream.request_body();
    if (body == nullptr) return then_(*this);
    body->read_by(this);
    body_ready();
  }
  // One pull. → whether it brought bytes.
  bool read_some(std::size_t most) {
    const Pulled pulled = stream.request_body()->pull(most);
    record->body += pulled.bytes;
    record->body_failed = pulled.state == Pulled::State::kFailed;
    record->body_ended = pulled.state == Pulled::State::kEnd;
    EXPECT_LE(pulled.bytes.size(), most);
    return pulled.state == Pulled::State::kBytes;
  }
  void body_ready() override {
    while (read_some(room)) {
    }
    if (!record->body_ended && !record->body_failed) return;
    record->trailer = stream.request_body()->trailer();
    if (then_) std::exchange(then_, nullptr)(*this);
  }

  Stream& stream;
  std::shared_ptr<TestRecord> record;
  std::size_t room = 64 * 1024;

 private:
  Script script_;
  Script then_;
  std::function<void(TestExchange*)> gone_;
  std::vector<std::unique_ptr<TestSource>> sources_;
};

// Answers each path as its script says; others with 200 and the path.
class TestHandler final : public Handler {
 public:
  std::unique_ptr<Exchange> open(Stream& stream) override {
    const Request& request = stream.request();
    auto record = std::make_shared<TestRecord>();
    record->asked = std::string(request.method) + " " + std::string(request.scheme) + "://" +
                    std::string(request.authority) + std::string(request.path);
    for (const auto& field : *request.fields) {
      record->fields += std::string(field.name) + "=" + std::string(field.value) + ";";
    }
    record->client = stream.client();
    records.push_back(record);
    const auto script = scripts.find(std::string(request.path));
    auto exchange = std::make_unique<TestExchange>(
        stream, script == scripts.end() ? say_path : script->second, record,
        [this](TestExchange* gone) { std::erase(open_now, gone); });
    open_now.push_back(exchange.get());
    return exchange;
  }
  Refusal refuse(const Client&, unsigned status, std::string_view why) override {
    refused.emplace_back(why);
    return {.status = status, .field_lines = "Refused: yes\r\n", .body = "no\n"};
  }

  static void say_path(TestExchange& exchange) {
    exchange.answer(200, std::string(exchange.stream.request().path));
  }
  static void say_body(TestExchange& exchange) {
    exchange.read_all([](TestExchange& read) {
      if (read.record->body_failed) return read.answer(400, "failed");
      read.answer(200, read.record->body,
                  "Trailer-Was: " +
                      read.record->trailer.substr(0, read.record->trailer.find('\r')) + "\r\n");
    });
  }
  static void say_nothing(TestExchange&) {}

  TestExchange& last() { return *open_now.back(); }

  std::map<std::string, TestExchange::Script> scripts;
  std::vector<std::shared_ptr<TestRecord>> records;
  std::vector<TestExchange*> open_now;
  std::vector<std::string> refused;
};

}  // namespace larder::http
