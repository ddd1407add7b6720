// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "cache/cache.h"
#include "serve/edge/object.h"
#include "serve/edge/packed_head.h"

namespace larder::serve::edge {

// What the item of an object is written from: copied once, straight to where it will lie.
class ObjectRecord {
 public:
  // The head's sizes must be those of the texts and the body.
  ObjectRecord(const ObjectHead& head, std::string_view selecting, std::string_view field_lines,
               const Pieces& body)
      : head_(head), front_{head_.text(), selecting, field_lines}, body_(body) {}
  ObjectRecord(const ObjectRecord&) = delete;
  ObjectRecord& operator=(const ObjectRecord&) = delete;

  std::size_t size() const;
  cache::Answer put(cache::Cache& cache, const cache::Key& key, const cache::Put& how,
                    base::UnixMs now) const;

 private:
  cache::Answer put_short(cache::Cache& cache, const cache::Key& key, const cache::Put& how,
                          base::UnixMs now) const;
  cache::Answer put_long(cache::Cache& cache, const cache::Key& key, const cache::Put& how,
                         base::UnixMs now) const;
  template <class Take>
  void each(Take take) const;

  PackedHead head_;
  std::string_view front_[3];
  Pieces body_;
};

}  // namespace larder::serve::edge
