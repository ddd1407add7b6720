# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Holding a generated conversation: batches of commands, each batch ended by a marker.

The marker is an `mg` of a key that is never stored, with a serial number as its opaque: its reply
cannot be mistaken for another, so a batch is complete without any waiting.
"""
import base64

import replies

_ABSENT = b"never-stored"
NO_SUCH_CAS = b"18446744073709551615"
# Every reply line of a conversation may have these; what is not named is compared exactly.
VOLATILE = ("cas", "time", "version")


def marker(serial):
    return b"mg %s k O%d\r\n" % (_ABSENT, serial), b"EN k%s O%d\r\n" % (_ABSENT, serial)


class Conversation:
    """One side of it: knows the unique numbers of its own server."""

    def __init__(self, connection):
        self.x_connection = connection
        self.x_cas = {}
        self.x_serial = 0

    def request(self, batch):
        return b"".join(command.request.replace(
            b"@CAS@", self.x_cas.get(command.cas_of, NO_SUCH_CAS)) for command in batch)

    def hold(self, batch):
        """Send a batch and return its replies."""
        self.x_serial += 1
        ask, answer = marker(self.x_serial)
        self.x_connection.send(self.request(batch) + ask)
        received = self.x_connection.read_through(answer)[:-len(answer)]
        self._learn_cas(received)
        return received

    def _learn_cas(self, received):
        """Only replies that name their key teach: VALUE lines, meta results with k and c."""
        for line, _, _ in replies.walk(received):
            tokens = line.rstrip(b"\r\n").split(b" ")     # keys may hold other white space
            if tokens[0] == b"VALUE" and len(tokens) == 5:
                self.x_cas[tokens[1]] = tokens[4]
            elif tokens[0] in (b"HD", b"VA"):
                self._learn_meta(tokens[1:])

    def _learn_meta(self, flags):
        keys = [flag[1:] for flag in flags if flag[:1] == b"k"]
        numbers = [flag[1:] for flag in flags if flag[:1] == b"c" and flag[1:].isdigit()]
        if keys and numbers and int(numbers[0]):
            key = base64.b64decode(keys[0]) if b"b" in flags else keys[0]
            self.x_cas[key] = numbers[0]
