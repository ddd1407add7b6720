#!/usr/bin/python3
# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""clang-format and clang-tidy 19 over the tree.

  tools/lint.py format              complains about every file that clang-format would change
  tools/lint.py format --fix        changes them
  tools/lint.py tidy --build DIR    clang-tidy over the sources of DIR/compile_commands.json

clang-tidy takes seconds a file, so a source found clean is remembered (in the user's cache folder,
by a hash of itself, the headers of ours that it includes, its command line and the checks) and
looked at again when one of these has changed. What changed last in git goes first, and when the
time is up the rest is left for the next run.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import cpp_source

ROOT = Path(__file__).resolve().parent.parent
FORMAT = "clang-format-19"
TIDY = "clang-tidy-19"
FOLDERS = ("src", "include", "tests", "bench", "cmake")
ONE_FILE_LIMIT_S = 300
FORGET_S = 60 * 86400


def said_by(*command):
    done = subprocess.run(command, cwd=ROOT, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.strip() if done.returncode == 0 else ""


# ---- format

def run_format(fix):
    files = [f for folder in FOLDERS for f in cpp_source.files(ROOT / folder, ".h", ".cc")]
    if not files:
        return 0
    mode = ["-i"] if fix else ["--dry-run", "-Werror"]
    done = subprocess.run([FORMAT, "--style=file", *mode, *files], check=False, text=True,
                          stderr=subprocess.PIPE)
    first = {}  # file -> where its first difference is; clang-format names every character
    for match in re.finditer(r"^(\S+?):(\d+:\d+): error: ", done.stderr, re.MULTILINE):
        first.setdefault(match[1], match[2])
    for file, place in first.items():
        print(f"{os.path.relpath(file, ROOT)}:{place}: not as clang-format writes it")
    if done.returncode and not first:
        print(done.stderr, end="")
    print(f"format: {len(files)} files, " + (
        f"{len(first)} differ (tools/lint.py format --fix)" if done.returncode else
        "nothing to complain about"))
    return done.returncode


# ---- tidy

class Sources:
    """What a source includes of ours, directly and through others."""

    def __init__(self):
        self.direct = {}

    def resolve(self, include):
        for folder in ("src", "include"):
            path = ROOT / folder / include
            if path.is_file():
                return path
        return None

    def closure(self, path):
        seen, todo = set(), [path]
        while todo:
            path = todo.pop()
            if path in seen:
                continue
            seen.add(path)
            if path not in self.direct:
                found = [self.resolve(i) for _, _, i in cpp_source.includes(cpp_source.read(path))]
                self.direct[path] = [f for f in found if f]
            todo += self.direct[path]
        return sorted(seen)


def read_commands(build):
    """source path -> its compile command, in the order of the build."""
    rows = json.loads((build / "compile_commands.json").read_text())
    commands = {Path(row["file"]): row["command"] for row in rows}
    return {path: command for path, command in commands.items()
            if path.is_relative_to(ROOT) and path.is_file()}


def key_of(path, command, sources, common):
    whole = hashlib.sha256(common)
    whole.update(command.replace(str(ROOT), "").encode())
    for file in sources.closure(path):
        whole.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return whole.hexdigest()


def changed_in_git():
    """The files that differ from where this branch left the main line, or else from HEAD's parent;
    nothing in a clone without history."""
    head = said_by("git", "rev-parse", "HEAD")
    for base in ("origin/HEAD", "origin/main", "main", "HEAD~1"):
        base = said_by("git", "merge-base", "HEAD", base)
        if base and base != head:
            return {ROOT / name for name in said_by("git", "diff", "--name-only", base).split("\n")}
    return set()


def cache_folder():
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "larder", "tidy")
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        if time.time() - file.stat().st_mtime > FORGET_S:
            file.unlink(missing_ok=True)
    return folder


def tidy_one(build, path, limit_s):
    command = [TIDY, "-p", str(build), "--quiet", "--warnings-as-errors=*", str(path)]
    try:
        done = subprocess.run(command, cwd=ROOT, text=True, check=False, timeout=limit_s,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired:
        return None, f"{path.relative_to(ROOT)}: clang-tidy was not done after {limit_s:.0f} s\n"
    # What clang-tidy says on stderr is a count of suppressed warnings, unless it failed outright.
    said = done.stdout or (done.stderr if done.returncode else "")
    return done.returncode == 0, said


def run_tidy(build, limit_s):
    deadline = time.monotonic() + limit_s
    commands = read_commands(build)
    sources = Sources()
    common = said_by(TIDY, "--version").encode() + (ROOT / ".clang-tidy").read_bytes()
    keys = {path: key_of(path, command, sources, common) for path, command in commands.items()}
    cache = cache_folder()
    todo = []
    for path, key in keys.items():
        if (cache / key).exists():
            (cache / key).touch()
        else:
            todo.append(path)
    changed = changed_in_git()
    todo.sort(key=lambda p: (not changed.intersection(sources.closure(p)), p not in changed,
                             p.name.endswith("_test.cc"), p))
    print(f"tidy: {len(keys)} sources, {len(keys) - len(todo)} known to be clean, "
          f"looking at {len(todo)}", flush=True)

    def look(path):
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            return path, "later", ""
        clean, said = tidy_one(build, path, min(left_s, ONE_FILE_LIMIT_S))
        if clean:
            (cache / keys[path]).touch()
            return path, "clean", ""
        if clean is None:
            return path, "later", said
        return path, "bad", said

    counts = {"clean": 0, "bad": 0, "later": 0}
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for path, verdict, said in pool.map(look, todo):
            counts[verdict] += 1
            if said:
                print(said, end="", flush=True)
    print(f"tidy: {counts['clean']} clean, {counts['bad']} with complaints, "
          f"{counts['later']} left for the next run")
    return 1 if counts["bad"] else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("format", "tidy"))
    parser.add_argument("--fix", action="store_true")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "clang")
    parser.add_argument("--limit-s", type=float, default=3600)
    options = parser.parse_args()
    if options.what == "format":
        sys.exit(run_format(options.fix))
    sys.exit(run_tidy(options.build.resolve(), options.limit_s))


if __name__ == "__main__":
    main()
