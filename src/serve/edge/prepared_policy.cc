// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/prepared_policy.h"

#include <memory>
#include <string>
#include <utility>

#include "base/check.h"

namespace larder::serve::edge {
namespace {

// Parses texts one after the other; of several that are wrong the first one is told.
class Parser {
 public:
  Template parse(std::string_view text, const std::string& of_what) {
    auto parsed = Template::parse(text);
    if (parsed) return *std::move(parsed);
    fail(of_what, parsed.failure());
    return {};
  }
  RefererRules parse(const RefererPolicy& policy) {
    auto rules = RefererRules::compile(policy);
    if (rules) return *std::move(rules);
    fail("referers", rules.failure());
    return {};
  }
  const base::Status& status() const { return status_; }

 private:
  void fail(const std::string& of_what, const base::Failure& failure) {
    if (status_) status_ = base::Failure{of_what + ": " + failure.what};
  }
  base::Status status_ = base::Done{};
};

}  // namespace

base::Status prepare(Policy& policy) {
  Parser parser;
  auto made = std::make_shared<PreparedPolicy>();
  for (const HeaderRule& rule : policy.headers) {
    made->headers.push_back(parser.parse(rule.value, "the field " + rule.name));
  }
  for (const RateLimit& limit : policy.limits) {
    made->limit_keys.push_back(parser.parse(limit.key, "the key of the limit " + limit.name));
  }
  for (const RewriteRule& rule : policy.rewrites) {
    made->replacements.push_back(parser.parse(rule.replacement, "the rewrite"));
  }
  made->referer = parser.parse(policy.referer);
  made->origin_host = parser.parse(policy.origin.host, "the host for the origin");
  made->memcached_key = parser.parse(policy.memcached.key, "the key for memcached");
  if (policy.answer) made->answer = parser.parse(policy.answer->second, "the answer");
  if (parser.status()) policy.prepared = std::move(made);
  return parser.status();
}

const PreparedPolicy& prepared(const Policy& policy) {
  LARDER_CHECK(policy.prepared != nullptr);
  return *policy.prepared;
}

}  // namespace larder::serve::edge
