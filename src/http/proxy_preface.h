// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "io/address.h"

namespace larder::http {

// What is sent before the first byte of a connection, for a server that wants to know on whose
// behalf it is made (PROXY protocol, version 1 or 2). Without both addresses, or with those of
// different families: that it is our own.
std::string format_proxy_preface(int version, const std::optional<io::Address>& from,
                                 const std::optional<io::Address>& to);

}  // namespace larder::http
