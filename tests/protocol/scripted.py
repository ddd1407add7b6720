# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A server that knows nothing but a script: for each request, in order, what it answers.

    Step(request, reply, closes)   the next request must be these bytes; then the reply; then,
                                   where it closes, the end of the connection
"""
import socket
import threading
import typing

from larder_process import DEADLINE_S


class Step(typing.NamedTuple):
    request: bytes
    reply: bytes
    closes: bool = False


class Scripted:
    def __init__(self, steps):
        self.x_steps = steps
        self.x_listener = socket.create_server(("127.0.0.1", 0))
        self.x_listener.settimeout(DEADLINE_S)
        self.x_thread = threading.Thread(target=self._serve)
        self.fault = ""     # what was asked that the script does not have

    @property
    def address(self):
        return self.x_listener.getsockname()

    def _serve(self):
        connection = None
        for step in self.x_steps:
            received = b""
            while len(received) < len(step.request):
                if connection is None:
                    connection = self._accept()
                data = connection.recv(len(step.request) - len(received))
                if not data:    # the client goes on elsewhere
                    connection.close()
                    connection = self._accept()
                received += data
            if received != step.request:
                self.fault = f"expected {step.request[:80]!r}, received {received[:80]!r}"
                break
            connection.sendall(step.reply)
            if step.closes:
                connection.close()
                connection = None
        if connection:
            if not self.fault:
                connection.recv(1)      # the end is the client's to make
            connection.close()

    def _accept(self):
        connection, _ = self.x_listener.accept()
        connection.settimeout(DEADLINE_S)
        return connection

    def __enter__(self):
        self.x_thread.start()
        return self

    def __exit__(self, *error):
        self.x_thread.join(2 * DEADLINE_S)
        self.x_listener.close()
        assert not self.x_thread.is_alive(), "the script has not come to its end"
