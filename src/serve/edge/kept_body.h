// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "http/body.h"

namespace larder::serve::edge {

// A body on its way, of which a copy is kept: told once, when it has come to its end and is no
// longer than `most`.
class KeptBody final : public http::BodySource, private http::BodyReader {
 public:
  using Whole = std::function<void(std::string_view body)>;

  // `from` must live as long as this.
  KeptBody(http::BodySource& from, std::size_t most, Whole whole)
      : from_(from), most_(most), whole_(std::move(whole)) {
    from_.read_by(this);
  }
  ~KeptBody() override { from_.read_by(nullptr); }

  http::Pulled pull(std::size_t room) override {
    http::Pulled pulled = from_.pull(room);
    if (pulled.state == http::Pulled::State::kBytes) keep(pulled.bytes);
    if (pulled.state == http::Pulled::State::kEnd && whole_) std::exchange(whole_, nullptr)(kept_);
    return pulled;
  }
  std::string_view trailer() const override { return from_.trailer(); }

 private:
  void body_ready() override { tell_reader(); }

  void keep(std::string_view bytes) {
    if (!whole_) return;
    kept_ += bytes;
    if (kept_.size() <= most_) return;
    whole_ = nullptr;
    std::string().swap(kept_);
  }

  http::BodySource& from_;
  const std::size_t most_;
  Whole whole_;  // null: told, or too long
  std::string kept_;
};

}  // namespace larder::serve::edge
