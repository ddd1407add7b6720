# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A small client of Arcus' text protocol: lines, elements, pipes, and smget.

    request                         reply                             returned
    ask(line, data)                 STORED                            "STORED"
    elements("bop get k 9..0 2")    VALUE 0 2 / 7 1 a / 3 1 b / END   [Element(7, b"a"), …]
    pipe([(line, data), …])         RESPONSE 2 / STORED / … / END     ["STORED", …]
    smget(keys, range, count)       ELEMENTS … TRIMMED_KEYS … END     Merged

One connection. Elements are those of b+trees with numbers as bkeys and without eflags.
"""
import socket
from typing import NamedTuple

WAIT_S = 30
PIPED = 500  # commands that the server answers together
NEWEST = 2**64 - 1


class Refused(Exception):
    """A reply that was not asked for; the text is the reply."""


class Element(NamedTuple):
    bkey: int
    value: bytes


class Neighbours(NamedTuple):
    position: int     # of the element that was asked for
    index: int        # of it among `elements`
    elements: list


class MergedElement(NamedTuple):
    key: str
    bkey: int
    value: bytes


class Merged(NamedTuple):
    elements: list    # MergedElement, in the order of the range
    missed: dict      # {key: why}
    trimmed: dict     # {key: the last bkey that it still has}: what is beyond is in the database
    duplicated: bool  # two keys have an equal bkey


class Client:
    def __init__(self, port, host="127.0.0.1"):
        self.x_socket = socket.create_connection((host, port), WAIT_S)
        self.x_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.x_replies = self.x_socket.makefile("rb")
        self.bytes_received = 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.x_replies.close()
        self.x_socket.close()

    # ---- commands

    def ask(self, line, data=None):
        """→ the one line that answers it."""
        self.x_send(line, data)
        return self.x_line()

    def must(self, wanted, line, data=None):
        if (reply := self.ask(line, data)) != wanted:
            raise Refused(f"{line}: {reply}")

    def elements(self, line):
        """Of bop get and bop gbp; none is []."""
        self.x_send(line)
        head = self.x_line()
        if head in ("NOT_FOUND_ELEMENT", "NOT_FOUND", "OUT_OF_RANGE"):
            return []
        words = self.x_head(head, "VALUE", 3)
        found = [self.x_element() for _ in range(int(words[2]))]
        self.x_end("END", "TRIMMED", "DELETED", "DELETED_DROPPED")
        return found

    def neighbours(self, line):
        """Of bop pwg."""
        self.x_send(line)
        _, position, _, count, index = self.x_head(self.x_line(), "VALUE", 5)
        found = [self.x_element() for _ in range(int(count))]
        self.x_end("END")
        return Neighbours(int(position), int(index), found)

    def fields(self, key, names):
        """Of a map: {name: value} of those that are there."""
        line = " ".join(names)
        self.x_send(f"mop get {key} {len(line)} {len(names)}", line.encode())
        head = self.x_line()
        if head in ("NOT_FOUND_ELEMENT", "NOT_FOUND"):
            return {}
        count = int(self.x_head(head, "VALUE", 3)[2])
        found = {self.x_word(): self.x_value() for _ in range(count)}
        self.x_end("END")
        return found

    def pipe(self, commands):
        """(line, data) each → their statuses. All but the last of a batch end with `pipe`."""
        statuses = []
        for at in range(0, len(commands), PIPED):
            batch = commands[at:at + PIPED]
            last = len(batch) - 1
            self.x_socket.sendall(b"".join(
                self.x_request(f"{line} pipe" if i < last else line, data)
                for i, (line, data) in enumerate(batch)))
            if last == 0:
                statuses.append(self.x_line())  # a batch of one is a command as any other
                continue
            count = int(self.x_head(self.x_line(), "RESPONSE", 2)[1])
            statuses += [self.x_line() for _ in range(count)]
            self.x_end("END")
        return statuses

    def smget(self, keys, bkeys, count, mode="duplicate"):
        line = " ".join(keys)
        self.x_send(f"bop smget {len(line)} {len(keys)} {bkeys} {count} {mode}", line.encode())
        count = int(self.x_head(self.x_line(), "ELEMENTS", 2)[1])
        merged = [self.x_merged() for _ in range(count)]
        missed = self.x_pairs("MISSED_KEYS")
        trimmed = {key: int(bkey) for key, bkey in self.x_pairs("TRIMMED_KEYS").items()}
        return Merged(merged, missed, trimmed, self.x_end("END", "DUPLICATED") == "DUPLICATED")

    def prefix_bytes(self, prefix):
        """What all keys of `prefix` take in the server."""
        self.x_send("stats prefixes")
        found = 0
        while (line := self.x_line()) != "END":
            words = line.split(" ")
            if words[:2] == ["PREFIX", prefix]:
                found = int(words[words.index("tsz") + 1])
        return found

    # ---- bytes

    @staticmethod
    def x_request(line, data=None):
        if data is None:
            return f"{line}\r\n".encode()
        return line.encode() + b"\r\n" + data + b"\r\n"

    def x_send(self, line, data=None):
        self.x_socket.sendall(self.x_request(line, data))

    def x_read(self, size):
        data = self.x_replies.read(size)
        if len(data) != size:
            raise ConnectionError("the server has closed the connection")
        self.bytes_received += size
        return data

    def x_line(self):
        line = self.x_replies.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server has closed the connection")
        self.bytes_received += len(line)
        return line[:-2].decode()

    def x_word(self):
        """Up to a blank. Values may be any bytes, so that lines of elements are not split."""
        word = b""
        while (byte := self.x_read(1)) != b" ":
            word += byte
        return word.decode()

    def x_value(self):
        data = self.x_read(int(self.x_word()) + 2)
        return data[:-2]

    def x_element(self):
        return Element(int(self.x_word()), self.x_value())

    def x_merged(self):
        key, _, bkey = self.x_word(), self.x_word(), int(self.x_word())
        return MergedElement(key, bkey, self.x_value())

    def x_head(self, line, name, words):
        split = line.split(" ")
        if split[0] != name or len(split) != words:
            raise Refused(line)
        return split

    def x_pairs(self, name):
        count = int(self.x_head(self.x_line(), name, 2)[1])
        return dict(self.x_line().split(" ", 1) for _ in range(count))

    def x_end(self, *wanted):
        if (line := self.x_line()) not in wanted:
            raise Refused(line)
        return line
