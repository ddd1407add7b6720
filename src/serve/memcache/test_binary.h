// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "wire/memcache/binary.h"

// Requests of the binary protocol, and the replies to them.
namespace larder::serve::memcache {

namespace binary = ::larder::wire::memcache::binary;

namespace opcode {
constexpr std::uint8_t kGet = 0x00;
constexpr std::uint8_t kSet = 0x01;
constexpr std::uint8_t kQuit = 0x07;
constexpr std::uint8_t kGetQuietly = 0x09;
constexpr std::uint8_t kNoop = 0x0a;
constexpr std::uint8_t kVersion = 0x0b;
constexpr std::uint8_t kAppend = 0x0e;
constexpr std::uint8_t kStat = 0x10;
constexpr std::uint8_t kSetQuietly = 0x11;
constexpr std::uint8_t kSaslList = 0x20;
constexpr std::uint8_t kSaslAuth = 0x21;
constexpr std::uint8_t kSaslStep = 0x22;
constexpr std::uint8_t kUnknown = 0x70;
}  // namespace opcode

constexpr std::uint32_t kOpaque = 0xfeedface;

// A head like that of a reply, but for the magic and the cas.
inline std::string request(std::uint8_t opcode, const std::string& extras = "",
                           const std::string& key = "", const std::string& value = "") {
  std::string head(binary::kHeadBytes, '\0');
  binary::write_head(head.data(), {.opcode = opcode,
                                   .opaque = kOpaque,
                                   .extras_bytes = static_cast<std::uint8_t>(extras.size()),
                                   .key_bytes = static_cast<std::uint16_t>(key.size()),
                                   .value_bytes = static_cast<std::uint32_t>(value.size())});
  head[0] = static_cast<char>(binary::kRequestMagic);
  return head + extras + key + value;
}

// The cas is blanked in what is received.
inline std::string reply(std::uint8_t opcode, binary::Status status = binary::Status::kOk,
                         const std::string& extras = "", const std::string& value = "") {
  std::string head(binary::kHeadBytes, '\0');
  binary::write_head(head.data(), {.opcode = opcode,
                                   .status = status,
                                   .opaque = kOpaque,
                                   .extras_bytes = static_cast<std::uint8_t>(extras.size()),
                                   .value_bytes = static_cast<std::uint32_t>(value.size())});
  return head + extras + value;
}

inline std::string refusal(std::uint8_t opcode, binary::Status status) {
  return reply(opcode, status, "", std::string(binary::text_of(status)));
}

}  // namespace larder::serve::memcache
