# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What commands on Arcus' collections cost: in large collections against small ones, and by the
bytes of their replies against a plain multiget.

    one server, filled once ─► round 1: insert small, insert large, get small, get large, …
                               round 2: …                                      ─► medians
"""
import statistics

from comparison import elements as made
from comparison.batches import Connection, in_groups, price_of
from comparison.servers import say, say_progress

MEMORY_MB = 1024
DEPTHS = (50, 1)      # requests in a write
REQUESTS = 10_000     # different ones of each row
LARGE_GOAL = 1.6      # times the price in a small one
BYTES_GOAL = 0.5      # of a plain multiget's bytes for a second of processor time


# ---- large against small

def pairs(key, lot, elements):
    """New elements, and then they go."""
    new = made.tree_elements(lot, REQUESTS)
    groups = [new[at:at + max(DEPTHS)] for at in range(0, len(new), max(DEPTHS))]
    return [batch for group in groups
            for batch in [*(made.insert_into_tree(key, one) for one in group),
                          *(made.delete_from_tree(key, one) for one in group)]]


def tree_gets(key, lot, elements):
    return [made.get_from_tree(key, [lot.choice(elements)]) for _ in range(REQUESTS)]


def tree_positions(key, lot, elements):
    ranks = {element: rank for rank, element in enumerate(sorted(elements))}
    wanted = (lot.choice(elements) for _ in range(REQUESTS))
    return [made.position_in_tree(key, element, ranks[element]) for element in wanted]


def set_looks(key, lot, elements):
    return [made.exists_in_set(key, lot.choice(elements)) for _ in range(REQUESTS)]


def map_gets(key, lot, elements):
    return [made.get_from_map(key, lot.choice(elements)) for _ in range(REQUESTS)]


ROWS = [("bop insert, bop delete", made.TREE, pairs), ("bop get 1", made.TREE, tree_gets),
        ("bop position", made.TREE, tree_positions), ("sop exist", made.SET, set_looks),
        ("mop get 1", made.MAP, map_gets)]


def prepare_sizes(options, connection):
    """{row: {size: requests}}, when all are filled."""
    filled = {}
    for kind in made.WITH_ELEMENTS:
        for size in (options.small, options.large):
            key = f"w:{kind.verb}{size:08}"
            lot = made.new_lot(options.seed, key)
            filled[kind, size] = key, lot, kind.elements(lot, size)
            made.fill(connection, kind, key, filled[kind, size][2], size + max(DEPTHS))
    return {row: {size: prepare(*filled[kind, size]) for size in (options.small, options.large)}
            for row, kind, prepare in ROWS}


def measure_sizes(options, start):
    """{depth: {row: {size: [prices]}}}"""
    prices = {depth: {row: {options.small: [], options.large: []} for row, *_ in ROWS}
              for depth in DEPTHS}
    with start(options, MEMORY_MB) as server, Connection(server) as connection:
        made.allow(connection, options.large + max(DEPTHS))
        requests = prepare_sizes(options, connection)
        for turn in range(options.rounds):
            for depth in DEPTHS:
                for row, of_row in requests.items():
                    say_progress(f"round {turn + 1} of {options.rounds}, {row}, depth {depth}")
                    for size, batches in of_row.items():
                        prices[depth][row][size].append(price_of(
                            server, connection, in_groups(batches, depth), options.seconds))
    return prices


def cpu_of(prices):
    return statistics.median(price.cpu_ns for price in prices)


def print_sizes(options, prices):
    """→ {depth: {row: figures}}"""
    figures = {}
    for depth, rows in prices.items():
        say(f"\nCPU of a request, {depth} in a write, ns")
        say(f"  {'':24}{options.small:>10}{options.large:>10}{'ratio':>9}{'(least to most)':>19}"
            f"{'goal':>7}")
        figures[depth] = {}
        for row, sizes in rows.items():
            small, large = sizes[options.small], sizes[options.large]
            ratios = [b.cpu_ns / a.cpu_ns for a, b in zip(small, large)]
            ratio = statistics.median(ratios)
            figures[depth][row] = {"small_ns": cpu_of(small), "large_ns": cpu_of(large),
                                   "ratio": ratio, "least": min(ratios), "most": max(ratios)}
            spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
            say(f"  {row:24}{cpu_of(small):10.0f}{cpu_of(large):10.0f}{ratio:9.2f}{spread:>19}"
                f"{LARGE_GOAL:7.1f}{'' if ratio <= LARGE_GOAL else '   missed'}")
    return figures


# ---- bytes of replies

GOT = 50                 # elements of a bop get
SMGET_KEYS = 100
SMGET_ELEMENTS = 20      # of each
TREES = 10               # that bop get asks, of 5000 elements; smget asks other ones
BIG_REQUESTS = 200       # different ones of each row
KEY_BYTES = 10


def plain_line_bytes(value_bytes):
    return len(f"VALUE {'k' * KEY_BYTES} 0 {value_bytes}\r\n\r\n") + value_bytes


def value_for(line_bytes):
    """As long as makes a hit of a get so many bytes."""
    return "v" * next(size for size in range(line_bytes) if plain_line_bytes(size) == line_bytes)


def key_of(name, number):
    return f"{name}{number:0{KEY_BYTES - len(name)}}"


def prepare_tree_gets(connection, lot):
    batches = []
    for number in range(TREES):
        key, elements = key_of("t:", number), made.tree_elements(lot, 5000)
        made.fill(connection, made.TREE, key, elements, 5000)
        elements.sort()
        for _ in range(BIG_REQUESTS // TREES):
            at = lot.randrange(len(elements) - GOT)
            batches.append(made.get_from_tree(key, elements[at:at + GOT]))
    return batches


def prepare_smgets(connection, lot):
    trees = {key_of("s:", number): made.tree_elements(lot, SMGET_ELEMENTS)
             for number in range(20 * SMGET_KEYS)}
    for key, elements in trees.items():
        made.fill(connection, made.TREE, key, elements, SMGET_ELEMENTS)
    return [made.smget({key: trees[key] for key in lot.sample(list(trees), SMGET_KEYS)})
            for _ in range(BIG_REQUESTS // 4)]


def prepare_multigets(connection, lot, name, keys, value, at_once, requests):
    names = [key_of(name, number) for number in range(keys)]
    made.send_all(connection, (made.set_value(key, value) for key in names))
    return [made.multiget(dict.fromkeys(lot.sample(names, at_once), value))
            for _ in range(requests)]


def prepare_bytes(options, connection):
    """{row: (requests, the row that it is held against)}"""
    lot = made.new_lot(options.seed, "bytes")
    element = len(made.tree_line(made.tree_elements(lot, 1)[0]))
    merged = KEY_BYTES + len(" 0 ") + element
    whole = SMGET_KEYS * SMGET_ELEMENTS
    return {
        f"get of {GOT} keys":
            (prepare_multigets(connection, lot, "g:", 50_000, value_for(element), GOT,
                               BIG_REQUESTS), None),
        f"bop get of {GOT}": (prepare_tree_gets(connection, lot), f"get of {GOT} keys"),
        f"get of {whole} keys":
            (prepare_multigets(connection, lot, "h:", 40_000, value_for(merged), whole,
                               BIG_REQUESTS // 4), None),
        f"bop smget of {SMGET_KEYS} x {SMGET_ELEMENTS}":
            (prepare_smgets(connection, lot), f"get of {whole} keys"),
        f"get of {SMGET_KEYS} keys":
            (prepare_multigets(connection, lot, "l:", 2000, value_for(SMGET_ELEMENTS * merged),
                               SMGET_KEYS, BIG_REQUESTS // 4), None),
    }


def measure_bytes(options, start):
    """{row: [prices]}, {row: the row that it is held against}"""
    with start(options, MEMORY_MB) as server, Connection(server) as connection:
        rows = prepare_bytes(options, connection)
        prices = {row: [] for row in rows}
        for turn in range(options.rounds):
            for row, (batches, _) in rows.items():
                say_progress(f"round {turn + 1} of {options.rounds}, {row}")
                prices[row].append(price_of(server, connection, batches, options.seconds))
    return prices, {row: against for row, (_, against) in rows.items()}


def rate_of(prices):
    return statistics.median(price.bytes_per_cpu_s() for price in prices)


def print_bytes(prices, against):
    """→ {row: figures}"""
    say("\nbytes of replies for a second of the server's processor time, one request in a write")
    say(f"  {'':26}{'CPU':>11}{'bytes':>9}{'MB/s':>9}{'of plain':>10}{'goal':>7}")
    figures = {}
    for row, of_row in prices.items():
        figures[row] = {"cpu_ns": cpu_of(of_row), "reply_bytes": of_row[0].reply_bytes,
                        "bytes_per_cpu_s": rate_of(of_row)}
        end = ""
        if against[row]:
            share = rate_of(of_row) / rate_of(prices[against[row]])
            figures[row]["of_plain"] = share
            end = f"{share:10.2f}{BYTES_GOAL:7.1f}{'' if share >= BYTES_GOAL else '   missed'}"
        say(f"  {row:26}{cpu_of(of_row) / 1e3:8.1f} us{of_row[0].reply_bytes:9.0f}"
            f"{rate_of(of_row) / 1e6:9.0f}{end}")
    return figures


# ---- both

def run_sizes(options, start):
    return print_sizes(options, measure_sizes(options, start))


def run_bytes(options, start):
    return print_bytes(*measure_bytes(options, start))
