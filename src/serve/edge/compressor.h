// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/pin.h"
#include "http/body.h"
#include "serve/edge/encoder.h"
#include "serve/edge/policy.h"
#include "wire/http/field.h"
#include "wire/http/negotiation.h"

namespace larder::serve::edge {

// Whether a response may be sent in another coding: its type, its size, no coding yet, and nobody
// forbids it. `lines` are its fields.
bool is_compressible(const CompressPolicy& policy, unsigned status, std::string_view lines,
                     std::optional<std::uint64_t> body_bytes);

// The fields of such a response in `coding`. It varies by Accept-Encoding in any; in one that is
// not kIdentity its bytes are others, so that its ETag is weak.
std::string compressed_lines(std::string_view lines, wire::http::Coding coding);

// All of `bytes` at once; nothing: it cannot be, or is no shorter.
std::optional<std::string> compressed(std::string_view bytes, wire::http::Coding coding,
                                      const CompressPolicy& policy);

// Another body in a coding, as it comes: what has been read goes out when there is no more for the
// moment. Of bounded memory: that of the coding's window, and a chunk of output.
class CompressedBody final : public http::BodySource, private http::BodyReader {
 public:
  // `from` must live as long as this.
  CompressedBody(http::BodySource& from, wire::http::Coding coding, const CompressPolicy& policy);
  ~CompressedBody() override { from_.read_by(nullptr); }

  http::Pulled pull(std::size_t room) override;
  std::string_view trailer() const override { return from_.trailer(); }

 private:
  void body_ready() override { tell_reader(); }
  bool read();
  bool encode();

  http::BodySource& from_;
  std::unique_ptr<Encoder> encoder_;
  std::string_view input_;
  base::Pin pin_;  // of input_
  Encoder::Until until_ = Encoder::Until::kMore;
  std::string output_;
  std::size_t sent_ = 0;  // of output_
  bool has_unflushed_ = false;
  http::Pulled::State end_ = http::Pulled::State::kBytes;  // kEnd, kFailed: nothing comes any more
};

}  // namespace larder::serve::edge
