// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/encoder.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <cstddef>

#include "base/limits.h"

namespace larder::serve::edge {
namespace {

constexpr std::size_t kChunk = limits::kCompressChunkBytes;
constexpr int kWindowBits = limits::kCompressWindowBits;

// Room for a chunk behind what is in `output`; gives back what was not needed.
class Chunk {
 public:
  explicit Chunk(std::string& output) : output_(output), begin_(output.size()) {
    output.resize(begin_ + kChunk);
  }
  ~Chunk() { output_.resize(begin_ + used_); }
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;

  char* data() { return output_.data() + begin_; }
  void leave(std::size_t unused) { used_ = kChunk - unused; }

 private:
  std::string& output_;
  std::size_t begin_;
  std::size_t used_ = 0;
};

class GzipEncoder final : public Encoder {
 public:
  static std::unique_ptr<Encoder> make(int level) {
    constexpr int kBits = 15 + 16;  // the largest window, and gzip around it
    constexpr int kMemory = 8;
    std::unique_ptr<GzipEncoder> made(new GzipEncoder);
    made->is_good_ = ::deflateInit2(&made->stream_, level, Z_DEFLATED, kBits, kMemory,
                                    Z_DEFAULT_STRATEGY) == Z_OK;
    if (!made->is_good_) return nullptr;
    return made;
  }
  ~GzipEncoder() override {
    if (is_good_) ::deflateEnd(&stream_);
  }

  State encode(std::string_view& input, Until until, std::string& output) override {
    Chunk chunk(output);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream_.avail_out = kChunk;
    const int result = ::deflate(&stream_, flush_of(until));
    input.remove_prefix(input.size() - stream_.avail_in);
    chunk.leave(stream_.avail_out);
    if (result == Z_STREAM_END) return State::kDone;
    if (result != Z_OK && result != Z_BUF_ERROR) return State::kFailed;
    const bool is_done = until != Until::kEnd && input.empty() && stream_.avail_out > 0;
    return is_done ? State::kDone : State::kAgain;
  }

 private:
  GzipEncoder() = default;
  static int flush_of(Until until) {
    switch (until) {
      case Until::kMore: return Z_NO_FLUSH;
      case Until::kFlush: return Z_SYNC_FLUSH;
      case Until::kEnd: return Z_FINISH;
    }
    return Z_NO_FLUSH;
  }
  z_stream stream_{};
  bool is_good_ = false;
};

class BrotliEncoder final : public Encoder {
 public:
  static std::unique_ptr<Encoder> make(int level) {
    std::unique_ptr<BrotliEncoder> made(new BrotliEncoder);
    if (made->state_ == nullptr) return nullptr;
    const auto set = [&made](BrotliEncoderParameter what, int value) {
      ::BrotliEncoderSetParameter(made->state_, what, static_cast<std::uint32_t>(value));
    };
    set(BROTLI_PARAM_QUALITY, level);
    set(BROTLI_PARAM_LGWIN, kWindowBits);
    return made;
  }
  ~BrotliEncoder() override { ::BrotliEncoderDestroyInstance(state_); }

  State encode(std::string_view& input, Until until, std::string& output) override {
    Chunk chunk(output);
    std::size_t input_left = input.size();
    const auto* next_in = reinterpret_cast<const std::uint8_t*>(input.data());
    std::size_t room = kChunk;
    auto* next_out = reinterpret_cast<std::uint8_t*>(chunk.data());
    if (::BrotliEncoderCompressStream(state_, operation_of(until), &input_left, &next_in, &room,
                                      &next_out, nullptr) == BROTLI_FALSE) {
      return State::kFailed;
    }
    input.remove_prefix(input.size() - input_left);
    chunk.leave(room);
    if (until == Until::kEnd) {
      return ::BrotliEncoderIsFinished(state_) == BROTLI_TRUE ? State::kDone : State::kAgain;
    }
    const bool has_more = ::BrotliEncoderHasMoreOutput(state_) == BROTLI_TRUE;
    return input.empty() && !has_more ? State::kDone : State::kAgain;
  }

 private:
  BrotliEncoder() : state_(::BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {}
  static BrotliEncoderOperation operation_of(Until until) {
    switch (until) {
      case Until::kMore: return BROTLI_OPERATION_PROCESS;
      case Until::kFlush: return BROTLI_OPERATION_FLUSH;
      case Until::kEnd: return BROTLI_OPERATION_FINISH;
    }
    return BROTLI_OPERATION_PROCESS;
  }
  BrotliEncoderState* state_;
};

class ZstdEncoder final : public Encoder {
 public:
  static std::unique_ptr<Encoder> make(int level) {
    std::unique_ptr<ZstdEncoder> made(new ZstdEncoder);
    if (made->context_ == nullptr) return nullptr;
    ::ZSTD_CCtx_setParameter(made->context_, ZSTD_c_compressionLevel, level);
    ::ZSTD_CCtx_setParameter(made->context_, ZSTD_c_windowLog, kWindowBits);
    return made;
  }
  ~ZstdEncoder() override { ::ZSTD_freeCCtx(context_); }

  State encode(std::string_view& input, Until until, std::string& output) override {
    Chunk chunk(output);
    ZSTD_inBuffer in{.src = input.data(), .size = input.size(), .pos = 0};
    ZSTD_outBuffer out{.dst = chunk.data(), .size = kChunk, .pos = 0};
    const std::size_t left = ::ZSTD_compressStream2(context_, &out, &in, directive_of(until));
    if (::ZSTD_isError(left) != 0) return State::kFailed;
    input.remove_prefix(in.pos);
    chunk.leave(kChunk - out.pos);
    if (until == Until::kMore) return input.empty() ? State::kDone : State::kAgain;
    return left == 0 ? State::kDone : State::kAgain;
  }

 private:
  ZstdEncoder() : context_(::ZSTD_createCCtx()) {}
  static ZSTD_EndDirective directive_of(Until until) {
    switch (until) {
      case Until::kMore: return ZSTD_e_continue;
      case Until::kFlush: return ZSTD_e_flush;
      case Until::kEnd: return ZSTD_e_end;
    }
    return ZSTD_e_continue;
  }
  ZSTD_CCtx* context_;
};

}  // namespace

std::unique_ptr<Encoder> Encoder::make(wire::http::Coding coding, const CompressPolicy& policy) {
  switch (coding) {
    case wire::http::Coding::kIdentity: return nullptr;
    case wire::http::Coding::kGzip: return GzipEncoder::make(policy.gzip_level);
    case wire::http::Coding::kBrotli: return BrotliEncoder::make(policy.brotli_level);
    case wire::http::Coding::kZstd: return ZstdEncoder::make(policy.zstd_level);
  }
  return nullptr;
}

}  // namespace larder::serve::edge
