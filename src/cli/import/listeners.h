// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/import/translation.h"

namespace larder::cli::import {

// Where the servers of nginx listen, and by which certificates: in Larder that is of the process.
class Listeners {
 public:
  explicit Listeners(Translation& all) : all_(all) {}

  // → whether clients come to this server by TLS.
  bool take(const Level& server);
  // Whether one of them said default_server last.
  bool is_default() const { return is_default_; }
  // Whether clients came to that server in plain, too; whether they come so to any.
  bool was_plain() const { return was_plain_; }
  bool has_plain() const;
  // Into `env.network`.
  void put(JsonValue& network) const;

 private:
  bool take_listen(const Level& server, const Directive& listen);
  void put_terms(const Level& server, JsonValue& listener);
  void take_certificate(const Level& server);

  Translation& all_;
  JsonValue::List listeners_;
  JsonValue::List certificates_;
  bool is_default_ = false;
  bool was_plain_ = false;
};

}  // namespace larder::cli::import
