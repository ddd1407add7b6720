// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The main() of a fuzzer in every build without libFuzzer:
//
//   fuzz_text [--runs=N | --run=K] [--seed=N] [--max-bytes=N] [file | folder]...
//
//   1. replay    every file named, and every file in the folders named, once as it is
//   2. mutate    N more inputs, each a file (or nothing) changed by a few seeded steps
//
// Run k of seed s depends on s, k and the files alone: the command line that a crash prints asks
// for that one run and crashes again. The input itself is written into the current folder.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" void __sanitizer_set_death_callback(void (*callback)())  // NOLINT: the runtime's name.
    __attribute__((weak));

namespace {

constexpr unsigned kInputLimitS = 20;  // an input that takes longer has found an endless loop

using Bytes = std::vector<std::uint8_t>;

struct Options {
  std::uint64_t first_run = 0;
  std::uint64_t runs = 1000;  // one past the last
  std::uint64_t seed = 1;
  std::uint64_t max_bytes = 4096;  // of a mutated input; replayed files may be larger
  std::vector<std::string> paths;
};

// What the handler of a crash needs, ready to be written by async-signal-safe calls alone.
struct Running {
  const Bytes* input = nullptr;
  std::array<char, 512> command{};     // the command line that leads here again
  std::array<char, 128> crash_file{};  // where the input goes
  volatile sig_atomic_t reported = 0;
};
Running running;

void say(std::string_view text) {
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) {
    return;  // Nothing is left to tell it to.
  }
}

void write_crash_file() {
  const int file =
      ::open(running.crash_file.data(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) {
    say("fuzz: the input could not be written\n");
    return;
  }
  const bool whole = ::write(file, running.input->data(), running.input->size()) ==
                     static_cast<ssize_t>(running.input->size());
  ::close(file);
  say(whole ? "fuzz: input written to " : "fuzz: input written in part to ");
  say(running.crash_file.data());
  say("\n");
}

void report_crash() {
  if (running.reported != 0 || running.input == nullptr) {
    return;
  }
  running.reported = 1;
  say("\nfuzz: crashed. Reproduce with:\n  ");
  say(running.command.data());
  say("\n");
  write_crash_file();
}

void on_signal(int signal) {
  report_crash();
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

// With a sanitizer its report comes first, then ours by the callback; abort() does not call it.
void watch_for_crashes() {
  ::signal(SIGABRT, on_signal);
  ::signal(SIGALRM, on_signal);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(report_crash);
    return;
  }
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP}) {
    ::signal(signal, on_signal);
  }
}

void copy_text(const std::string& from, char* to, std::size_t room) {
  const std::size_t length = std::min(from.size(), room - 1);
  std::copy_n(from.data(), length, to);
  to[length] = '\0';
}

void run_one(const Bytes& input, const std::string& command, const std::string& label) {
  copy_text(command, running.command.data(), running.command.size());
  copy_text("crash-" + label, running.crash_file.data(), running.crash_file.size());
  running.input = &input;
  // An exact-size copy on the heap: reading one byte past the end is then visible to ASan.
  const Bytes exact(input.begin(), input.end());
  ::alarm(kInputLimitS);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  ::alarm(0);
  running.input = nullptr;
}

// Pieces that parsers of this project give a meaning to; random bytes alone rarely make one.
// clang-format off
constexpr std::string_view kTokens[] = {
    "\r\n", "\n", "\r", " ", "  ", std::string_view("\0", 1),
    "0", "1", "-1", "2147483648", "4294967295", "4294967296",
    "18446744073709551615", "18446744073709551616",
    "get ", "gets ", "gat ", "set ", "add ", "append ", "cas ", "incr ", "decr ", "delete ",
    "touch ", "noreply", "version\r\n", "quit\r\n", "verbosity ", "flush_all",
    "mg ", "ms ", "md ", "ma ", "mn\r\n", "me ",
    " k v t\r\n", " S5 T0 F1\r\n", " O1 q\r\n", " b\r\n",
};
// clang-format on

class Mutator {
 public:
  Mutator(std::uint64_t seed, std::uint64_t run, std::size_t max_bytes)
      : random_(seed * 0x9E3779B97F4A7C15ULL + run), max_bytes_(max_bytes) {}

