# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The driver that runs fuzzers without libFuzzer finds crashes and says how to repeat them."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Two words crash it, each in its own way.
TARGET = r'''
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.find("gez") != bytes.npos) std::abort();
  if (bytes.find("segv") != bytes.npos) *reinterpret_cast<volatile int*>(8) = 1;
  return 0;
}
'''


@pytest.fixture(name="fuzzer", scope="module")
def compiled_fuzzer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzzer")
    (folder / "target.cc").write_text(TARGET)
    subprocess.run(["g++", "-std=c++20", "-O1", folder / "target.cc",
                    ROOT / "tests/fuzz_driver.cc", "-o", folder / "fuzz_target"], check=True)
    return folder / "fuzz_target"


def run(folder, *command):
    return subprocess.run([str(word) for word in command], cwd=folder, text=True, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def reproducing_command(said):
    match = re.search(r"Reproduce with:\n  (.*)\n", said)
    assert match, said
    return shlex.split(match[1])


def test_clean_run_counts_what_it_did(fuzzer, tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a").write_text("quit\r\n")
    done = run(tmp_path, fuzzer, "--runs=50", "--seed=9", "corpus")
    assert done.returncode == 0
    assert "1 files replayed, runs 0 to 50 of seed 9: no crash" in done.stdout


def test_mutations_find_the_crash_and_repeat_it(fuzzer, tmp_path):
    (tmp_path / "near").write_text("get a\r\n")
    done = run(tmp_path, fuzzer, "--runs=1000000", "--seed=4", "near")
    assert done.returncode < 0
    command = reproducing_command(done.stdout)
    crash = tmp_path / re.search(r"input written to (\S+)", done.stdout)[1]
    assert b"gez" in crash.read_bytes()

    found = crash.read_bytes()
    crash.unlink()
    again = run(tmp_path, *command)
    assert again.returncode < 0
    assert crash.read_bytes() == found

    replayed = run(tmp_path, fuzzer, "--runs=0", crash)
    assert replayed.returncode < 0
    assert f"{fuzzer} --runs=0 {crash}" in replayed.stdout


def test_fault_of_a_replayed_file_names_it(fuzzer, tmp_path):
    (tmp_path / "bad").write_text("segv")
    done = run(tmp_path, fuzzer, "--runs=0", "bad")
    assert done.returncode < 0
    assert reproducing_command(done.stdout) == [str(fuzzer), "--runs=0", "bad"]
    assert (tmp_path / "crash-replay").read_text() == "segv"


@pytest.mark.parametrize("arguments", [["--runs=x"], ["--nonsense"], ["-runs=1"]])
def test_wrong_options_are_refused(fuzzer, tmp_path, arguments):
    done = run(tmp_path, fuzzer, *arguments)
    assert done.returncode == 2
    assert "usage:" in done.stdout


def test_missing_file_is_an_error(fuzzer, tmp_path):
    done = run(tmp_path, fuzzer, "gone")
    assert done.returncode == 2
    assert "cannot read gone" in done.stdout
