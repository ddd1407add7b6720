// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "wire/http/conditional.h"

namespace larder::wire::http {

// The entity tags of If-Match or If-None-Match (RFC 9110, 13.1). Not Items: a backslash is a letter
// of a tag, and escapes nothing. What is no tag is left out.
//
//   for (EtagList etags(value); etags.next();) use(etags.etag());
class EtagList {
 public:
  explicit EtagList(std::string_view list) : rest_(list) {}
  bool next() noexcept;
  const Etag& etag() const { return etag_; }

 private:
  void skip_separators() noexcept;

  std::string_view rest_;
  Etag etag_ = {};
};

}  // namespace larder::wire::http
