// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/kept_request.h"

#include <string_view>

namespace larder::serve::edge {
namespace {

std::size_t bytes_of(const http::Request& request) {
  std::size_t bytes = request.method.size() + request.scheme.size() + request.authority.size() +
                      request.path.size();
  for (const wire::http::Field& field : *request.fields) {
    bytes += field.name.size() + field.value.size();
  }
  return bytes;
}

}  // namespace

KeptRequest::KeptRequest(const http::Request& request, const http::Client& client) {
  auto kept = std::make_shared<Kept>();
  kept->client = client;
  kept->request = request;
  kept->text.reserve(bytes_of(request));  // so that it does not move any more
  const auto keep = [&text = kept->text](std::string_view piece) {
    const std::size_t at = text.size();
    text += piece;
    return std::string_view(text).substr(at);
  };
  for (std::string_view* view : {&kept->request.method, &kept->request.scheme,
                                 &kept->request.authority, &kept->request.path}) {
    *view = keep(*view);
  }
  for (const wire::http::Field& field : *request.fields) {
    const std::string_view name = keep(field.name);
    kept->fields.add({.name = name, .value = keep(field.value), .known = field.known});
  }
  kept->request.fields = &kept->fields;
  kept_ = std::move(kept);
}

}  // namespace larder::serve::edge
