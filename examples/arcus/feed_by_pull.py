#!/usr/bin/python3
# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A social feed by pull: each user's posts in an outbox, merged when somebody reads.

    post   bop insert outbox:7 <time> …            one element, whoever follows
    read   bop smget … <newest>..0 20 duplicate    of the outboxes of all that one follows
              outbox:3  ▪  ▪    ▪
              outbox:7    ▪  ▪      ──► the 20 newest of all
              outbox:9  ▪      ▪
    on     from the last one's time on, without those that have been shown

An outbox keeps its newest posts. Where a page might lack older ones, the reply names the outbox
(TRIMMED_KEYS), and they would come from the database.
"""
import network
from client import NEWEST, MergedElement
from program import Stopwatch, check, forget, new_parser, run

PREFIX = "outbox"


def outbox_of(user):
    return f"{PREFIX}:{user:06}"


class Feeds:
    """What the feeds must be."""

    def __init__(self, kept):
        self.x_kept = kept
        self.outboxes = {}  # {user: [MergedElement], the oldest first}
        self.trimmed = set()

    def add(self, post):
        box = self.outboxes.setdefault(post.author, [])
        if box and box[-1].bkey == post.time_ms:
            return False
        box.append(MergedElement(outbox_of(post.author), post.time_ms, post.text))
        if len(box) > self.x_kept:
            del box[0]
            self.trimmed.add(box[0].key)
        return True

    def feed(self, authors):
        """The newest first; of one time, keys backwards."""
        posts = [post for author in authors for post in self.outboxes.get(author, [])]
        return sorted(posts, key=lambda post: (post.bkey, post.key), reverse=True)


def post_all(client, feeds, posts, kept):
    watch = Stopwatch(client)
    for post in posts:
        line = f"bop insert {outbox_of(post.author)} {post.time_ms} {len(post.text)} " \
               f"create 0 0 {kept} smallest_trim"
        reply = watch.time(client.ask, line, post.text)
        # Two of one author at one millisecond: a real service would take the next one.
        wanted = ("STORED", "CREATED_STORED") if feeds.add(post) else ("ELEMENT_EXISTS",)
        check(reply in wanted, f"post {post.number}: {reply}")
    watch.tell("posts")


def next_page(client, keys, page, shown=()):
    """Behind the elements that have been shown."""
    newest = shown[-1].bkey if shown else NEWEST
    again = sum(element.bkey == newest for element in shown)
    merged = client.smget(keys, f"{newest}..0", page + again)
    return merged, [element for element in merged.elements if element not in shown]


def read_pages(client, watch, feeds, authors, page):
    """The first two, and what they must be."""
    keys = [outbox_of(author) for author in authors]
    first, shown = watch.time(next_page, client, keys, page)
    feed = feeds.feed(authors)
    check(shown == feed[:page], f"the first page of {keys}: {shown} and not {feed[:page]}")
    missed = {outbox_of(author) for author in authors if author not in feeds.outboxes}
    check(set(first.missed) == missed, f"missed: {first.missed} and not {missed}")
    check(set(first.trimmed) <= feeds.trimmed, f"trimmed: {first.trimmed}")
    _, more = watch.time(next_page, client, keys, page, shown)
    check(more == feed[len(shown):len(shown) + page], f"the second page of {keys}")
    return first.duplicated


def read_all(client, feeds, follows, lot, options):
    watch = Stopwatch(client)
    duplicated = 0
    for _ in range(options.reads):
        authors = follows[lot.randrange(options.users)]
        duplicated += read_pages(client, watch, feeds, authors, options.page)
    watch.tell(f"pages of {options.page} from {options.follows} outboxes")
    print(f"{duplicated} of {options.reads} first pages have two posts of one time")


def example(client, options, lot):
    forget(client, PREFIX)
    friends = network.Network(lot, options.users, options.follows)
    feeds = Feeds(options.kept)
    post_all(client, feeds, friends.posts(options.posts), options.kept)
    read_all(client, feeds, friends.follows, lot, options)
    kept = sum(map(len, feeds.outboxes.values()))
    size = client.prefix_bytes(PREFIX)
    check(size > 0, "the prefix has no size")
    print(f"{len(feeds.outboxes)} outboxes with {kept} posts: {size} bytes, "
          f"{size / kept:.1f} a post; {len(feeds.trimmed)} have lost older ones")


if __name__ == "__main__":
    PARSER = new_parser(__doc__)
    network.add_options(PARSER)
    PARSER.set_defaults(kept=20)
    run(PARSER, example)
