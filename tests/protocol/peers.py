# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Larder and Debian's memcached in the same random conversation: how both are started, and many
of them from the command line."""
import argparse
import sys

import larder_process

SEEDS = range(1, 9)
BATCHES = 150 // larder_process.SLOW
MEMORY_MB = 1024    # nothing may be evicted
# Its background threads hold items for a moment, which changes what a count does to them.
CALM = ("-o", "no_lru_maintainer,no_lru_crawler")


class Difference(AssertionError):
    pass


def start(maker, backend, *args):
    return maker(backend, *args, *(CALM if backend == "memcached" else ()), memory_mb=MEMORY_MB)


def main(doc, compare, *args):
    """compare(server, peer, seed, batches) raises Difference; both are started with `args`."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many, counting up")
    parser.add_argument("--batches", type=int, default=BATCHES)
    parser.add_argument("--backend", choices=["uring", "epoll", "memcached"],
                        default=larder_process.BACKENDS[0])
    given = parser.parse_args()
    try:
        with start(larder_process.Server, "memcached", *args) as theirs, \
                start(larder_process.Server, given.backend, *args) as ours:
            for seed in range(given.seed, given.seed + given.seeds):
                compare(ours, theirs, seed, given.batches)
    except Difference as difference:
        sys.exit(str(difference))
    print(f"{given.seeds} conversations of {given.batches} batches: no difference")
