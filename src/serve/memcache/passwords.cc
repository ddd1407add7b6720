// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/passwords.h"

#include <cerrno>
#include <cstdio>
#include <memory>

namespace larder::serve::memcache {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// All of it, or one byte more than is allowed.
base::Result<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
  if (file == nullptr) return base::system_failure(path, errno);
  std::string text(limits::kMaxPasswordFileBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return base::system_failure(path, errno);
  return text;
}

}  // namespace

base::Result<Passwords> Passwords::read(const std::string& path, Format format) {
  const auto text = read_file(path);
  if (!text) {
    return base::Failure{"Could not open authfile [" + path + "] for reading, error " +
                         text.failure().what.substr(path.size() + 2)};
  }
  auto passwords = parse(*text, format);
  if (!passwords || text->size() > limits::kMaxPasswordFileBytes) {
    return base::Failure{"Authfile [" + path +
                         "] has a malformed entry. Should be 'user:password'"};
  }
  return *std::move(passwords);
}

std::optional<Passwords> Passwords::parse(std::string_view text, Format format) {
  Passwords passwords;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view user = line.substr(0, colon);
    const std::string_view rest = line.substr(colon + 1);
    if (!passwords.add({user, rest})) return std::nullopt;
    const std::size_t further = rest.find(':');
    const bool has_more = format == Format::kSasl && further != std::string_view::npos;
    if (has_more && !passwords.add({user, rest.substr(0, further)})) return std::nullopt;
  }
  return passwords;
}

bool Passwords::add(const wire::memcache::Credentials& credentials) {
  const std::optional<Entry> entry = entry_of(credentials);
  if (!entry || entries_.size() == limits::kMaxPasswords) return false;
  entries_.push_back(*entry);
  return true;
}

std::optional<Passwords::Entry> Passwords::entry_of(
    const wire::memcache::Credentials& credentials) noexcept {
  const auto& [user, password] = credentials;
  if (user.size() + password.size() > limits::kMaxPasswordBytes) return std::nullopt;
  Entry entry{};
  entry[0] = static_cast<char>(user.size());
  entry[1] = static_cast<char>(password.size());
  user.copy(entry.data() + kLengthBytes, user.size());
  password.copy(entry.data() + kLengthBytes + user.size(), password.size());
  return entry;
}

bool Passwords::admit(const wire::memcache::Credentials& credentials) const noexcept {
  const std::optional<Entry> login = entry_of(credentials);
  if (!login) return false;
  bool admitted = false;
  for (const Entry& entry : entries_) {
    unsigned difference = 0;
    for (std::size_t i = 0; i < entry.size(); ++i) {
      difference |= static_cast<unsigned char>(entry[i] ^ (*login)[i]);
    }
    admitted |= difference == 0;
  }
  return admitted;
}

}  // namespace larder::serve::memcache
