// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "wire/http/field.h"

namespace larder::serve::edge {

// What of a response is kept and sent on: not what is about its connection (but Upgrade, which
// fields_from_origin leaves where clients must have it), not what frames its body, not Age (which
// is counted from now on), and not what `without` names. With a Date.
std::string stored_lines(const wire::http::Fields& response, std::span<const std::string> without,
                         base::UnixMs now);
// `Date: …`, for what is answered here (RFC 9110, 6.6.1).
std::string date_line(base::UnixMs now);
// Those fields alone that `names` (in lower case) has.
std::string lines_of(const wire::http::Fields& response, std::span<const std::string> names);

// Whether a field is a digest of the very bytes that come with it: of no other coding of them.
bool is_digest(std::string_view name) noexcept;

// Views into `lines`.
wire::http::Fields fields_of(std::string_view lines);

}  // namespace larder::serve::edge
