// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace larder::serve::edge {

// `example.com` of `example.com:80`, where the scheme is http.
std::string_view without_default_port(std::string_view authority, std::string_view scheme);

// The path, with its query, of what a reference (RFC 3986, 4.1) means in an answer to a request of
// this URI. Nothing: it is of another origin, or no path is in it.
std::optional<std::string> path_of_same_origin(std::string_view scheme, std::string_view authority,
                                               std::string_view path, std::string_view reference);

}  // namespace larder::serve::edge
