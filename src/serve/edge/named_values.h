// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace larder::serve::edge {

// The pairs of Cookie (`a=1; b=2`: RFC 6265, 5.4) or of a query (`a=1&b=2`). The separator alone
// ends one: quotes mean nothing there, so that they hide nothing. Empty pairs are left out.
//
//   for (NamedValues pairs(list, ';'); pairs.next();) use(pairs.name(), pairs.value());
class NamedValues {
 public:
  NamedValues(std::string_view list, char separator) : rest_(list), by_(separator) {}
  bool next();
  std::string_view pair() const { return pair_; }  // all without blanks around them
  std::string_view name() const;
  std::string_view value() const;  // empty also without a `=`

 private:
  std::string_view rest_;
  std::string_view pair_;
  char by_;
};

// The name of a query's parameter, as an origin reads it: `a b` of `%61+b`. What is badly encoded
// stays as it is.
std::string plain_name(std::string_view encoded);
// Whether that is `name`, which may also be written as it stands in the query.
bool is_named(std::string_view encoded, std::string_view name);

}  // namespace larder::serve::edge
