// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "http/exchange.h"
#include "wire/http/field.h"

namespace larder::serve::edge {

// A request and whom it is from, for longer than it lasts.
class KeptRequest {
 public:
  KeptRequest() = default;
  KeptRequest(const http::Request& request, const http::Client& client);

  const http::Request& request() const { return kept_->request; }
  const http::Client& client() const { return kept_->client; }
  const wire::http::Fields& fields() const { return kept_->fields; }

 private:
  struct Kept {
    http::Client client;
    http::Request request;
    wire::http::Fields fields;
    std::string text;  // all that is viewed
  };
  std::shared_ptr<const Kept> kept_;
};

}  // namespace larder::serve::edge
