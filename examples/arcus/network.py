# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A small social network, the same for both feeds: who follows whom, and who posts what when."""
import collections
from typing import NamedTuple

FIRST_POST_MS = 1_700_000_000_000


class Post(NamedTuple):
    number: int   # each its own, later posts have greater ones
    time_ms: int  # several may have the same
    author: int
    text: bytes


class Network:
    def __init__(self, lot, users, follows):
        self.users = range(users)
        self.x_lot = lot
        # Few are followed by many: who comes first in a shuffled row is drawn more often.
        row = list(self.users)
        lot.shuffle(row)
        self.follows = {user: self.x_draw(row, user, follows) for user in self.users}
        self.followers = collections.defaultdict(list)
        for user, authors in self.follows.items():
            for author in authors:
                self.followers[author].append(user)

    def x_draw(self, row, user, count):
        drawn = set()
        while len(drawn) < min(count, len(row) - 1):
            author = row[int(len(row) * self.x_lot.random() ** 2)]
            if author != user:
                drawn.add(author)
        return sorted(drawn)

    def posts(self, count):
        time_ms = FIRST_POST_MS
        for number in range(1, count + 1):
            time_ms += self.x_lot.choice((0, 1, 1, 5, 40))
            author = self.x_lot.choice(self.users)
            yield Post(number, time_ms, author, b"post %d of user %d" % (number, author))


def add_options(parser):
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--follows", type=int, default=100, help="users that each one follows")
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--reads", type=int, default=2000, help="of the newest page of a feed")
    parser.add_argument("--page", type=int, default=20, help="posts")
    parser.add_argument("--kept", type=int, default=100, help="posts of an outbox or inbox")
