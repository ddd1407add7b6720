// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/import/translation.h"

namespace larder::cli::import {

// Where the servers of nginx listen, and by which certificates: in Larder that is of the process.
class Listeners {
 public:
  explicit Listeners(Translation& all) : all_(all) {}

  // → whether clients come to this server by TLS.
  bool take(const Level& server);
  // Where that server listens.
  struct Listen {
    std::string address;
    bool is_default = false;  // it says default_server
  };
  const std::vector<Listen>& last() const { return last_; }
  // Whether clients came to that server in plain, too; whether they come so to any.
  bool was_plain() const { return was_plain_; }
  bool has_plain() const;
  // By an address: the site of clients that name none. Those without one have the configuration's.
  using Defaults = std::map<std::string, std::string>;
  // Into `env.network`.
  void put(JsonValue& network, const Defaults& defaults) const;

 private:
  bool take_listen(const Level& server, const Directive& listen);
  void put_terms(const Level& server, JsonValue& listener);
  void take_certificate(const Level& server);

  Translation& all_;
  JsonValue::List listeners_;
  JsonValue::List certificates_;
  std::vector<Listen> last_;
  bool was_plain_ = false;
};

}  // namespace larder::cli::import
