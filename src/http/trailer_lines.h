// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "http/response_lines.h"
#include "wire/http/field.h"

namespace larder::http {

// Fields of a trailer as BodySource::trailer has them: without those that would mean
// something in a head only, where nobody could look for them any more (RFC 9110, 6.5.1).
inline std::string trailer_lines_of(const wire::http::Fields& fields) {
  wire::http::FieldLines lines;
  for (const wire::http::Field& field : fields) {
    const bool is_of_head = field.known == wire::http::Name::kHost ||
                            field.known == wire::http::Name::kTrailer ||
                            field.known == wire::http::Name::kAuthorization;
    if (is_of_head || is_drivers_own(field.name) || is_upgrade(field.name)) continue;
    lines.add(field.name, field.value);
  }
  return std::string(lines.text());
}

}  // namespace larder::http
