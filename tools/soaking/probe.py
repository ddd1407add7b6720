# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Somebody else's client: one get each 10 ms on a connection of its own, and how long it took.

The probe does not get a processor at once on a busy machine, and neither does the server: how late
a sleep of 10 ms ended is told beside, so that the machine's part can be seen.
"""
import time
import traceback

from wire import Closed, Wire

from soaking.values import Wrong, written

INTERVAL_S = 0.010
KEY = b"probe"
BYTES = 100


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def figures(seconds):
    """Milliseconds."""
    ordered = sorted(seconds)
    return {name: percentile(ordered, share) * 1000 for name, share in
            (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("max", 1))} | {"count": len(ordered)}


class Probe:
    def __init__(self, address):
        self.x_wire = Wire(address)
        self.x_value = written(KEY, 1, BYTES)
        self.x_hit = b"VALUE %s 0 %d\r\n%s\r\n" % (KEY, BYTES, self.x_value)
        self.x_took = []
        self.x_late = []

    def run(self, is_over):
        due = time.monotonic()
        while not is_over():
            due = max(due + INTERVAL_S, time.monotonic())
            time.sleep(max(0, due - time.monotonic()))
            began = time.monotonic()
            self.x_late.append(began - due)
            self.x_wire.send(b"get %s\r\n" % KEY)
            reply = self.x_wire.read_through(b"END\r\n")
            self.x_took.append(time.monotonic() - began)
            if reply == b"END\r\n":
                self.store()
            elif reply != self.x_hit + b"END\r\n":
                raise Wrong(f"probe: {reply!r}")
        return self.x_took, self.x_late

    def store(self):
        reply = self.x_wire.ask(b"set %s 0 0 %d\r\n%s\r\n" % (KEY, BYTES, self.x_value))
        if reply not in (b"STORED\r\n", b"SERVER_ERROR out of memory storing object\r\n"):
            raise Wrong(f"probe: {reply!r}")


def serve(pipe, address):
    """The process's main function; anything that comes by the pipe ends it."""
    try:
        pipe.send(("done", Probe(address).run(pipe.poll)))
    except (Wrong, Closed, TimeoutError, ConnectionError) as fault:
        pipe.send(("wrong", f"probe: {type(fault).__name__}: {fault}"))
    except KeyboardInterrupt:
        pass
    except BaseException:  # the tool itself
        pipe.send(("wrong", traceback.format_exc()))
