// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/port_holder.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace larder::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kListening = "0A";  // TCP_LISTEN in /proc/net/tcp

// The inodes of the sockets that listen on `port`, as `socket:[4711]`.
std::set<std::string> listening_sockets(std::uint16_t port) {
  std::set<std::string> sockets;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream lines(table);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      const std::vector<std::string> word{std::istream_iterator<std::string>(words), {}};
      if (word.size() < 10 || word[3] != kListening) continue;
      const std::string hex = word[1].substr(word[1].rfind(':') + 1);
      std::uint16_t bound = 0;
      std::from_chars(hex.data(), hex.data() + hex.size(), bound, 16);
      if (bound == port) sockets.insert("socket:[" + word[9] + "]");
    }
  }
  return sockets;
}

bool has_open(const fs::path& process, const std::set<std::string>& sockets) {
  std::error_code ignored;
  for (fs::directory_iterator fd(process / "fd", ignored), end; fd != end; fd.increment(ignored)) {
    if (sockets.contains(fs::read_symlink(fd->path(), ignored).string())) return true;
  }
  return false;
}

}  // namespace

std::string holder_of_port(std::uint16_t port) {
  const std::set<std::string> sockets = listening_sockets(port);
  if (sockets.empty()) return "";
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string id = entry.path().filename();
    const bool is_process = std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_process || !has_open(entry.path(), sockets)) continue;
    std::string name = "?";
    std::getline(std::ifstream(entry.path() / "comm"), name);
    return name + " (process " + id + ")";
  }
  return "";
}

}  // namespace larder::app
