#!/usr/bin/python3
# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Writes tests/corpus/session from the recorded conversations: what fuzz_session begins with.

A file is one group of cases as a client would send it: the lengths of eight pieces, then the bytes
of all cases, one behind the other. Cases above 4 KiB are left out (a fuzzer wants small inputs),
and so is what ends the conversation before the group's end, and what is binary and holds an FF.
Large values, which are stored as they arrive, were not recorded in this form: they are below, a
byte FF for each 4 KiB of them. So are conversations with a server that asks for passwords; their
first length says so.
"""

import json
import random
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORDINGS = ROOT / "tests" / "golden" / "memcached-1.6.45"
CORPUS = ROOT / "tests" / "corpus" / "session"
MAX_CASE = 4096
PIECES = 8
BLOCK = b"\xff"

LARGE = {
    "large-set": b"set k 7 0 20480\r\n" + BLOCK * 5 + b"\r\nget k\r\ngets k k\r\n",
    "large-direct": b"set k 0 0 102400\r\n" + BLOCK * 25 + b"\r\nappend k 0 0 20480\r\n"
                    + BLOCK * 5 + b"\r\nmg k v s f\r\n",
    "large-meta": b"ms k 24576 T0 F5 c\r\n" + BLOCK * 6 + b"\r\nms YXBwbGU= 20480 b I\r\n"
                  + BLOCK * 5 + b"\r\nmg YXBwbGU= b v k\r\n",
    "large-bad-chunk": b"set k 0 0 20480\r\n" + BLOCK * 5 + b"xxset k 0 0 20480 noreply\r\n"
                       + BLOCK * 5 + b"--\r\nms k 20480 T0 T0\r\n" + BLOCK * 5 + b"  mn\r\n",
    "large-refused": b"set k 0 0 5\r\nsmall\r\nset k 0 0 163840\r\n" + BLOCK * 40
                     + b"\r\nget k\r\nadd k 0 0 131072\r\n" + BLOCK * 32 + b"xxmn\r\n",
    "large-cas": b"set k 0 0 1\r\n1\r\ncas k 0 0 20480 1\r\n" + BLOCK * 5
                 + b"\r\nreplace k 0 0 20480 noreply\r\n" + BLOCK * 5 + b"\r\nget k\r\nmn\r\n",
    "large-multiget": b"set k 0 0 40960\r\n" + BLOCK * 10 + b"\r\nget" + b" k" * 20 + b"\r\nmn\r\n",
}


def binary(opcode, key=b"", value=b"", extras=b""):
    return struct.pack(">BBHBBHIIQ", 0x80, opcode, len(key), len(extras), 0, 0,
                       len(extras) + len(key) + len(value), 7, 0) + extras + key + value


# name -> the first length, and the stream.
ASKED = {
    "login-text": (14, b"version\r\nset x 0 0 3\r\na c\r\nset x 0 0 12\r\nalice secret\r\n"
                       b"set k 0 0 1\r\nv\r\nget k\r\nquit\r\n"),
    "login-text-refused": (14, b"set k 0 0 5\r\nhello\r\nset k 0 0 1\r\n \r\nadd k 0 0 1\r\nv\r\n"
                               b"set k 0 0 16385\r\n"),
    "login-sasl": (15, binary(0x0b) + binary(0x20) + binary(0x21, b"PLAIN", b"\0alice\0wrong")
                       + binary(0x21, b"PLAIN") + binary(0x22, b"PLAIN", b"\0a\0b")
                       + binary(0x01, b"k", b"v", bytes(8)) + binary(0x00, b"k")
                       + binary(0x21, b"PLAIN", b"a\0a\0b") + binary(0x0c, b"k") + binary(0x07)),
    "login-sasl-refused": (15, binary(0x22, b"PLAIN", b"\0a\0b") + binary(0x21, b"NONE", b"x")
                               + binary(0x01, b"k", b"v", bytes(8))),
}


def bytes_of(case):
    text = case["send"]
    for token, (unit, count) in case.get("expand", {}).items():
        text = text.replace(token, unit * count)
    return bytes.fromhex(text) if case.get("hex") else text.encode("latin-1")


def groups():
    """name -> the stream of a group's cases, in the order of the recording."""
    streams = {}
    for file in sorted(RECORDINGS.glob("*.jsonl")):
        for line in file.read_text().splitlines():
            case = json.loads(line)
            sent = bytes_of(case)
            is_mistaken = case.get("hex") and BLOCK in sent
            if len(sent) <= MAX_CASE and not case["closed"] and not is_mistaken:
                streams[case["group"]] = streams.get(case["group"], b"") + sent
    return streams


def pieces_of(name):
    """Mostly short ones; the same ones each time that this runs."""
    source = random.Random(name)
    return bytes(source.choice([1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 0]) for _ in range(PIECES))


def main():
    CORPUS.mkdir(parents=True, exist_ok=True)
    for old in CORPUS.iterdir():
        old.unlink()
    for name, stream in (groups() | LARGE).items():
        (CORPUS / name).write_bytes(pieces_of(name) + stream)
    for name, (first, stream) in ASKED.items():
        (CORPUS / name).write_bytes(bytes([first]) + pieces_of(name)[1:] + stream)
    print(f"{len(list(CORPUS.iterdir()))} files in {CORPUS.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
