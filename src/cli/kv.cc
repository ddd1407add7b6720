// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/kv.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/limits.h"
#include "cli/command_line.h"
#include "cli/copy/copier.h"
#include "cli/json_object.h"
#include "cli/load/progress.h"
#include "cli/load/server_address.h"

namespace larder::cli {
namespace {

constexpr const char* kUsage =
    "usage: larder kv copy [options]\n"
    "\n"
    "  copy   the items of a live memcached or Larder into another server\n"
    "\n"
    "`larder kv copy --help` tells the options.\n";

int fail(const std::string& what, int exit_code) {
  fmt::print(stderr, "larder kv copy: {}\n", what);
  return exit_code;
}

// One end of a copy.
struct Place {
  std::string host = "127.0.0.1";
  std::uint64_t port = 11211;
  std::string unix_path;

  void declare(CommandLine& line, const std::string& name, const std::string& whose) {
    line.option('\0', name, "host", host, whose + " name or address");
    line.option('\0', name + "-port", "port", port, whose + " port");
    line.option('\0', name + "-unix", "path", unix_path,
                whose + " unix socket, instead of host and port");
  }
  base::Result<io::Address> find() const { return load::find_server(host, port, unix_path); }
};

base::Result<copy::Copier> connect(const copy::Options& options, const Place& from,
                                   const Place& to) {
  const auto source = from.find();
  if (!source) return source.failure();
  const auto target = to.find();
  if (!target) return target.failure();
  if (source->text() == target->text()) return base::Failure{"source and target are the same"};
  auto dump = copy::Link::open(*source);
  auto gets = copy::Link::open(*source);
  auto sets = copy::Link::open(*target);
  for (const auto* link : {&dump, &gets, &sets}) {
    if (!*link) return link->failure();
  }
  return copy::Copier(options, *std::move(dump), *std::move(gets), *std::move(sets));
}

std::string to_text(const copy::Counts& counts, double seconds) {
  std::string text =
      fmt::format("{} items of {} copied, {:.1f} MiB in {:.1f} s", counts.copied, counts.named,
                  static_cast<double>(counts.read_bytes) / limits::MiB, seconds);
  const auto tell = [&text](std::uint64_t count, std::string_view what) {
    if (count != 0) text += fmt::format("; {} {}", count, what);
  };
  tell(counts.kept, "were there already");
  tell(counts.gone, "are gone meanwhile");
  tell(counts.left_out, "have another prefix");
  tell(counts.unreadable, "the source cannot be asked for");
  tell(counts.refused, "refused by the target");
  return text;
}

std::string to_json(const copy::Counts& counts, double seconds) {
  return JsonObject()
      .add("named", counts.named)
      .add("copied", counts.copied)
      .add("read_bytes", counts.read_bytes)
      .add("kept", counts.kept)
      .add("gone", counts.gone)
      .add("left_out", counts.left_out)
      .add("unreadable", counts.unreadable)
      .add("refused", counts.refused)
      .add("seconds", seconds)
      .text();
}

int copy_items(int argc, char** argv) {
  copy::Options options;
  Place from;
  Place to;
  bool json = false;
  CommandLine line("larder kv copy",
                   "copies the items of a live memcached (1.4.31 or later) or Larder into another "
                   "server, with their flags and times to live, while both go on serving");
  from.declare(line, "from", "the source's");
  to.declare(line, "to", "the target's");
  line.option('\0', "prefix", "text", options.prefix, "only keys that begin so");
  line.flag("overwrite", options.overwrite, true,
            "also keys that the target has (otherwise they stay, for they may be newer)");
  line.option('\0', "rate", "MiB per second", options.rate_mib,
              "of values, at most; 0: as fast as both are");
  line.flag("json", json, true, "print one JSON object");
  if (const auto ended = line.parse(argc, argv)) return *ended;

  auto copier = connect(options, from, to);
  if (!copier) return fail(copier.failure().what, 1);
  const base::SteadyMs began = base::steady_now_ms();
  const auto seconds = [began] {
    return static_cast<double>(base::steady_now_ms() - began) / 1000;
  };
  load::Progress progress;
  const auto counts = copier->run(
      [&](const copy::Counts& so_far) { progress.show(0, to_text(so_far, seconds())); });
  progress.clear();
  if (!counts) return fail(counts.failure().what, 1);
  fmt::print("{}\n", json ? to_json(*counts, seconds()) : to_text(*counts, seconds()));
  if (counts->refused != 0) fail("first refused with: " + copier->first_refusal(), 1);
  return counts->is_complete() ? 0 : 1;
}

}  // namespace

int kv(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "copy") return copy_items(argc - 1, argv + 1);
  const bool asked = word == "--help" || word == "-h" || word == "help";
  std::fputs(kUsage, asked ? stdout : stderr);
  return asked ? 0 : kExitUsage;
}

}  // namespace larder::cli
