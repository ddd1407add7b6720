// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/conditional.h"

#include <string>

#include "wire/http/etag_list.h"
#include "wire/http/octets.h"

namespace larder::wire::http {
namespace {

// A second change within the second of Last-Modified, or a clock that is not the origin's, would
// make two representations of one date (RFC 9110, 8.8.2.2).
constexpr Seconds kStrongAfterS = 60;

// The date of a field that has one line. Several are none: nobody can say which is meant.
std::optional<Seconds> date_of(const Fields& fields, Name name, Seconds now) {
  if (fields.count(name) != 1) return std::nullopt;
  return parse_date(*fields.value(name), now);
}

using Match = bool (*)(const Etag&, const Etag&) noexcept;

// Whether a list names what there is: `*` does, whatever it is.
bool names(const std::string& list, const std::optional<Etag>& etag, Match match) {
  if (trim_blanks(list) == "*") return true;
  if (!etag) return false;
  for (EtagList etags(list); etags.next();) {
    if (match(etags.etag(), *etag)) return true;
  }
  return false;
}

bool has_strong_date(const Validators& of) {
  return of.last_modified && of.date && *of.last_modified + kStrongAfterS <= *of.date;
}

// If-Match, else If-Unmodified-Since (RFC 9110, 13.2.2, steps 1 and 2).
bool is_as_expected(const Fields& request, const Validators& of, Seconds now) {
  if (request.has(Name::kIfMatch)) {
    return names(request.joined(Name::kIfMatch), of.etag, match_strongly);
  }
  const std::optional<Seconds> since = date_of(request, Name::kIfUnmodifiedSince, now);
  return !since || !of.last_modified || *of.last_modified <= *since;
}

// If-Modified-Since. Where nothing is said of a change, it is as old as its Date (RFC 9111, 4.3.2).
bool is_unmodified(const Fields& request, const Validators& of, Seconds now) {
  const std::optional<Seconds> since = date_of(request, Name::kIfModifiedSince, now);
  const std::optional<Seconds> modified = of.last_modified ? of.last_modified : of.date;
  return since && modified && *modified <= *since;
}

}  // namespace

Validators validators_of(const Fields& response, Seconds now) {
  Validators validators{.etag = {},
                        .last_modified = date_of(response, Name::kLastModified, now),
                        .date = date_of(response, Name::kDate, now)};
  if (response.count(Name::kEtag) == 1) validators.etag = parse_etag(*response.value(Name::kEtag));
  return validators;
}

Condition judge(const Fields& request, std::string_view method, const Validators& of, Seconds now) {
  const bool reads = method == "GET" || method == "HEAD";
  if (!is_as_expected(request, of, now)) return Condition::kPreconditionFailed;
  if (request.has(Name::kIfNoneMatch)) {
    if (!names(request.joined(Name::kIfNoneMatch), of.etag, match_weakly))
      return Condition::kPassed;
    return reads ? Condition::kNotModified : Condition::kPreconditionFailed;
  }
  return reads && is_unmodified(request, of, now) ? Condition::kNotModified : Condition::kPassed;
}

bool if_range_holds(const Fields& request, const Validators& of, Seconds now) {
  if (!request.has(Name::kIfRange)) return true;
  if (request.count(Name::kIfRange) != 1) return false;
  const std::string_view text = *request.value(Name::kIfRange);
  if (const std::optional<Etag> etag = parse_etag(text)) {
    return of.etag && match_strongly(*etag, *of.etag);
  }
  const std::optional<Seconds> date = parse_date(text, now);
  return date && has_strong_date(of) && *date == *of.last_modified;
}

}  // namespace larder::wire::http
