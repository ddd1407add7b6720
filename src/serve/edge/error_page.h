// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "origin/fetch.h"

namespace larder::serve::edge {

constexpr std::string_view kHtml = "text/html; charset=utf-8";

// `404 Not Found` as a small page, with a sentence of why where there is one to tell.
std::string error_page(unsigned status, std::string_view why = {});

// The same when the origin failed: what was tried, and what came of it.
std::string origin_error_page(origin::FetchFailure failure, const origin::FetchFacts& facts);

// A page that sends on to `location`.
std::string redirect_page(unsigned status, std::string_view location);

}  // namespace larder::serve::edge
