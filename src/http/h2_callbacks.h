// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nghttp2/nghttp2.h>

namespace larder::http {

// What nghttp2 calls of an H2Session, which is its user data.
const nghttp2_session_callbacks* h2_callbacks();

}  // namespace larder::http
