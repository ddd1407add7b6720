#!/usr/bin/python3
# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A social feed by push: a post goes to the inbox of each follower at once, by pipe.

    post   bop insert inbox:3 <number> … create 0 0 100 smallest_silent_trim pipe
           bop insert inbox:9 <number> … create 0 0 100 smallest_silent_trim pipe     up to 500
           bop insert inbox:4 <number> … create 0 0 100 smallest_silent_trim          commands
              ◄── RESPONSE 3 / STORED / CREATED_STORED / STORED / END
    read   bop get inbox:3 <newest>..0 20

An inbox keeps its newest posts: a full one loses its oldest when another comes. What the pull does
when a feed is read, this does when something is posted, and it takes an element for each follower.
"""
import collections

import network
from client import NEWEST, Element
from program import Stopwatch, check, forget, new_parser, run

PREFIX = "inbox"


def inbox_of(user):
    return f"{PREFIX}:{user:06}"


def deliveries(post, followers, kept):
    return [(f"bop insert {inbox_of(user)} {post.number} {len(post.text)} "
             f"create 0 0 {kept} smallest_silent_trim", post.text) for user in followers]


def post_all(client, inboxes, friends, options):
    """`inboxes` becomes {user: what must be in it}."""
    watch = Stopwatch(client)
    delivered = 0
    for post in friends.posts(options.posts):
        followers = friends.followers[post.author]
        statuses = watch.time(client.pipe, deliveries(post, followers, options.kept))
        for user, status in zip(followers, statuses, strict=True):
            wanted = "STORED" if inboxes[user] else "CREATED_STORED"
            check(status == wanted, f"post {post.number} to {inbox_of(user)}: {status}")
            inboxes[user].append(Element(post.number, post.text))
        delivered += len(followers)
    watch.tell(f"posts, each to {delivered / options.posts:.1f} inboxes")


def read_all(client, inboxes, lot, options):
    watch = Stopwatch(client)
    for _ in range(options.reads):
        user = lot.randrange(options.users)
        line = f"bop get {inbox_of(user)} {NEWEST}..0 {options.page}"
        page = watch.time(client.elements, line)
        wanted = list(reversed(inboxes[user]))[:options.page]
        check(page == wanted, f"{inbox_of(user)}: {page} and not {wanted}")
    watch.tell(f"pages of {options.page} from an inbox")


def example(client, options, lot):
    forget(client, PREFIX)
    friends = network.Network(lot, options.users, options.follows)
    inboxes = collections.defaultdict(lambda: collections.deque(maxlen=options.kept))
    post_all(client, inboxes, friends, options)
    read_all(client, inboxes, lot, options)
    kept = sum(map(len, inboxes.values()))
    for user in inboxes:
        reply = client.ask(f"bop count {inbox_of(user)} 0..{NEWEST}")
        check(reply == f"COUNT={len(inboxes[user])}", f"{inbox_of(user)}: {reply}")
    size = client.prefix_bytes(PREFIX)
    check(size > 0, "the prefix has no size")
    print(f"{len(inboxes)} inboxes with {kept} posts: {size} bytes, {size / kept:.1f} a post")


if __name__ == "__main__":
    PARSER = new_parser(__doc__)
    network.add_options(PARSER)
    PARSER.set_defaults(posts=2000)
    run(PARSER, example)
