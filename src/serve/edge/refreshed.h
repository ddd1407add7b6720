// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/clock.h"
#include "serve/edge/object_store.h"
#include "serve/edge/policy.h"
#include "wire/http/field.h"

namespace larder::serve::edge {

// A stored response, and what the origin says of it without sending it again.
struct Refreshed {
  std::string_view key;
  const Object& stored;
  const wire::http::Fields& request;  // that asked for it
  const wire::http::Fields& said;     // as the policy's rules have changed it
  base::UnixMs requested = 0;
  base::UnixMs received = 0;
};

// A 304: its fields update the stored response, which is as fresh as they say (RFC 9111, 4.3.4).
// Where it is about another response (its strong ETag tells), or forbids to store, that goes. Where
// the request alone forbids it, what is stored stays as it was.
void refresh_stored(ObjectStore& store, const Refreshed& by, const CachePolicy& policy);

// 200 to HEAD: the same, where its validators and its length are the stored response's, which else
// is not what the origin has any more (RFC 9111, 4.3.5).
void refresh_by_head(ObjectStore& store, const Refreshed& by, const CachePolicy& policy);

}  // namespace larder::serve::edge
