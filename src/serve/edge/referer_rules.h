// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "serve/edge/pattern.h"
#include "serve/edge/policy.h"

namespace larder::serve::edge {

// Who may link to a site, as nginx' valid_referers says it:
//
//   example.com          that host; `example.com/shop` only from paths that begin so
//   *.example.com        hosts below it
//   .example.com         both
//   www.example.*        hosts that begin so
//   ~\.google\.          what stands behind `http://`, by a regular expression, whatever its case
//   server_names         the host that is asked
class RefererRules {
 public:
  static base::Result<RefererRules> compile(const RefererPolicy& policy);
  // `referer`: nothing, there is none. `own_host` in lower case.
  bool allow(std::optional<std::string_view> referer, std::string_view own_host) const;

 private:
  struct Name {
    enum class Kind { kHost, kBelow, kHostAndBelow, kBegin, kOwn };
    Kind kind = Kind::kHost;
    std::string host = {};
    std::string path = {};
  };
  static Name name_of(std::string_view text);
  static bool fits(const Name& name, std::string_view host, std::string_view path,
                   std::string_view own_host);

  bool all_ = true;
  bool none_ = true;
  bool blocked_ = true;
  std::vector<Name> names_;
  std::vector<std::shared_ptr<const Pattern>> expressions_;
};

}  // namespace larder::serve::edge
