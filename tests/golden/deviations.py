# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Where Larder answers otherwise than memcached 1.6.45 was recorded, and what is not built yet.

This is the one list of both. An entry that names no recorded case, or whose reply equals the
recorded one, fails test_golden.py, so that the list cannot rot.
"""

_REFUSED = "CLIENT_ERROR bad command line format\r\n"

_STRAY_LINE = ("memcached sends an empty line behind this error. A client that reads one line per "
               "refusal takes it for the reply to its next command; we send the error alone.")
_TRUNCATION = ("memcached takes numbers beyond 32 bits and drops the upper bits, so that what "
               "comes back is not what was stored. We refuse the line and swallow its payload, as "
               "memcached itself does in the meta commands.")
_MOVED_COUNTER = ("memcached counts first and refuses the opaque afterwards. A refused command "
                  "must not have happened: the number stays.")
_DELETE_ARGUMENT = ("Old clients sent a time to delete; memcached 1.6.45 ignores it without a "
                    "word, 1.6.18 refuses any but 0. We refuse, because the client asks for "
                    "something that it will not get.")
_SWALLOWED_TWICE = ("memcached swallows the key of an unknown opcode twice, and with it the begin "
                    "of the request behind. We answer that request.")

_UNKNOWN_OPCODE = "\x81%s\0\0\0\0\0\x81\0\0\0\x0f\1\2\3\4" + 8 * "\0" + "Unknown command"
_NOOP_DONE = "\x81\x0a" + 10 * "\0" + 4 * "\x0f" + 8 * "\0"

# (group, case, our reply, reason)
DEVIATIONS = [
    ("err-oversize", "get-251", _REFUSED, _STRAY_LINE),
    ("err-oversize", "gets-251", _REFUSED, _STRAY_LINE),
    ("err-oversize", "get-251-second", _REFUSED, _STRAY_LINE),
    ("err-oversize", "gat-251", _REFUSED, _STRAY_LINE),
    ("err-oversize", "key-60000", _REFUSED, _STRAY_LINE),
    ("err-oversize", "get-line-3000-end", _REFUSED, _STRAY_LINE),
    ("err-bad-tokens", "set-flags-33bit", _REFUSED + "END\r\n", _TRUNCATION),
    ("err-bad-tokens", "set-exptime-33bit", _REFUSED + "EN\r\n", _TRUNCATION),
    ("err-bad-tokens", "set-exptime-2to31", _REFUSED + "END\r\n", _TRUNCATION),
    ("meta-errors", "ma-opaque-33",
     "STORED\r\nCLIENT_ERROR opaque token too long\r\nVALUE num 0 1\r\n1\r\nEND\r\n",
     _MOVED_COUNTER),
    ("text-delete", "nonzero-arg",
     "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]\r\n",
     _DELETE_ARGUMENT),
    ("bin-bad-opcodes", "1b-body", _UNKNOWN_OPCODE % "\x1b" + _NOOP_DONE, _SWALLOWED_TWICE),
    ("bin-bad-opcodes", "30-rget", _UNKNOWN_OPCODE % "0" + _NOOP_DONE, _SWALLOWED_TWICE),
]

_SLABS = "slabs: page moving between size classes, of which Larder has none"
_LRU = "lru: tuning of memcached's segments, not built yet"
_CRAWLER = "lru_crawler and its dumps, not built yet"
_STATS = "groups of statistics, not built yet"
_WATCH = "log streams, not built yet"

# (group, case or * for all of it, reason). They are not sent at all.
EXCLUDED = [
    ("text-no-dump", "*", _CRAWLER),
    ("text-dump", "*", _CRAWLER),
    ("text-admin", "slabs-reassign-same", _SLABS),
    ("text-admin", "slabs-reassign-bad", _SLABS),
    ("text-admin", "slabs-reassign-nospare", _SLABS),
    ("text-admin", "slabs-automove", _SLABS),
    ("text-admin", "slabs-automove-0", _SLABS),
    ("text-admin", "crawler-disable", _CRAWLER),
    ("text-admin", "crawler-enable", _CRAWLER),
    ("text-admin", "crawler-sleep", _CRAWLER),
    ("text-admin", "crawler-tocrawl", _CRAWLER),
    ("text-admin", "crawl-bad", _CRAWLER),
    ("text-admin", "lru-tune", _LRU),
    ("text-admin", "lru-mode", _LRU),
    ("text-admin", "lru-mode-flat", _LRU),
    ("text-admin", "lru-temp-ttl", _LRU),
    ("text-admin", "lru-temp-ttl-off", _LRU),
    ("err-too-few", "slabs", _SLABS),
    ("err-too-few", "lru", _LRU),
    ("err-too-few", "lru-crawler", _CRAWLER),
    ("err-bad-tokens", "slabs-bad", _SLABS),
    ("err-bad-tokens", "slabs-reassign-text", _SLABS),
    ("err-bad-tokens", "lru-bad", _LRU),
    ("err-bad-tokens", "lru-tune-sum", _LRU),
    ("err-bad-tokens", "lru-mode-bad", _LRU),
    ("err-bad-tokens", "crawler-bad", _CRAWLER),
    ("err-bad-tokens", "crawler-sleep-long", _CRAWLER),
    ("err-bad-tokens", "watch-bad", _WATCH),
    ("err-bad-tokens", "stats-bad", _STATS),
    ("bin-stat", "stat", _STATS),
    ("bin-stat", "settings", _STATS),
    ("bin-stat", "items-empty", _STATS),
    ("bin-stat", "reset", _STATS),
    ("bin-stat", "detail", _STATS),
    ("bin-stat", "detail-dump", _STATS),
    ("bin-stat", "detail-off", _STATS),
]

# What the request of an excluded case must contain, unless its group has options of its own.
EXCLUDED_COMMANDS = ("slabs", "lru", "lru_crawler", "stats", "watch")
EXCLUDED_WITH = ("text-dump", "bin-stat")   # groups of one of them, in part without its name
