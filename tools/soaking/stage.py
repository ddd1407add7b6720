# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""One server and its clients.

    coordinator ──tells── workers (churn, scripted steps)      rude clients      larder bench
         │                    │                                    │                  │
         └─ Rss, processes ───┴──────────────► server ◄────────────┴──────────────────┘
                                                 ▲
                                               probe

tick() is the coordinator's only wait: whatever goes wrong anywhere ends the soak there.
"""
import contextlib
import multiprocessing.connection
import random
import sys
import time

from larder_process import Server, ServerFault
from wire import Wire

from soaking import probe, rude, worker
from soaking.lane import SLACK_S
from soaking.memory import Memory
from soaking.shared import FORK, Shared, Tally, total
from soaking.values import MIB, Wrong
from soaking.volume import Volume

LOOPS = 4
WORKERS = 2
LANES = 3               # of a worker
ANSWER_S = 60.0         # a worker's longest step, with its replies
PROGRESS_S = 10.0
TICK_S = 0.1
SLICE_S = 1.0           # of random commands, before the coordinator is asked again
FULL_S = 30.0


class Client:
    """A process and the pipe to it."""

    def __init__(self, serve, *about):
        self.pipe, theirs = FORK.Pipe()
        self.process = FORK.Process(target=serve, args=(theirs, *about), daemon=True)
        self.process.start()
        theirs.close()
        self.answers = []

    def collect(self):
        """Takes what it has said; Wrong if that is a complaint, or if it is gone."""
        try:
            while self.pipe.poll():
                verdict, what = self.pipe.recv()
                if verdict == "wrong":
                    raise Wrong(what)
                self.answers.append(what)
        except (EOFError, ConnectionError) as gone:
            if not self.answers:
                raise Wrong("a client process has ended") from gone

    def stop(self):
        self.process.terminate()
        self.process.join()
        self.pipe.close()


class Stage:
    def __init__(self, options, name, *arguments, item_limit=MIB, evicts=True, keys=8000):
        self.name = name
        self.x_options = options
        self.rng = random.Random(f"{options.seed}/{name}")
        self.rules = worker.Rules(evicts, item_limit, keys, item_limit // 4)
        self.server = Server(options.io, *arguments, memory_mb=options.mb, threads=LOOPS)
        self.shared = Shared(WORKERS * LANES)
        self.x_tallies = []
        self.own = self.tally()     # what the coordinator does itself
        self.workers = []
        self.x_rude = self.x_volume = self.x_probe = None
        self.x_began = self.x_progress = time.monotonic()
        self.took_s = {"lowered": [], "filled": []}
        self.least = {}
        self.volumes = 0        # runs of larder bench

    # ---- from start to end

    def __enter__(self):
        self.server.start()
        self.memory = Memory(self.server, self.x_options.mb * MIB, LOOPS)
        self.x_control = Wire(self.server.address)
        names = range(WORKERS * LANES)
        for number in range(WORKERS):
            self.workers.append(Client(
                worker.serve, self.server.address, f"{self.x_options.seed}/{self.name}/{number}",
                names[number * LANES:(number + 1) * LANES], self.rules, self.shared, self.tally()))
        self.x_probe = Client(probe.serve, self.server.address)
        return self

    def __exit__(self, kind, *_):
        for client in (*self.workers, self.x_probe, self.x_rude):
            if client:
                client.stop()
        if self.x_volume:
            self.x_volume.stop()
        self.x_control.close()
        if kind is None:
            return self.server.stop()
        with contextlib.suppress(ServerFault):  # what has gone wrong first is what is told
            self.server.stop()

    def tally(self):
        self.x_tallies.append(Tally())
        return self.x_tallies[-1]

    def counts(self):
        return total(self.x_tallies)

    def keep_least(self, name, value):
        self.least[name] = min(value, self.least.get(name, value))

    # ---- the only wait

    def tick(self, wait_s=TICK_S):
        clients = [client for client in (*self.workers, self.x_probe, self.x_rude) if client]
        multiprocessing.connection.wait([client.pipe for client in clients], wait_s)
        for client in clients:
            client.collect()
        code = self.server.x_process.poll()
        if code is not None:
            raise Wrong(f"the server has ended with {code}:\n{self.server.stderr()}")
        self.memory.look()
        if self.x_volume:
            self.x_volume.tend()
        if time.monotonic() > self.x_progress + PROGRESS_S:
            self.x_progress = time.monotonic()
            self.say()

    def say(self):
        counts = self.counts()
        elapsed_s = time.monotonic() - self.x_began
        print(f"soak: {self.name}, {elapsed_s:.0f} s: {counts['requests']:,} requests, "
              f"{counts['hits']:,} values ({counts['hit_bytes'] / MIB:,.0f} MiB) verified, "
              f"{counts['stored']:,} stored, {counts['no_memory']:,} and {counts['too_large']:,} "
              f"refused; resident {self.memory.now / MIB:.1f} MiB", file=sys.stderr, flush=True)

    def tick_until(self, is_done, limit_s, what):
        began = time.monotonic()
        while not is_done():
            if time.monotonic() - began > limit_s:
                raise Wrong(f"{what}: not within {limit_s:.0f} s")
            self.tick()
        return time.monotonic() - began

    # ---- what the workers do

    def tell(self, method, *arguments):
        for client in self.workers:
            client.answers.clear()
            client.pipe.send((method, *arguments))

    def have_answered(self):
        return all(client.answers for client in self.workers)

    def ask(self, method, *arguments):
        """All workers at the same time; → their results."""
        self.tell(method, *arguments)
        self.tick_until(self.have_answered, ANSWER_S, f"the workers' `{method}`")
        return [client.answers[0] for client in self.workers]

    def churn_on(self):
        """Another slice of random commands, if the workers have done the last one."""
        if self.have_answered():
            self.tell("churn", time.monotonic() + SLICE_S)

    def churn(self, seconds, event=None, every_s=FULL_S):
        """Random commands, rude clients, volume; event() now and then, while all that goes on."""
        self.x_rude = Client(rude.serve, self.server.address, self.rng.random(), self.rules,
                             self.tally())
        if self.rules.evicts:
            self.x_volume = Volume(self.x_options, self.rng, self.server.port,
                                   self.rules.item_limit)
        self.tell("churn", time.monotonic() + SLICE_S)
        if self.rules.evicts:
            self.fill_up()
        until = time.monotonic() + seconds
        due = time.monotonic() + every_s
        while time.monotonic() < until:
            self.go_on()
            if event and due < time.monotonic() < until - every_s / 2:
                event()
                due = time.monotonic() + every_s
        self.settle()

    def go_on(self):
        self.churn_on()
        self.tick()

    def go_on_until(self, is_done, limit_s, what):
        def done():
            self.churn_on()
            return is_done()
        return self.tick_until(done, limit_s, what)

    def settle(self):
        """Ends the random part."""
        self.tick_until(self.have_answered, ANSWER_S, "the workers' last slice")
        if self.x_volume:
            self.x_volume.stop()
            self.volumes += self.x_volume.runs
            self.x_volume = None
        self.x_rude.pipe.send("end")
        self.tick_until(lambda: self.x_rude.answers, ANSWER_S, "the rude clients' end")
        self.x_rude.stop()
        self.x_rude = None

    # ---- what an operator does

    def control(self, command, expected=b"OK\r\n"):
        reply = self.x_control.ask(command)
        if reply != expected:
            raise Wrong(f"{command!r}: {reply!r}")

    def flush(self, delay_s=0):
        begun = time.monotonic()
        self.control(b"flush_all %d\r\n" % delay_s if delay_s else b"flush_all\r\n")
        self.own.add("flushes")
        slack = SLACK_S if delay_s else 0
        begun, done = begun + delay_s - slack, time.monotonic() + delay_s + slack
        self.shared.flush_was(begun, done)
        return done

    def flush_while_busy(self):
        """A delayed one must have come before the next, which would cancel it."""
        done = self.flush(self.rng.choice((0, 1)))
        self.go_on_until(lambda: time.monotonic() > done, ANSWER_S, "a delayed flush")

    def dip(self, share, hold_s):
        """The limit down and up again, while all goes on."""
        limit_mb = max(8, int(self.x_options.mb * share))
        self.shared.allow_refusals(float("inf"))
        self.control(b"cache_memlimit %d\r\n" % limit_mb)
        self.own.add("dips")
        self.memory.lower(limit_mb * MIB)
        self.took_s["lowered"].append(self.go_on_until(self.memory.is_lowered, 2 * FULL_S, "less"))
        until = time.monotonic() + hold_s
        self.go_on_until(lambda: time.monotonic() > until, ANSWER_S, "a while")
        self.memory.raise_to(self.x_options.mb * MIB)
        self.control(b"cache_memlimit %d\r\n" % self.x_options.mb)
        self.shared.allow_refusals(time.monotonic() + 1)
        self.fill_up()

    def fill_up(self):
        """A soak at the limit is one only when memory is full."""
        self.took_s["filled"].append(
            self.go_on_until(self.memory.is_full, FULL_S, "memory filled by the load"))

    def finish(self):
        """Everybody leaves: what the server has then, with all its memory and with the least."""
        for client in self.workers:
            client.pipe.send(None)
            client.process.join()
            client.stop()
        self.workers = []
        self.x_probe.pipe.send("end")
        self.tick_until(lambda: self.x_probe.answers, ANSWER_S, "the probe's end")
        self.probe_took, self.probe_late = self.x_probe.answers[0]
        self.x_probe.stop()
        self.x_probe = None
        self.x_control.close()
        self.rest = [self.memory.check_rest()]
        if not self.rules.evicts:
            return
        with Wire(self.server.address) as wire:
            wire.ask(b"cache_memlimit 8\r\n")
        self.memory.lower(8 * MIB)
        self.tick_until(self.memory.is_lowered, 2 * FULL_S, "less at the end")
        self.rest.append(self.memory.check_rest())
