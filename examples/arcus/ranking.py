#!/usr/bin/python3
# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A game's ranking: who is how high, who is next to whom, and the ten best.

    rank:game    b+tree   [ score │ who was earlier ] → player      one bkey orders both
    rank:bkeys   map      player → the bkey that it has there

    new score    mop upsert, bop delete of the old bkey, bop insert of the new one: one pipe
    my rank      bop position rank:game <bkey> desc
    around me    bop pwg rank:game <bkey> desc 3
    top ten      bop gbp rank:game desc 0..9
"""
import bisect

from client import Element
from program import Stopwatch, check, forget, new_parser, run

PREFIX = "rank"
GAME = f"{PREFIX}:game"
BKEYS = f"{PREFIX}:bkeys"
EARLIER_BITS = 32
MOST_SCORE = 1_000_000
TOP = 10
AROUND = 3


class Ranking:
    """What the ranking must be."""

    def __init__(self):
        self.x_changes = 0
        self.bkeys = {}  # {player: bkey}
        self.order = []  # [Element], the lowest first

    def next_bkey(self, score):
        """Of two with equal scores, the one who had it first is higher."""
        self.x_changes += 1
        return score << EARLIER_BITS | (2**EARLIER_BITS - self.x_changes)

    def change(self, player, bkey):
        """→ the bkey that it had."""
        old = self.bkeys.get(player)
        if old is not None:
            del self.order[bisect.bisect_left(self.order, Element(old, b""))]
        self.bkeys[player] = bkey
        bisect.insort(self.order, Element(bkey, player.encode()))
        return old

    def position(self, player):
        """0 is the best."""
        at = bisect.bisect_left(self.order, Element(self.bkeys[player], b""))
        return len(self.order) - 1 - at

    def places(self, first, last):
        """From `first` to `last`, both included, where they are within the ranking."""
        return [self.order[-1 - place]
                for place in range(max(first, 0), min(last + 1, len(self.order)))]


def report_score(client, watch, ranking, player, score):
    bkey = ranking.next_bkey(score)
    old = ranking.change(player, bkey)
    digits = str(bkey).encode()
    commands = [(f"mop upsert {BKEYS} {player} {len(digits)}", digits)]
    if old is not None:
        commands.append((f"bop delete {GAME} {old}", None))
    commands.append((f"bop insert {GAME} {bkey} {len(player)}", player.encode()))
    wanted = ["STORED", "STORED"] if old is None else ["REPLACED", "DELETED", "STORED"]
    statuses = watch.time(client.pipe, commands)
    check(statuses == wanted, f"a score of {player}: {statuses}")


def play(client, ranking, lot, options):
    players = [f"player{number:06}" for number in range(options.players)]
    lot.shuffle(players)
    for what, turns in (("first scores, by pipes of 2", players),
                        ("new scores, by pipes of 3", lot.choices(players, k=options.scores))):
        watch = Stopwatch(client)
        for player in turns:
            report_score(client, watch, ranking, player, lot.randrange(MOST_SCORE))
        watch.tell(what)


def ask_positions(client, ranking, lot, count):
    players = lot.choices(list(ranking.bkeys), k=count)
    watch = Stopwatch(client)
    for player in players:
        reply = watch.time(client.ask, f"bop position {GAME} {ranking.bkeys[player]} desc")
        check(reply == f"POSITION={ranking.position(player)}", f"{player}: {reply}")
    watch.tell("positions")


def ask_neighbours(client, ranking, lot, count):
    """As a client does that knows nothing but the player's name."""
    players = lot.choices(list(ranking.bkeys), k=count)
    bkeys, neighbours = Stopwatch(client), Stopwatch(client)
    for player in players:
        bkey = bkeys.time(client.fields, BKEYS, [player])[player].decode()
        found = neighbours.time(client.neighbours, f"bop pwg {GAME} {bkey} desc {AROUND}")
        at = ranking.position(player)
        check(found.position == at, f"{player}: position {found.position} and not {at}")
        check(found.elements == ranking.places(at - AROUND, at + AROUND), f"around {player}")
        check(found.elements[found.index].value.decode() == player, f"index of {player}")
    bkeys.tell("bkeys by a player's name")
    neighbours.tell(f"positions with {AROUND} neighbours on each side")


def ask_top(client, ranking, count):
    wanted = ranking.places(0, TOP - 1)
    watch = Stopwatch(client)
    for _ in range(count):
        found = watch.time(client.elements, f"bop gbp {GAME} desc 0..{TOP - 1}")
        check(found == wanted, f"top {TOP}: {found} and not {wanted}")
    watch.tell(f"top {TOP}")
    for place, element in enumerate(wanted[:3], start=1):
        print(f"  {place}. {element.value.decode()} with {element.bkey >> EARLIER_BITS}")


def example(client, options, lot):
    forget(client, PREFIX)
    client.must("CREATED", f"bop create {GAME} 0 0 {options.players} error")
    client.must("CREATED", f"mop create {BKEYS} 0 0 {options.players}")
    ranking = Ranking()
    play(client, ranking, lot, options)
    ask_positions(client, ranking, lot, options.asks)
    ask_neighbours(client, ranking, lot, options.asks)
    ask_top(client, ranking, options.asks)
    size = client.prefix_bytes(PREFIX)
    check(size > 0, "the prefix has no size")
    print(f"{options.players} players: {size} bytes, {size / options.players:.1f} each, "
          "b+tree and map together")


if __name__ == "__main__":
    PARSER = new_parser(__doc__)
    PARSER.add_argument("--players", type=int, default=20_000, help="up to 50,000")
    PARSER.add_argument("--scores", type=int, default=20_000, help="that change")
    PARSER.add_argument("--asks", type=int, default=5000, help="of each kind")
    run(PARSER, example)
