// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/arcus_options.h"

#include <sstream>
#include <string>

#include "app/option_values.h"

namespace larder::app {
namespace {

using base::Done;
using base::Effect;
using base::refuse_option;
using base::Status;

// The engine's own options, key=value with semicolons: of those that Arcus knows, the ones that ask
// for persistence are refused, since an operator would believe to have it.
Status judge_engine_options(const std::string& text) {
  std::istringstream list(text);
  for (std::string one; std::getline(list, one, ';');) {
    if (one.empty()) continue;
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos) return refuse_option(text, "name=value is expected: " + one);
    const std::string name = one.substr(0, equals);
    const std::string value = one.substr(equals + 1);
    const bool asks = name == "config_file" || (name == "use_persistence" && value != "false" &&
                                                value != "off" && value != "0");
    if (asks) return refuse_option(text, "there is no persistence: " + one);
  }
  return Done{};
}

// Extensions are shared objects; what theirs do is built in.
Status take_extension(CacheConfig& config, const std::string& text) {
  if (text.find("scrub") != std::string::npos) config.sessions.has_scrubber = true;
  return Done{};
}

}  // namespace

void add_arcus_options(base::OptionTable& table, CacheConfig& config) {
  constexpr std::size_t kMaxStickyMb = 1 << 30;
  table.add({'g', "", "megabytes", "of -m, for sticky items, which are never evicted (default 0)",
             [&config](const std::string& text) {
               std::size_t megabytes = 0;
               auto set = number_into<std::size_t>(megabytes, 0, kMaxStickyMb)(text);
               config.sticky_bytes = megabytes * limits::MiB;
               return set;
             }});
  table.add({'E',
             "",
             "engine",
             "the storage engine's library, which Arcus needs",
             {},
             Effect::kNone,
             "the engine is built in"});
  table.add({'e', "", "options", "the engine's options: name=value;name=value",
             judge_engine_options, Effect::kNone, "the engine has no options of its own"});
  table.add({'X', "", "module",
             "an extension; ascii_scrub.so is what makes `scrub` a command, others have no effect",
             [&config](const std::string& text) { return take_extension(config, text); }});
  table.add(
      {'q', "", "", "refuse `stats detail`", switch_into(config.sessions.allow_detail, false)});
  table.add({'z',
             "",
             "ensemble",
             "the ZooKeeper servers of the cloud to join",
             {},
             Effect::kRefused,
             "a node does not join a cloud yet"});
  table.add({'o', "", "seconds", "the ZooKeeper session's timeout", number_within(10, 2000),
             Effect::kNone, "a node does not join a cloud yet"});
  table.add({'x',
             "",
             "address",
             "the proxy's address in the cloud",
             {},
             Effect::kRefused,
             "a node does not join a cloud yet"});
}

}  // namespace larder::app
