#!/usr/bin/python3
# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The house rules that no compiler checks.

  - lines of at most 100 characters, no tab, no blank at a line's end
  - the licence line first in every source file
  - co_await takes a plain name: g++ 12 destroys temporaries of its operand twice
  - no lambda is a coroutine: its captures die with the lambda, not with the coroutine
  - no coroutine at all in base, wire and store

Prints, without failing, the longest files and functions. Usage: tools/tidy.py [--root FOLDER]
"""

import argparse
import os
import re
import statistics
import sys
from pathlib import Path

import cpp_source

MAX_LINE = 100
LICENCE = "Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0"
CPP = (".h", ".cc")
COMMENT = {".h": "//", ".cc": "//", ".c": "//", ".js": "//", ".mjs": "//", ".ts": "//",
           ".py": "#", ".sh": "#", ".cmake": "#", ".pl": "#", ".h.in": "//"}
NO_COROUTINES = ("base", "wire", "store")
LONGEST = 10

AWAIT = re.compile(r"\bco_await\b\s*(\w*)\s*(->|::|.?)", re.DOTALL)
COROUTINE = re.compile(r"\bco_(await|yield|return)\b")
NO_NAMES = {"this", "new", "sizeof", "static_cast", "co_await", "co_yield"}


def comment_of(path):
    """How a source file of this kind begins a comment, or None where the rules do not apply."""
    if path.name == "CMakeLists.txt":
        return "#"
    for suffix, comment in COMMENT.items():
        if path.name.endswith(suffix):
            return comment
    if "." not in path.name and os.access(path, os.X_OK):  # ./run, tools/install ...
        return "#"
    return None


class Check:
    def __init__(self, root):
        self.root = root
        self.complaints = []
        self.file_lines = []      # (lines, path)
        self.function_lines = []  # (lines, path, line, name)

    def complain(self, path, line, what):
        self.complaints.append(f"{path.relative_to(self.root)}:{line}: {what}")

    def file(self, path, comment):
        text = cpp_source.read(path)
        self.lines(path, text)
        self.licence(path, text, comment)
        if path.suffix in CPP:
            self.file_lines.append((text.count("\n"), path))
            self.cpp(path, text)

    def lines(self, path, text):
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > MAX_LINE and "://" not in line:  # An address cannot be broken.
                self.complain(path, number, f"line of {len(line)} characters, {MAX_LINE} at most")
            if "\t" in line:
                self.complain(path, number, "tab")
            if line != line.rstrip():
                self.complain(path, number, "blank at the end of the line")
        if text and not text.endswith("\n"):
            self.complain(path, text.count("\n") + 1, "no line end at the end of the file")

    def licence(self, path, text, comment):
        lines = text.split("\n", 2)
        first = 1 if lines[0].startswith("#!") else 0
        if len(lines) <= first or lines[first] != f"{comment} {LICENCE}":
            self.complain(path, first + 1, f"must be the licence line: {comment} {LICENCE}")

    def cpp(self, path, text):
        code = cpp_source.blank(text)
        blocks = cpp_source.blocks(text)
        for block in blocks:
            if block.kind == "function":
                first = cpp_source.line_of(code, block.begin)
                lines = cpp_source.line_of(code, block.end) - first + 1
                self.function_lines.append((lines, path, first, block.name()))
        self.awaits(path, code)
        self.coroutines(path, code, blocks)

    def awaits(self, path, code):
        for match in AWAIT.finditer(code):
            if code[:match.start()].rstrip().endswith("operator"):
                continue
            name, after = match.groups()
            if not re.match(r"[A-Za-z_]", name) or name in NO_NAMES or after in (
                    "->", "::", ".", "(", "[", "{", "<"):
                self.complain(path, cpp_source.line_of(code, match.start()),
                              "co_await takes a plain name: `auto x = ...; co_await x;`")

    def coroutines(self, path, code, blocks):
        room = path.relative_to(self.root).parts[:2]
        pure = room[0] == "src" and room[1] in NO_COROUTINES
        for match in COROUTINE.finditer(code):
            line = cpp_source.line_of(code, match.start())
            if pure:
                self.complain(path, line, f"{match[0]}: room {room[1]} has no coroutines")
            around = [b for b in blocks if b.kind in ("function", "lambda")
                      and b.open < match.start() < b.end]
            if around and max(around, key=lambda b: b.open).kind == "lambda":
                self.complain(path, line, f"{match[0]} makes a coroutine of a lambda")
        if pure:
            for line, _, include in cpp_source.includes(cpp_source.read(path)):
                if include == "coroutine":
                    self.complain(path, line, f"<coroutine>: room {room[1]} has no coroutines")

    def run(self):
        for path in cpp_source.files(self.root, ""):
            comment = comment_of(path)
            if comment and path.is_file() and not path.is_symlink():
                self.file(path, comment)
        return self.complaints

    def report(self):
        def median(rows):
            return int(statistics.median(row[0] for row in rows)) if rows else 0

        print(f"{len(self.file_lines)} C++ files, median {median(self.file_lines)} lines; longest:")
        for lines, path in sorted(self.file_lines, reverse=True)[:LONGEST]:
            print(f"  {lines:5} {path.relative_to(self.root)}")
        functions = self.function_lines
        print(f"{len(functions)} functions, median {median(functions)} lines; longest:")
        for lines, path, line, name in sorted(functions, reverse=True)[:LONGEST]:
            print(f"  {lines:5} {path.relative_to(self.root)}:{line} {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    check = Check(parser.parse_args().root.resolve())
    complaints = check.run()
    check.report()
    print("\n".join(complaints) or "tidy: nothing to complain about")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
