// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace larder::serve::edge {

// A target's parts: `/a%20b` and `x=1` of `/a%20b?x=1`.
std::string_view path_of(std::string_view target);
std::string_view query_of(std::string_view target);
bool has_query(std::string_view target);  // also an empty one

// Whether normal_path would leave a path as it is.
bool is_normal(std::string_view path);
// What a path names: percent-encoding taken away, each run of slashes one slash, `.` and `..` gone.
// Nothing: it leaves the root, is badly encoded, or has a NUL.
std::optional<std::string> normal_path(std::string_view path);

// False: the path of a target is none that rules can be held against, so that an origin might see
// in it what they do not. Of `*`, and where there is none: true.
bool names_something(std::string_view target);

// Bytes that cannot stand in a path, percent-encoded.
std::string encoded_path(std::string_view plain);
// What a path names, encoded again: of all ways to write it the one that is compared.
std::optional<std::string> canonical_path(std::string_view path);

// `host` of `host:port`, as it is written; and in lower case.
std::string_view host_part(std::string_view authority);
std::string host_of(std::string_view authority);

}  // namespace larder::serve::edge
