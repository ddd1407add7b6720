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

_PIPELINED = ("memcached refuses a dump that came in one packet with what was asked before it, and "
              "takes it when it came in the next. Replies must not depend on packets: we dump.")

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
    ("text-dump", "metadump-piped",
     "VALUE only 0 4\r\nword\r\nEND\r\n"
     "OK\r\nkey=only exp=-1 la=1795171013 cas=2 fetch=yes cls=1 size=67 flags=0 \nEND\r\n",
     _PIPELINED),
]

# What may differ in replies of ours where nothing may in the recorded ones.
VOLATILE = {("text-dump", "metadump-piped"): ("cas", "time", "slab")}

# (group, case or * for all of it, reason). They are not sent at all.
EXCLUDED = []
