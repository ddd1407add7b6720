// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <llhttp.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "wire/http/octets.h"
#include "wire/http/test_message.h"

// The second opinion: what llhttp 8, strict and lenient in nothing, makes of the same bytes, and
// where it is known to be wrong.
namespace larder::wire::http {

class LlhttpReader {
 public:
  Message read(llhttp_type_t type, std::string_view bytes) {
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    set_callbacks(settings);
    llhttp_t parser;
    llhttp_init(&parser, type, &settings);
    parser.data = this;
    const llhttp_errno_t error = llhttp_execute(&parser, bytes.data(), bytes.size());
    // The end of the bytes is the end of the connection.
    if (error == HPE_OK && parser.finish == HTTP_FINISH_SAFE_WITH_CB) llhttp_finish(&parser);
    finish(parser, error, bytes);
    return std::move(message_);
  }

 private:
  static LlhttpReader& of(llhttp_t* parser) { return *static_cast<LlhttpReader*>(parser->data); }

  static void set_callbacks(llhttp_settings_t& settings) {
    settings.on_url = [](llhttp_t* parser, const char* at, std::size_t size) {
      of(parser).message_.target.append(at, size);
      return 0;
    };
    settings.on_header_field = [](llhttp_t* parser, const char* at, std::size_t size) {
      of(parser).name_.append(at, size);
      return 0;
    };
    settings.on_header_value = [](llhttp_t* parser, const char* at, std::size_t size) {
      of(parser).value_.append(at, size);
      return 0;
    };
    settings.on_header_value_complete = [](llhttp_t* parser) { return of(parser).add_field(); };
    settings.on_body = [](llhttp_t* parser, const char* at, std::size_t size) {
      of(parser).message_.body.append(at, size);
      return 0;
    };
    settings.on_headers_complete = [](llhttp_t* parser) { return of(parser).end_head(*parser); };
    settings.on_message_complete = [](llhttp_t* parser) {
      of(parser).message_.state = Message::State::kWhole;
      return static_cast<int>(HPE_PAUSED);
    };
  }

  int add_field() {
    message_.fields.emplace_back(name_, trim_blanks(value_));
    name_.clear();
    value_.clear();
    return 0;
  }

  // 1: there is no body. llhttp leaves it to its user that responses of some status have none.
  int end_head(const llhttp_t& parser) {
    message_.status = parser.status_code;
    message_.minor = parser.http_minor;
    message_.keep_alive = llhttp_should_keep_alive(&parser) != 0;
    const unsigned status = parser.status_code;
    const bool is_response = parser.type == HTTP_RESPONSE;
    return is_response && (status / 100 == 1 || status == 204 || status == 304) ? 1 : 0;
  }

  void finish(llhttp_t& parser, llhttp_errno_t error, std::string_view bytes) {
    const char* end = llhttp_get_error_pos(&parser);
    if (parser.type == HTTP_REQUEST && message_.state == Message::State::kWhole) {
      message_.method = llhttp_method_name(static_cast<llhttp_method_t>(parser.method));
    }
    if (message_.state == Message::State::kWhole) {
      message_.consumed =
          error == HPE_OK ? bytes.size() : static_cast<std::size_t>(end - bytes.data());
    } else if (error != HPE_OK) {
      message_.state = Message::State::kRefused;
      message_.error = llhttp_errno_name(error);
    }
  }

  Message message_;
  std::string name_;
  std::string value_;
};

inline bool is_method_of_llhttp(std::string_view method) {
  constexpr std::string_view kMethods[] = {
#define LARDER_METHOD(number, name, text) #text,
      HTTP_METHOD_MAP(LARDER_METHOD)
#undef LARDER_METHOD
  };
  return std::ranges::find(kMethods, method) != std::end(kMethods);
}

inline bool has_tab_before_line_end(std::string_view bytes) {
  constexpr std::size_t kNone = std::string_view::npos;
  for (std::size_t tab = bytes.find('\t'); tab != kNone; tab = bytes.find('\t', tab + 1)) {
    const std::size_t behind = bytes.find_first_not_of(" \t", tab);
    if (behind != kNone && bytes.substr(behind).starts_with("\r\n")) return true;
  }
  return false;
}

// llhttp does not know the value of a field that frames the body when a tab is behind it: it calls
// it bad, or reads a response to its end.
inline bool has_tab_behind_framing(const Message& theirs, std::string_view bytes) {
  const bool is_taken = theirs.state == Message::State::kWhole;
  return has_tab_before_line_end(bytes) &&
         (is_taken || theirs.error == "HPE_INVALID_TRANSFER_ENCODING" ||
          theirs.error == "HPE_INVALID_CONTENT_LENGTH");
}

// The section that lets us take what llhttp refuses; empty: none does.
inline std::string_view excuse(const Message& ours, const Message& theirs, std::string_view bytes) {
  const std::string_view error = theirs.error;
  const bool is_request = !ours.method.empty();
  if (is_request && error.starts_with("HPE_INVALID_") && !is_method_of_llhttp(ours.method)) {
    return "RFC 9110, 16.1: a method is any token";
  }
  if (error == "HPE_INVALID_VERSION") return "RFC 9110, 2.5: a later minor version";
  if (ours.has_extensions && (error == "HPE_STRICT" || error == "HPE_INVALID_CHUNK_SIZE")) {
    return "RFC 9112, 7.1.1: several extensions, quoted pairs, blanks around them";
  }
  if (has_tab_behind_framing(theirs, bytes)) return "RFC 9110, 5.6.3: a blank may be a tab";
  return {};
}

inline bool are_same(const Message& ours, const Message& theirs) {
  return ours.method == theirs.method && ours.target == theirs.target &&
         ours.status == theirs.status && ours.minor == theirs.minor &&
         ours.fields == theirs.fields && ours.body == theirs.body &&
         ours.consumed == theirs.consumed && (!ours.keep_alive || theirs.keep_alive);
}

// What we take llhttp takes as well, and in the same way. Empty: so it is, or it is excused.
inline std::string disagreement(llhttp_type_t type, std::string_view bytes) {
  const Message ours = type == HTTP_REQUEST ? read_request(bytes) : read_response(bytes);
  if (ours.state != Message::State::kWhole) return {};
  const Message theirs = LlhttpReader().read(type, bytes);
  const bool is_taken = theirs.state == Message::State::kWhole;
  if ((is_taken && are_same(ours, theirs)) || !excuse(ours, theirs, bytes).empty()) return {};
  const std::string what = is_taken ? "read in another way" : "refused: " + theirs.error;
  return what + " by llhttp:\n" + std::string(bytes);
}

}  // namespace larder::wire::http
