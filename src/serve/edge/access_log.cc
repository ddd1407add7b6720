// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/access_log.h"

#include <unistd.h>

#include <utility>

#include "serve/edge/log_writer.h"

namespace larder::serve::edge {
namespace {

constexpr std::string_view kCombined =
    R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent )"
    R"("$http_referer" "$http_user_agent")";

struct Column {
  std::string_view name;
  std::string_view value;
};

constexpr Column kW3cColumns[] = {
    {"date", "$date_utc"},
    {"time", "$time_utc"},
    {"s-ip", "$server_addr"},
    {"cs-method", "$request_method"},
    {"cs-uri-stem", "$request_path"},
    {"cs-uri-query", "$args"},
    {"s-port", "$server_port"},
    {"cs-username", "$remote_user"},
    {"c-ip", "$remote_addr"},
    {"cs(User-Agent)", "$http_user_agent"},
    {"sc-status", "$status"},
    {"sc-bytes", "$bytes_sent"},
    {"time-taken", "$request_time_ms"},
    {"cs(Referer)", "$http_referer"},
    {"sc-resinfo", "$sent_http_content_encoding"},
    {"cs-range", "$http_range"},
    {"sc-cachehit", "$verdict"},
    {"cs-acceptencoding", "$http_accept_encoding"},
    {"session-id", "$connection"},
    {"sc-content-length", "$sent_http_content_length"},
    {"time-response", "$first_byte_time"},
    {"x-transaction-status", "$request_completion"},
    {"x-vhost", "$server_name"},
};

// Those without quotes are always numbers.
constexpr std::string_view kJson =
    R"({"time":"$time_iso8601","msec":$msec,"remote_addr":"$remote_addr",)"
    R"("remote_user":"$remote_user","site":"$server_name","scheme":"$scheme","host":"$host",)"
    R"("method":"$request_method","uri":"$request_uri","protocol":"$server_protocol",)"
    R"("status":$status,"body_bytes_sent":$body_bytes_sent,"bytes_sent":$bytes_sent,)"
    R"("request_length":$request_length,"request_time":$request_time,)"
    R"("completion":"$request_completion","referer":"$http_referer",)"
    R"("user_agent":"$http_user_agent","verdict":"$verdict",)"
    R"("upstream_addr":"$upstream_addr","upstream_status":"$upstream_status",)"
    R"("upstream_connect_time":"$upstream_connect_time",)"
    R"("upstream_header_time":"$upstream_header_time",)"
    R"("upstream_response_time":"$upstream_response_time",)"
    R"("connection":$connection,"connection_requests":$connection_requests})";

// What an origin was asked for, and how long that took.
constexpr std::string_view kOrigin =
    R"($time_iso8601 $server_name $upstream_addr "$request_method $host$request_uri" )"
    R"($upstream_status $upstream_connect_time $upstream_header_time $upstream_response_time)";

// How a line looks, and what stands in front of the first.
struct Look {
  std::string text;
  Escape escape;
  std::string header = {};
};

Look w3c_look() {
  Look look{.text = {}, .escape = Escape::kW3c, .header = "#Version: 1.0\n#Fields:"};
  for (const Column& column : kW3cColumns) {
    if (!look.text.empty()) look.text += ' ';
    look.text += column.value;
    look.header += ' ';
    look.header += column.name;
  }
  look.header += '\n';
  return look;
}

Look look_of(const AccessLogOptions& options) {
  using Format = AccessLogOptions::Format;
  switch (options.format) {
    case Format::kCombined: return {std::string(kCombined), Escape::kDefault};
    case Format::kW3c: return w3c_look();
    case Format::kJson: return {std::string(kJson), Escape::kJson};
    case Format::kOrigin: return {std::string(kOrigin), Escape::kDefault};
    case Format::kCustom: return {options.template_text, options.escape};
  }
  return {};
}

class WrittenLog : public AccessLog {
 public:
  WrittenLog(Template line, Escape escape, std::unique_ptr<LogWriter> writer)
      : template_(std::move(line)), escape_(escape), writer_(std::move(writer)) {}

  void write(std::size_t loop, const LogFacts& facts) override {
    static thread_local std::string line;
    line.clear();
    template_.append_to(line, facts, escape_);
    line += '\n';
    writer_->push(loop, line);
  }
  bool wants_response_lines() const override { return template_.wants_response_lines(); }
  void reopen() override { writer_->reopen(); }
  std::uint64_t dropped() const override { return writer_->dropped(); }
  std::uint64_t written() const override { return writer_->written(); }

 private:
  Template template_;
  Escape escape_;
  std::unique_ptr<LogWriter> writer_;
};

}  // namespace

base::Result<std::unique_ptr<AccessLog>> AccessLog::open(const AccessLogOptions& options,
                                                         std::size_t loops) {
  const Look look = look_of(options);
  if (look.text.find('\n') != std::string::npos) {
    return base::Failure{"the format of the log " + options.name + " has more than one line"};
  }
  auto line = Template::parse(look.text);
  if (!line) {
    return base::Failure{"the format of the log " + options.name + ": " + line.failure().what};
  }
  auto writer = LogWriter::open(
      {.path = options.path, .standard = STDOUT_FILENO, .header = look.header, .producers = loops});
  if (!writer) return writer.failure();
  return std::unique_ptr<AccessLog>(
      std::make_unique<WrittenLog>(*std::move(line), look.escape, *std::move(writer)));
}

}  // namespace larder::serve::edge
