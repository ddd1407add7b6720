// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/rewriter.h"

#include <optional>
#include <utility>

#include "base/limits.h"
#include "serve/edge/pattern.h"
#include "serve/edge/prepared_policy.h"
#include "serve/edge/request_path.h"
#include "wire/http/field.h"

namespace larder::serve::edge {
namespace {

constexpr unsigned kFound = 302;
constexpr unsigned kInternalError = 500;

bool is_redirect(unsigned status) {
  constexpr unsigned kStatuses[] = {301, 302, 303, 307, 308};
  for (const unsigned each : kStatuses) {
    if (each == status) return true;
  }
  return false;
}

bool is_absolute(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

// What a replacement's own text may have and a target may not.
std::string as_target(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool fits = c > ' ' && c < '\x7F';
    if (fits) {
      out += c;
    } else {
      out += encoded_path({&c, 1});
    }
  }
  return out;
}

std::string with_query(std::string target, std::string_view query) {
  if (target.ends_with('?')) {
    target.pop_back();
    return target;
  }
  if (query.empty()) return target;
  target += has_query(target) ? '&' : '?';
  target += query;
  return target;
}

// A request on its way through rewrites.
struct Way {
  const Asked& asked;
  http::Request request;  // with the path as it is now
  std::string path;       // what its view is of, once it has been changed
};

LogFacts facts_on(const Way& way, const http::Sent& sent) {
  LogFacts facts = facts_of(way.asked, sent);
  facts.rewritten_path = way.path;
  return facts;
}

// Nothing: the rule does not fit.
std::optional<std::string> rewritten(const RewriteRule& rule, const Template& replacement,
                                     const Way& way) {
  const std::string_view path = path_of(way.request.path);
  const std::string canonical = canonical_path(path).value_or(std::string(path));
  if (!rule.pattern->matches(canonical)) return std::nullopt;
  const http::Sent sent;
  auto target = rule.pattern->replace(canonical, replacement.text(facts_on(way, sent)));
  if (!target) return std::nullopt;
  return with_query(as_target(*target), query_of(way.request.path));
}

void go_on(Way& way, const std::string& target) {
  way.path = target.starts_with('/') ? target : '/' + target;
  way.request.path = way.path;
}

// The rules of one policy. → whether the path has been changed; `answer` is set by a redirect.
bool apply(const Policy& policy, Way& way, Judged& answer) {
  bool changed = false;
  for (std::size_t i = 0; i < policy.rewrites.size(); ++i) {
    const RewriteRule& rule = policy.rewrites[i];
    auto target = rewritten(rule, prepared(policy).replacements[i], way);
    if (!target) continue;
    if (rule.redirect != 0 || is_absolute(*target)) {
      answer = redirected(rule.redirect == 0 ? kFound : rule.redirect, *target);
      return false;
    }
    go_on(way, *target);
    changed = true;
    if (rule.last) break;
  }
  return changed;
}

// Rules that a policy has from its site are not applied twice.
bool same_rewrites(const Policy& a, const Policy& b) {
  if (a.rewrites.size() != b.rewrites.size()) return false;
  for (std::size_t i = 0; i < a.rewrites.size(); ++i) {
    if (a.rewrites[i].pattern != b.rewrites[i].pattern) return false;
    if (a.rewrites[i].replacement != b.rewrites[i].replacement) return false;
  }
  return true;
}

Judged fixed_answer(const Policy& policy, const Way& way) {
  const unsigned status = policy.answer->first;
  const http::Sent sent;
  const std::string text = prepared(policy).answer->text(facts_on(way, sent));
  if (is_redirect(status) && !text.empty()) return redirected(status, as_target(text));
  if (text.empty() && status >= 300) return refused(status);
  wire::http::FieldLines lines;
  if (!text.empty()) lines.add(wire::http::Name::kContentType, "text/plain; charset=utf-8");
  return {.kind = Judged::Kind::kAnswer,
          .status = status,
          .lines = std::string(lines.text()),
          .body = text};
}

}  // namespace

Routed route(const Site& site, const Policy& policy, const Asked& asked) {
  Way way{.asked = asked, .request = asked.request, .path = {}};
  Routed routed{.policy = &policy};
  for (std::size_t rounds = 0; apply(*routed.policy, way, routed.judged); ++rounds) {
    if (rounds == limits::kMaxRewrites) {
      routed.judged = refused(kInternalError, "Rewrites of this path never end.");
      break;
    }
    const Policy* before =
        std::exchange(routed.policy, &site.policy_for(way.request, asked.client));
    if (same_rewrites(*before, *routed.policy)) break;
  }
  if (routed.judged.kind == Judged::Kind::kPass && routed.policy->answer) {
    routed.judged = fixed_answer(*routed.policy, way);
  }
  routed.path = std::move(way.path);
  return routed;
}

}  // namespace larder::serve::edge
