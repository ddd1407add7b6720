// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/cache_config.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>

#include "base/decimal.h"

namespace larder::app {
namespace {

using base::Done;
using base::refuse_option;
using base::Status;

constexpr std::size_t kMaxThreads = 256;
constexpr std::size_t kMaxMemoryMb = std::numeric_limits<std::size_t>::max() / limits::MiB;

// `set` for a whole number within [least, most].
template <class Number>
auto number_into(Number& target, Number least, Number most) {
  return [&target, least, most](const std::string& text) -> Status {
    const auto number = base::parse_decimal<Number>(text);
    if (!number || *number < least || *number > most) {
      return refuse_option(text, "a whole number from " + std::to_string(least) + " to " +
                                     std::to_string(most) + " is expected");
    }
    target = *number;
    return Done{};
  };
}

auto text_into(std::string& target) {
  return [&target](const std::string& text) -> Status {
    target = text;
    return Done{};
  };
}

auto switch_into(bool& target, bool value) {
  return [&target, value](const std::string&) -> Status {
    target = value;
    return Done{};
  };
}

Status set_memory(CacheConfig& config, const std::string& text) {
  std::size_t megabytes = 0;
  auto set = number_into<std::size_t>(megabytes, 8, kMaxMemoryMb)(text);
  config.memory_bytes = megabytes * limits::MiB;
  return set;
}

Status set_item_size(CacheConfig& config, const std::string& text) {
  std::string digits = text;
  std::size_t unit = 1;
  if (text.ends_with('k') || text.ends_with('K')) unit = limits::KiB;
  if (text.ends_with('m') || text.ends_with('M')) unit = limits::MiB;
  if (text.ends_with('g') || text.ends_with('G')) unit = limits::GiB;
  if (unit != 1) digits.pop_back();
  const auto number = base::parse_decimal<std::size_t>(digits);
  if (!number) return refuse_option(text, "bytes, or a number with k, m or g, are expected");
  if (*number > limits::kMaxValueBytes / unit) {
    return refuse_option(text, "Cannot set item size limit higher than a gigabyte.");
  }
  if (*number * unit < limits::kMinItemLimitBytes) {
    return refuse_option(text, "Item max size cannot be less than 1024 bytes.");
  }
  config.item_bytes = *number * unit;
  return Done{};
}

Status set_unix_mask(CacheConfig& config, const std::string& text) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, config.unix_mask, 8);
  if (error != std::errc{} || stopped != end || config.unix_mask > 0777) {
    return refuse_option(text, "an octal access mask from 0 to 777 is expected");
  }
  return Done{};
}

Status add_listen(CacheConfig& config, const std::string& text) {
  const std::size_t before = config.listen.size();
  std::string commas = text;  // memcached takes either
  std::ranges::replace(commas, ';', ',');
  std::istringstream list(commas);
  for (std::string one; std::getline(list, one, ',');) {
    if (!one.empty()) config.listen.push_back(one);
  }
  // A script's variable that was not set must not open the cache to every network.
  if (config.listen.size() == before) return refuse_option(text, "an address is expected");
  return Done{};
}

Status set_extended(CacheConfig& config, const std::string& text) {
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    const auto set = set_tls_word(word, config.tls);
    if (!set) return refuse_option(word, "no such word is known");
    if (!*set) return *set;
  }
  return Done{};
}

Status set_io(CacheConfig& config, const std::string& text) {
  if (text == "auto") {
    config.io = io::BackendKind::kAuto;
  } else if (text == "uring") {
    config.io = io::BackendKind::kUring;
  } else if (text == "epoll") {
    config.io = io::BackendKind::kEpoll;
  } else {
    return refuse_option(text, "auto, uring or epoll is expected");
  }
  return Done{};
}

Status refuse_udp(const std::string& text) {
  if (text == "0") return Done{};
  return refuse_option(text, "UDP is not served; only 0 (off) is possible");
}

}  // namespace

base::OptionTable cache_options(std::string command, std::string summary, CacheConfig& config) {
  base::OptionTable table(std::move(command), std::move(summary));
  const auto to = [&config](Status (*set)(CacheConfig&, const std::string&)) {
    return [&config, set](const std::string& text) { return set(config, text); };
  };
  table.add({'p', "port", "port", "TCP port (default 11211; 0: none, -1: any free one)",
             number_into(config.port, -1, 65535)});
  table.add({'U', "udp-port", "0", "UDP port; only 0 (off), the default", refuse_udp});
  table.add({'s', "unix-socket", "path", "unix socket to listen on, instead of TCP",
             text_into(config.unix_path)});
  table.add({'a', "unix-mask", "mask", "access mask of the unix socket, octal (default 700)",
             to(set_unix_mask)});
  table.add({'l', "listen", "address",
             "address to listen on, with or without a port; a comma-separated list, or given "
             "several times (default: every interface)",
             to(add_listen)});
  table.add({'d', "daemon", "", "run in the background", switch_into(config.daemon, true)});
  table.add({'u', "user", "user", "become this user (only when started as root)",
             text_into(config.user)});
  table.add(
      {'P', "pidfile", "path", "write the process id to this file", text_into(config.pid_file)});
  table.add({'m', "memory-limit", "megabytes", "memory for items (default 64)", to(set_memory)});
  table.add({'M', "disable-evictions", "", "answer an error when memory is full, evict nothing",
             switch_into(config.evict, false)});
  table.add({'c', "conn-limit", "number", "connections at the same time (default 1024)",
             number_into<std::size_t>(config.connections, 1, 1'000'000'000)});
  table.add({'t', "threads", "number", "threads that serve connections (default 4)",
             number_into<std::size_t>(config.threads, 1, kMaxThreads)});
  table.add({'I', "max-item-size", "size",
             "largest item, with k, m or g behind the number (default 1m, 1k to 1g)",
             to(set_item_size)});
  table.add({'Y', "auth-file", "path",
             "ask clients for a password of this file, with lines `user:password`; they speak text",
             text_into(config.auth_file)});
  table.add({'S', "enable-sasl", "",
             "ask clients for a password by SASL; they speak the binary protocol",
             switch_into(config.sasl, true)});
  table.add({'v', "verbose", "", "say more (give it twice or thrice for more)",
             [&config](const std::string&) -> Status {
               ++config.verbosity;
               return Done{};
             }});
  add_tls_options(table, config.tls);
  table.add({'o', "extended", "words", "more, separated by commas: ssl_chain_cert=<file> …",
             to(set_extended)});
  table.add({'\0', "io", "auto|uring|epoll",
             "how to talk to the kernel (default auto: io_uring where it is allowed)", to(set_io)});
  table.add({'h', "help", "", "print this help", switch_into(config.wants_help, true)});
  table.add({'\0', "man", "", "print the man page", switch_into(config.wants_man_page, true)});
  table.add({'V', "version", "", "print the version", switch_into(config.wants_version, true)});
  return table;
}

base::Status check(const CacheConfig& config) {
  if (config.item_bytes > config.memory_bytes / 2) {
    return base::Failure{"Cannot set item size limit higher than 1/2 of memory max."};
  }
  if (config.sasl && !config.auth_file.empty()) {
    return base::Failure{"You cannot allow the ASCII protocol while using SASL."};
  }
  return check(config.tls);
}

}  // namespace larder::app
