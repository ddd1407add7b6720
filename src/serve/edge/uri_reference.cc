// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/uri_reference.h"

#include <algorithm>

#include "wire/http/field.h"

namespace larder::serve::edge {
namespace {

std::string_view cut_to(std::string_view& text, std::size_t end) {
  const std::string_view cut = text.substr(0, end);
  text.remove_prefix(std::min(end, text.size()));
  return cut;
}

// `http:` of a reference. Empty: it has none.
std::string_view take_scheme(std::string_view& reference) {
  const std::size_t end = reference.find_first_of(":/?#");
  if (end == std::string_view::npos || reference[end] != ':') return {};
  const std::string_view scheme = cut_to(reference, end);
  reference.remove_prefix(1);
  return scheme;
}

// RFC 3986, 5.2.4, of an absolute path.
std::string without_dots(std::string_view path) {
  std::string plain;
  while (!path.empty()) {
    const std::string_view segment = cut_to(path, path.find('/', 1));
    const bool is_last = path.empty();
    if (segment == "/..") plain.erase(std::min(plain.rfind('/'), plain.size()));
    if (segment != "/." && segment != "/..") {
      plain += segment;
    } else if (is_last) {
      plain += '/';
    }
  }
  return plain;
}

// RFC 3986, 5.2.2: what it means next to `base`, both of one origin.
std::string resolved(std::string_view base, std::string_view reference) {
  const std::string_view plain = base.substr(0, base.find('?'));
  const std::string_view path = cut_to(reference, reference.find('?'));
  if (path.empty()) return std::string(reference.empty() ? base : plain).append(reference);
  if (path.starts_with('/')) return without_dots(path).append(reference);
  std::string beside(plain.substr(0, plain.rfind('/') + 1));
  return without_dots(beside.append(path)).append(reference);
}

}  // namespace

std::string_view without_default_port(std::string_view authority, std::string_view scheme) {
  const std::string_view port = wire::http::equal_names(scheme, "https") ? ":443" : ":80";
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  return authority;
}

std::optional<std::string> path_of_same_origin(std::string_view scheme, std::string_view authority,
                                               std::string_view path, std::string_view reference) {
  if (!path.starts_with('/')) return std::nullopt;
  reference = reference.substr(0, reference.find('#'));
  if (reference.empty()) return std::nullopt;
  const std::string_view named = take_scheme(reference);
  if (!named.empty() && !wire::http::equal_names(named, scheme)) return std::nullopt;
  if (!reference.starts_with("//")) {
    return named.empty() ? std::optional(resolved(path, reference)) : std::nullopt;
  }
  reference.remove_prefix(2);
  const std::string_view host = cut_to(reference, reference.find_first_of("/?"));
  if (!wire::http::equal_names(without_default_port(host, scheme),
                               without_default_port(authority, scheme))) {
    return std::nullopt;
  }
  return resolved("/", reference);
}

}  // namespace larder::serve::edge
