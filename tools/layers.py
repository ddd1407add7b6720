#!/usr/bin/python3
# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Holds every #include of src/ against the rooms: one-way doors, and no others.

  - a room includes only itself and what its row below lists; tests and fuzzers are no exception
  - includes name a file by its path from src/, and the file exists
  - a heavy library is included in one .cc (tests aside) and in no header
  - some doors to the outside belong to one room, and some rooms have none
  - the link edges of CMakeLists.txt are edges of the same table

Usage: tools/layers.py [--root FOLDER]
"""

import argparse
import re
import sys
from pathlib import Path

import cpp_source

# rank, room, what it may include. Rooms of one rank never include each other.
ROOMS = [
    (0, "base", ""),
    (1, "io", "base"),
    (1, "wire", "base"),
    (1, "store", "base"),
    (2, "disk", "base io"),
    (2, "http", "base io wire"),
    (3, "cache", "base io store disk"),
    (3, "cluster", "base io wire"),
    (3, "origin", "base io wire http"),
    (4, "client", "base io wire cluster"),
    (5, "repl", "base io wire disk cache cluster client"),
    (6, "serve/memcache", "base io wire cache cluster"),
    (6, "serve/edge", "base io wire http cache origin client"),
    (6, "serve/admin", "base io wire http"),
    (6, "waffle", "base io client"),
    (6, "cli", "base io wire http client cluster"),
    (7, "app", "base io wire store disk http cache cluster origin client repl serve/memcache "
               "serve/edge serve/admin waffle cli"),
]
RANK = {room: rank for rank, room, _ in ROOMS}
MAY_INCLUDE = {room: set(others.split()) | {room} for _, room, others in ROOMS}

# Headers that cost seconds of compile time each: one .cc behind a narrow header of ours.
HEAVY = ("CLI/", "spdlog/", "nlohmann/", "re2/")

# The only rooms that may open these doors to the outside.
DOORS = [(re.compile(r"liburing(\.h|/)"), {"io"}), (re.compile(r"openssl/"), {"io"}),
         (re.compile(r"sasl/"), {"serve/memcache"}), (re.compile(r"ares\.h"), {"io"}),
         (re.compile(r"nghttp2/"), {"http"}), (re.compile(r"re2/"), {"serve/edge"})]
# Pure rooms: bytes and time come in as arguments. Their tests may read files.
PURE = {"wire", "store"}
INPUT_OUTPUT = re.compile(
    r"sys/(socket|epoll|eventfd|timerfd|signalfd|un)\.h|netinet/|arpa/|netdb\.h|poll\.h|fcntl\.h|"
    r"fstream$")
BESIDE = ("_test.cc", "_fuzz.cc", "_bench.cc")

PUBLIC_HEADERS = "larder/"  # include/larder/ is the room `client` seen from outside


def room_of(path):
    """The room of a path from src/, or None."""
    for room in MAY_INCLUDE:
        if path.startswith(room + "/"):
            return room
    return "client" if path.startswith(PUBLIC_HEADERS) else None


class Check:
    def __init__(self, root):
        self.root = root
        self.src = root / "src"
        self.complaints = []
        self.heavy = {library: [] for library in HEAVY}

    def complain(self, path, line, what):
        self.complaints.append(f"{path.relative_to(self.root)}:{line}: {what}")

    def exists(self, include):
        return ((self.src / include).is_file() or (self.root / "include" / include).is_file()
                or (self.root / "cmake" / (Path(include).name + ".in")).is_file())

    def file(self, path, room):
        for line, quote, include in cpp_source.includes(cpp_source.read(path)):
            if quote == '"' or room_of(include) and self.exists(include):
                self.own(path, line, room, quote, include)
            else:
                self.foreign(path, line, room, include)

    def own(self, path, line, room, quote, include):
        if quote == "<":
            self.complain(path, line, f'write #include "{include}": it is a file of ours')
        elif not self.exists(include) or room_of(include) is None:
            self.complain(path, line, f'"{include}" is no path from src/ to a file of a room')
        elif room_of(include) not in MAY_INCLUDE[room]:
            self.complain(path, line, f"room {room} may not include room {room_of(include)}")
        elif not include.endswith(".h"):
            self.complain(path, line, f'"{include}" is not a header')

    def foreign(self, path, line, room, include):
        for library in HEAVY:
            if include.startswith(library):
                if path.suffix == ".h":
                    self.complain(path, line, f"{library} is heavy: never in a header")
                elif not path.name.endswith("_test.cc"):
                    self.heavy[library].append((path, line))
        for door, rooms in DOORS:
            if door.match(include) and room not in rooms:
                self.complain(path, line, f"<{include}> belongs to {', '.join(sorted(rooms))}")
        if room in PURE and not path.name.endswith(BESIDE) and INPUT_OUTPUT.match(include):
            self.complain(path, line, f"<{include}>: room {room} does no input or output")

    def heavy_once(self):
        for library, places in self.heavy.items():
            files = sorted({path for path, _ in places})
            for path, line in places:
                if path != files[0]:
                    self.complain(path, line, f"{library} is heavy and already included in "
                                              f"{files[0].relative_to(self.root)}: one .cc only")

    def link_edges(self):
        path = self.root / "CMakeLists.txt"
        if not path.is_file():
            return
        text = re.sub(r"#[^\n]*", "", cpp_source.read(path))
        for call in re.finditer(r"larder_room\(([^()]*)\)", text):
            room, *words = call[1].split()
            line = cpp_source.line_of(text, call.start())
            if room not in MAY_INCLUDE:
                self.complain(path, line, f"{room} is no room")
                continue
            linked = " ".join(words).partition("ROOMS")[2].partition("LIBRARIES")[0].split()
            for other in linked:
                if other not in MAY_INCLUDE[room]:
                    self.complain(path, line, f"room {room} may not link room {other}")

    def run(self):
        for folder in (self.src, self.root / "include"):
            for path in cpp_source.files(folder, ".h", ".cc"):
                room = room_of(path.relative_to(folder).as_posix())
                if room is None:
                    self.complain(path, 1, "is in no room")
                else:
                    self.file(path, room)
        self.heavy_once()
        self.link_edges()
        return self.complaints


def check_table():
    for room, others in MAY_INCLUDE.items():
        for other in others - {room}:
            assert RANK[other] < RANK[room], f"{room} may not stand on {other}: no lower rank"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    check_table()
    complaints = Check(parser.parse_args().root.resolve()).run()
    print("\n".join(complaints) or "layers: every include goes through a door that exists")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
