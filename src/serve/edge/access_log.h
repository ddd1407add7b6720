// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/exchange.h"
#include "origin/fetch.h"
#include "serve/edge/escape.h"
#include "serve/edge/verdict.h"
#include "wire/http/field.h"

namespace larder::serve::edge {

struct Variable;

struct AccessLogOptions {
  enum class Format : std::uint8_t { kCombined, kW3c, kJson, kOrigin, kCustom };
  std::string name;  // what sites say to have it
  std::string path;  // `-`: standard output
  Format format = Format::kCombined;
  std::string template_text = {};    // kCustom: with $variables
  Escape escape = Escape::kDefault;  // kCustom: of their values
};

// Everything that a line can say, while it lasts.
struct LogFacts {
  const http::Client& client;
  const http::Request& request;
  const http::Sent& sent;
  std::string_view site;
  Verdict verdict = Verdict::kNone;
  const origin::FetchFacts* fetch = nullptr;  // null: no origin was asked
  std::string_view response_lines = {};       // its fields
  base::UnixMs now = 0;                       // when it was over
  std::int64_t took_us = 0;
  std::int64_t first_byte_us = -1;               // until the head of the response
  std::string_view rewritten_path = {};          // empty: as it was asked for
  std::optional<std::uint64_t> body_bytes = {};  // as the response declared them
};

// What `NAME` of $http_NAME, $sent_http_NAME, $cookie_NAME and $arg_NAME is.
struct VariableName {
  std::string text = {};
  wire::http::Name known = wire::http::Name::kOther;
};

// Text with $variables: of log formats, header rules, keys. Names are nginx': $remote_addr,
// $request_uri, $http_NAME, $sent_http_NAME, $upstream_response_time … (serve/edge/variables.h),
// also as ${host}. A `$` before anything else than a letter stands for itself.
class Template {
 public:
  // A failure names the variable that there is none of, and the likely right one.
  static base::Result<Template> parse(std::string_view text);
  void append_to(std::string& out, const LogFacts& facts, Escape escape = Escape::kNone) const;
  std::string text(const LogFacts& facts) const;
  bool wants_response_lines() const;

 private:
  struct Part {
    std::string text = {};               // in front of the variable
    const Variable* variable = nullptr;  // null: none
    VariableName argument = {};          // of $http_NAME: the name
  };
  std::vector<Part> parts_;
};

// One log: a line for each request that is over.
//
//   loops ──► a bounded ring each ──► one writer thread ──► file
//                 full: dropped, and counted
//
// A loop never waits for the disk.
class AccessLog {
 public:
  static base::Result<std::unique_ptr<AccessLog>> open(const AccessLogOptions& options,
                                                       std::size_t loops);
  virtual ~AccessLog() = default;
  // On loop `loop`.
  virtual void write(std::size_t loop, const LogFacts& facts) = 0;
  virtual void reopen() = 0;  // any thread: the file has been moved away
  // Whether a line says something of LogFacts::response_lines.
  virtual bool wants_response_lines() const = 0;
  virtual std::uint64_t dropped() const = 0;
  virtual std::uint64_t written() const = 0;
};

}  // namespace larder::serve::edge
