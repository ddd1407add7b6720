# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""One `larder bench` after the other: more than Python can ask for, and every byte verified."""
import subprocess

from soaking.values import KIB, Wrong

LONGEST_S = 5


class Volume:
    def __init__(self, options, rng, port, item_limit):
        self.x_larder = str(options.larder)
        self.x_rng = rng
        self.x_port = port
        self.x_limit = item_limit
        self.x_keys_to_fill = options.mb * 6000     # of some 300 bytes
        self.x_process = None
        self.x_command = []
        self.runs = 0

    def sizes(self):
        if self.x_limit < 4 * KIB:
            return self.x_rng.choice(("0-300", "100", f"0-{self.x_limit - 350}"))
        large = f"{self.x_limit // 2}-{self.x_limit - 400}"
        few_large = f"100-2000:{self.x_limit // KIB},{large}:1"
        return self.x_rng.choice((
            "twitter", "0-300:9,1000-70000:1", "10-500", few_large, f"0-{100 * KIB}"))

    def keys(self):
        """So many that they are more than memory holds, most of the time."""
        counts = (2_000, 50_000, 500_000) if self.x_limit > 4 * KIB else (500_000,)
        return self.x_rng.choice(counts)

    def command(self):
        """Keys of a length that no earlier run has had: their values would not be this run's."""
        rng = self.x_rng
        self.runs += 1
        shape = ["--port", self.x_port, "--seed", rng.randrange(1 << 31),
                 "--key-bytes", 20 + self.runs % 220, "--connections", rng.choice((1, 4, 12)),
                 "--protocol", rng.choice(("text", "meta")),
                 "--value-bytes", self.sizes(), "--ttl", rng.choice((0, 0, 1, 5))]
        if rng.random() < 0.15:
            return ["fill", *shape, "--keys", min(self.keys(), 50_000), "--rounds", 2,
                    "--order", "random"]
        return [*shape, "--keys", self.keys(), "--no-fill", "--verify",
                "--warmup", 0, "--seconds", rng.uniform(0.5, LONGEST_S),
                "--depth", rng.choice((1, 4, 32)), "--sets", rng.choice((20, 50)),
                "--multiget", rng.choice((1, 1, 20)), "--distribution",
                rng.choice(("uniform", "zipf"))]

    def first_command(self):
        """The rest is churn only once memory is full."""
        return ["fill", "--port", self.x_port, "--keys", self.x_keys_to_fill, "--key-bytes", 19,
                "--connections", 12, "--value-bytes", "50-450"]

    def tend(self):
        """Collects a run that is over, and starts the next one."""
        if self.x_process is not None:
            if self.x_process.poll() is None:
                return
            said, _ = self.x_process.communicate()
            if self.x_process.returncode != 0:
                raise Wrong(f"{' '.join(self.x_command)}\n{said.decode(errors='replace')}")
        what = self.command() if self.x_command else self.first_command()
        self.x_command = [self.x_larder, "bench", *map(str, what)]
        self.x_process = subprocess.Popen(self.x_command, stdin=subprocess.DEVNULL,
                                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def stop(self):
        if self.x_process is not None:
            self.x_process.terminate()
            self.x_process.communicate()
            self.x_process = None