  Bytes mutate(const std::vector<Bytes>& corpus) {
    Bytes bytes = pick(corpus);
    const std::size_t steps = 1 + below(8);
    for (std::size_t step = 0; step < steps; ++step) {
      change(bytes, corpus);
      bytes.resize(std::min(bytes.size(), max_bytes_));
    }
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  Bytes pick(const std::vector<Bytes>& corpus) {
    return corpus.empty() ? Bytes() : corpus[below(corpus.size())];
  }

  void change(Bytes& bytes, const std::vector<Bytes>& corpus) {
    switch (below(7)) {
      case 0: return flip_bit(bytes);
      case 1: return overwrite(bytes);
      case 2: return erase(bytes);
      case 3: return repeat(bytes);
      case 4: return insert_random(bytes);
      case 5: return splice(bytes, pick(corpus));
      default: return insert_token(bytes);
    }
  }

  void flip_bit(Bytes& bytes) {
    if (!bytes.empty()) {
      std::uint8_t& byte = bytes[below(bytes.size())];
      byte = static_cast<std::uint8_t>(byte ^ (1U << below(8)));
    }
  }

  void overwrite(Bytes& bytes) {
    if (!bytes.empty()) {
      bytes[below(bytes.size())] = static_cast<std::uint8_t>(random_());
    }
  }

  void erase(Bytes& bytes) {
    const std::size_t from = below(bytes.size());
    const std::size_t length = std::min(bytes.size() - from, 1 + below(16));
    bytes.erase(at(bytes, from), at(bytes, from + length));
  }

  void repeat(Bytes& bytes) {
    const std::size_t from = below(bytes.size());
    const std::size_t length = std::min(bytes.size() - from, 1 + below(64));
    insert(bytes, Bytes(at(bytes, from), at(bytes, from + length)));
  }

  void insert_random(Bytes& bytes) {
    Bytes piece(1 + below(16));
    std::generate(piece.begin(), piece.end(),
                  [this] { return static_cast<std::uint8_t>(random_()); });
    insert(bytes, piece);
  }

  void insert_token(Bytes& bytes) {
    const std::string_view token = kTokens[below(std::size(kTokens))];
    insert(bytes, Bytes(token.begin(), token.end()));
  }

  // The head of one input with the tail of another.
  void splice(Bytes& bytes, const Bytes& other) {
    bytes.resize(below(bytes.size() + 1));
    const std::size_t from = below(other.size() + 1);
    bytes.insert(bytes.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
  }

  void insert(Bytes& bytes, const Bytes& piece) {
    bytes.insert(at(bytes, below(bytes.size() + 1)), piece.begin(), piece.end());
  }

  static Bytes::iterator at(Bytes& bytes, std::size_t position) {
    return bytes.begin() + static_cast<std::ptrdiff_t>(position);
  }

  std::mt19937_64 random_;
  std::size_t max_bytes_;
};

std::optional<Bytes> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return std::nullopt;
  }
  return Bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// Sorted, so that a seed picks the same file on every machine.
std::vector<std::string> list_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) {
        files.push_back(entry.path().string());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool read_number(std::string_view argument, std::string_view name, std::uint64_t& value) {
  if (!argument.starts_with(name)) {
    return false;
  }
  argument.remove_prefix(name.size());
  const char* end = argument.data() + argument.size();
  const auto [rest, error] = std::from_chars(argument.data(), end, value);
  return error == std::errc() && rest == end;
}

std::optional<Options> parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (read_number(argument, "--run=", options.first_run)) {
      options.runs = options.first_run + 1;
    } else if (argument.starts_with("-")) {
      if (!read_number(argument, "--runs=", options.runs) &&
          !read_number(argument, "--seed=", options.seed) &&
          !read_number(argument, "--max-bytes=", options.max_bytes)) {
        return std::nullopt;
      }
    } else {
      options.paths.emplace_back(argument);
    }
  }
  return options;
}

bool replay(const std::string& program, const std::vector<std::string>& files,
            std::vector<Bytes>& corpus) {
  for (const std::string& file : files) {
    std::optional<Bytes> input = read_file(file);
    if (!input) {
      std::fprintf(stderr, "fuzz: cannot read %s\n", file.c_str());
      return false;
    }
    run_one(*input, program + " --runs=0 " + file, "replay");
    corpus.push_back(std::move(*input));
  }
  return true;
}

void mutate(const std::string& program, const Options& options, const std::vector<Bytes>& corpus) {
  const std::string seed = std::to_string(options.seed);
  std::string tail = " --max-bytes=" + std::to_string(options.max_bytes);
  for (const std::string& path : options.paths) {
    tail += " " + path;
  }
  for (std::uint64_t run = options.first_run; run < options.runs; ++run) {
    const std::string number = std::to_string(run);
    const Bytes input = Mutator(options.seed, run, options.max_bytes).mutate(corpus);
    run_one(input, program + " --seed=" + seed + " --run=" + number + tail, seed + "-" + number);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Options> options = parse_options(argc, argv);
  if (!options) {
    std::fprintf(stderr, "usage: %s [--runs=N | --run=K] [--seed=N] [--max-bytes=N] [path]...\n",
                 argv[0]);
    return 2;
  }
  watch_for_crashes();
  std::vector<Bytes> corpus;
  if (!replay(argv[0], list_files(options->paths), corpus)) {
    return 2;
  }
  mutate(argv[0], *options, corpus);
  std::printf("fuzz: %zu files replayed, runs %ju to %ju of seed %ju: no crash\n", corpus.size(),
              static_cast<std::uintmax_t>(options->first_run),
              static_cast<std::uintmax_t>(options->runs),
              static_cast<std::uintmax_t>(options->seed));
  return 0;
}
