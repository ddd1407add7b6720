// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/process_cpu.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace larder::cli::load {

base::Result<std::uint64_t> cpu_ns_of(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/task";
  std::error_code error;
  std::filesystem::directory_iterator threads(folder, error);
  std::uint64_t sum = 0;
  bool any = false;
  while (!error && threads != std::filesystem::directory_iterator()) {
    std::ifstream file(threads->path() / "schedstat");
    std::uint64_t on_cpu_ns = 0;
    if (file >> on_cpu_ns) {  // a thread may have ended since it was listed
      sum += on_cpu_ns;
      any = true;
    }
    threads.increment(error);
  }
  if (error) return base::system_failure("reading " + folder, error.value());
  if (!any) return base::Failure{"reading " + folder + ": no schedstat of any thread"};
  return sum;
}

}  // namespace larder::cli::load
