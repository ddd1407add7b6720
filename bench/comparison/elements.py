# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Elements of Arcus' collections, and requests for them with their replies.

    type      verb   element                                                payload
    set       sop    value of 20 bytes                                      20
    map       mop    field of 8 bytes, value of 16                          24
    b+tree    bop    bkey of 8 bytes (a number of 19 digits), value of 16   24

All of a type have the same size, on the wire, too. Names and values come from a seeded `random`.
"""
import dataclasses
import random
from typing import NamedTuple

from comparison.batches import Batch

VALUE_BYTES = 16
LEAST_BKEY = 10**18  # 19 digits
MOST_BKEY = 2**63 - 1
FILL_AT_ONCE = 500
MOST_ELEMENTS = 50_000  # of a collection, unless `config` says otherwise


class Element(NamedTuple):
    name: object  # bkey, field, or of a set the value
    value: str


def value_of(number):
    return f"{number:0{VALUE_BYTES}x}"[-VALUE_BYTES:]


def draw_bkey(lot):
    return lot.randrange(LEAST_BKEY, MOST_BKEY)


def tree_elements(lot, count):
    """In random order. Two equal ones of 2^63 fail the run."""
    return [Element(bkey, value_of(bkey)) for bkey in (draw_bkey(lot) for _ in range(count))]


def set_elements(lot, count):
    return [Element(f"{draw_bkey(lot):020}", "") for _ in range(count)]


def map_elements(lot, count):
    fields = list(range(count))
    lot.shuffle(fields)
    return [Element(f"{field:08}", value_of(field)) for field in fields]


# ---- what is asked

def exchange(line, reply, data=None):
    data = "" if data is None else f"{data}\r\n"
    return Batch(f"{line}\r\n{data}".encode(), f"{reply}\r\n".encode())


def tree_line(element):
    return f"{element.name} {VALUE_BYTES} {element.value}\r\n"


def insert_into_tree(key, element):
    return exchange(f"bop insert {key} {element.name} {VALUE_BYTES}", "STORED", element.value)


def insert_into_set(key, element):
    return exchange(f"sop insert {key} {len(element.name)}", "STORED", element.name)


def insert_into_map(key, element):
    return exchange(f"mop insert {key} {element.name} {VALUE_BYTES}", "STORED", element.value)


def delete_from_tree(key, element):
    return exchange(f"bop delete {key} {element.name}", "DELETED")


def get_from_tree(key, elements):
    """Neighbours of a tree, in its order."""
    line = f"bop get {key} {elements[0].name}..{elements[-1].name} {len(elements)}" \
        if len(elements) > 1 else f"bop get {key} {elements[0].name}"
    return exchange(line, f"VALUE 0 {len(elements)}\r\n{''.join(map(tree_line, elements))}END")


def position_in_tree(key, element, position):
    return exchange(f"bop position {key} {element.name} asc", f"POSITION={position}")


def exists_in_set(key, element):
    return exchange(f"sop exist {key} {len(element.name)}", "EXIST", element.name)


def get_from_map(key, element):
    return exchange(f"mop get {key} {len(element.name)} 1",
                    f"VALUE 0 1\r\n{element.name} {VALUE_BYTES} {element.value}\r\nEND",
                    element.name)


def smget(trees):
    """All of {key: elements}, merged."""
    keys = " ".join(trees)
    merged = sorted((element.name, key, element) for key, elements in trees.items()
                    for element in elements)
    lines = "".join(f"{key} 0 {tree_line(element)}" for _, key, element in merged)
    return exchange(f"bop smget {len(keys)} {len(trees)} 0..{MOST_BKEY} {len(merged)} duplicate",
                    f"ELEMENTS {len(merged)}\r\n{lines}MISSED_KEYS 0\r\nTRIMMED_KEYS 0\r\nEND",
                    keys)


def multiget(values):
    """Of {key: value}."""
    lines = "".join(f"VALUE {key} 0 {len(value)}\r\n{value}\r\n" for key, value in values.items())
    return exchange(f"get {' '.join(values)}", f"{lines}END")


def set_value(key, value):
    return exchange(f"set {key} 0 0 {len(value)}", "STORED", value)


# ---- types

@dataclasses.dataclass(frozen=True)
class Kind:
    name: str
    verb: str
    payload_bytes: int = 0
    elements: object = None  # (lot, count) → [Element]
    insert: object = None    # (key, element) → Batch

    def create(self, connection, key, most):
        connection.command(f"{self.verb} create {key} 0 0 {most}", "CREATED")


TREE = Kind("b+tree", "bop", 8 + VALUE_BYTES, tree_elements, insert_into_tree)
SET = Kind("set", "sop", 20, set_elements, insert_into_set)
MAP = Kind("map", "mop", 8 + VALUE_BYTES, map_elements, insert_into_map)
LIST = Kind("list", "lop")
WITH_ELEMENTS = [TREE, SET, MAP]
ALL = [LIST, SET, MAP, TREE]


def send_all(connection, batches):
    """Many in each write, and nobody looks at the price."""
    requests, replies, count = [], [], 0
    for batch in batches:
        requests.append(batch.requests)
        replies.append(batch.replies)
        count += 1
        if count % FILL_AT_ONCE == 0:
            connection.ask(Batch(b"".join(requests), b"".join(replies)))
            requests, replies = [], []
    connection.ask(Batch(b"".join(requests), b"".join(replies)))


def fill(connection, kind, key, elements, most):
    kind.create(connection, key, most)
    send_all(connection, (kind.insert(key, element) for element in elements))


def allow(connection, most):
    """So many elements in one."""
    if most > MOST_ELEMENTS:
        for name in ("set", "map", "btree"):
            connection.command(f"config max_{name}_size {most}", "END")


def new_lot(*seed):
    return random.Random(" ".join(map(str, seed)))
