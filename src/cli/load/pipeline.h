// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace larder::cli::load {

// Requests of one connection that were sent and not answered, in order.
//
//          first()            end()
//   [ . . . | r  r  r  r  r | . . . ]     a ring; each place has room for the keys of a multiget
//             ▲ pop           ▲ push
class Pipeline {
 public:
  struct Request {
    std::int64_t sent_ns;  // or when it was to be sent
    bool is_set;
  };

  Pipeline(std::size_t depth, std::uint32_t multiget)
      : depth_(depth),
        multiget_(multiget),
        mask_(std::bit_ceil(depth) - 1),
        requests_(mask_ + 1),
        keys_(requests_.size() * multiget) {}

  bool empty() const { return first_ == end_; }
  bool full() const { return end_ - first_ == depth_; }
  std::size_t size() const { return end_ - first_; }

  // Requests are numbered from the first ever sent; those before first() can be looked at until
  // their place is needed again, depth requests later.
  std::size_t first() const { return first_; }
  std::size_t end() const { return end_; }
  Request& at(std::size_t number) { return requests_[number & mask_]; }
  // Of a get all, of a set the first.
  std::span<std::uint32_t> keys(std::size_t number) {
    return {keys_.data() + (number & mask_) * multiget_, multiget_};
  }

  // The new request's number; what stands there is to be overwritten.
  std::size_t push() { return end_++; }
  void pop() { ++first_; }

 private:
  std::size_t depth_;
  std::uint32_t multiget_;
  std::size_t mask_;
  std::size_t first_ = 0;
  std::size_t end_ = 0;
  std::vector<Request> requests_;
  std::vector<std::uint32_t> keys_;
};

}  // namespace larder::cli::load
