// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace larder::app {

// The options in Debian's /etc/memcached.conf, as its start scripts hand them to memcached:
//
//   # a comment              left out, also behind an option; \# is none
//   -d                       left out, as is -h: whoever starts us decides
//   logfile /var/log/…       left out, as is every line that begins with no dash: systemd keeps
//                            what goes to standard error
//   -m 64                    two words, as a shell reads them: 'one word', "one word", one\ word
std::vector<std::string> options_of_conf(std::string_view text);

base::Result<std::vector<std::string>> read_memcached_conf(const std::string& path);

}  // namespace larder::app
