# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Where Larder does not answer as a peer does, and which section decides that it is right.

A row is of a case of edge_cases.py: (case, peer, aspect, ours, the peer's). Where the status or the
requests at the origin (`asked`) differ, what follows from that has no rows of its own.
"""
from typing import NamedTuple

MODIFIED = "Mon, 06 Jan 2020 10:00:00 GMT"


class Row(NamedTuple):
    case: str
    peer: str
    aspect: str     # of an answer; `origin …`: of what the origin saw
    ours: str
    theirs: str
    section: str
    why: str


class General(NamedTuple):
    peer: str
    aspect: str
    theirs: str     # whatever ours is
    section: str
    why: str


GENERAL = [General("nginx", "age", "", "RFC 9111 5.1", "what comes from a store has an age")]

DIFFERENCES = []


def decided_by(section, why, *rows):
    DIFFERENCES.extend(Row(*row, f"RFC {section}", why) for row in rows)


# ---- methods

decided_by("9110 9.1", "methods are told apart by their case, and may be any token",
           ("a method in small letters", "nginx", "status", "200", "400"),
           ("a method in small letters", "nginx", "asked", "get", ""))
decided_by("9110 9.3.2", "a proxy passes on the method that it was sent",
           ("HEAD", "nginx", "asked", "HEAD", "GET"),
           ("a body to HEAD is promised", "nginx", "asked", "HEAD", "GET"))

# ---- what is stored

decided_by("9111 5.2.2.10", "s-maxage is what counts here, and is longer",
           ("s-maxage", "haproxy", "asked", "GET", "GET GET"),
           ("s-maxage", "haproxy", "age", "- | 0", ""))
decided_by("9111 4.2.2", "a time since Last-Modified may stand for what is not said",
           ("last modified long ago", "nginx", "asked", "GET", "GET GET"))
decided_by("9111 7.3", "Set-Cookie is no reason to store a response, or not to",
           ("Set-Cookie", "nginx", "asked", "GET", "GET GET"))
decided_by("9111 3.5", "an answer to Authorization is for others only where it says so",
           ("Authorization", "nginx", "asked", "GET GET", "GET"),
           ("Authorization and public", "haproxy", "asked", "GET", "GET GET"),
           ("Authorization and public", "haproxy", "age", "- | 0", ""))
decided_by("9111 5.1", "the age that a response came with is passed on",
           ("an age on the way", "haproxy", "age", "40 | 40", "- | 40"))
decided_by("9111 4.2.3", "a response that was old when it came is not fresh",
           ("too old already", "nginx", "asked", "GET GET", "GET"))
for name in ("404", "410", "301", "500", "204"):
    decided_by("9111 3", "any final status may be stored for as long as it says",
               (f"{name} for a while", "haproxy", "asked", "GET", "GET GET"),
               (f"{name} for a while", "haproxy", "age", "- | 0", ""))
decided_by("9111 4.1", "what was selected by another field is for others",
           ("Vary", "haproxy", "asked", "GET GET", "GET"),
           ("Vary", "haproxy", "body", "gzip | br | gzip", "gzip | gzip | gzip"),
           ("Vary", "haproxy", "content-length", "4 | 2 | 4", "4 | 4 | 4"),
           ("Vary", "haproxy", "age", "- | - | 0", "- | 0 | 0"))
decided_by("9111 4.4", "a change by POST takes what is stored away",
           ("POST makes it another", "nginx", "asked", "GET POST GET", "GET POST"))

# ---- what clients say of it

decided_by("9111 5.2.1.4", "no-cache asks for a validation",
           ("no-cache from the client", "nginx", "asked", "GET GET", "GET"))
decided_by("9111 5.2.1.1", "max-age=0 asks for what is no older",
           ("max-age=0 from the client", "nginx", "asked", "GET GET", "GET"))
decided_by("9111 5.2.1.5", "no-store asks that nothing is kept",
           ("no-store from the client", "nginx", "asked", "GET GET", "GET"))
for peer in ("nginx", "haproxy"):
    decided_by("9111 5.2.1.7", "only-if-cached asks nobody else",
               ("only-if-cached", peer, "status", "504", "200"),
               ("only-if-cached", peer, "asked", "", "GET"))

# ---- validation

decided_by("9111 4.3.1", "what is stored and has a validator is validated by it",
           ("no-cache", "nginx", "origin if-none-match", '- | "a"', ""),
           ("no-cache", "haproxy", "origin if-none-match", '- | "a"', ""),
           ("no-cache", "haproxy", "age", "- | 0", ""),
           ("no-cache from the client", "haproxy", "origin if-none-match", '- | "v1"', ""),
           ("no-cache from the client", "haproxy", "origin if-modified-since",
            f"- | {MODIFIED}", ""),
           ("max-age=0 from the client", "haproxy", "origin if-none-match", '- | "v1"', ""),
           ("max-age=0 from the client", "haproxy", "origin if-modified-since",
            f"- | {MODIFIED}", ""),
           ("revalidated", "nginx", "status", "200 | 200 | 304", "200 | 200 | 200"),
           ("revalidated", "nginx", "origin if-none-match", '- | "a" | "a"', ""),
           ("revalidated", "haproxy", "origin if-none-match", '- | "a" | "a"', '- | - | "a"'),
           ("revalidated", "haproxy", "age", "- | 0 | 0", ""))
for name in ("the validator of what is stored", "a weak form of it", "several validators",
             "any validator", "not modified since", "since a later day"):
    decided_by("9110 8.6", "304 may say a length, and need not",
               (name, "haproxy", "content-length", "20 | -", "20 | 20"))
decided_by("9110 13.1.3", "a later day than Last-Modified is as good as the same",
           ("since a later day", "nginx", "status", "200 | 304", "200 | 200"))
decided_by("9111 4.3.2", "If-Match is for the origin to judge",
           ("If-Match of the origin", "nginx", "origin if-match", '"v9"', ""))

# ---- ranges

for peer in ("nginx", "haproxy"):
    for name in ("the first bytes", "the last bytes", "from a byte on", "beyond the end",
                 "a range if it is the same"):
        decided_by("9110 14.2", "a range of what is stored is served",
                   (name, peer, "status", "200 | 206", "200 | 200"))
    decided_by("9110 15.5.17", "a range behind the end is not there",
               ("behind the end", peer, "status", "200 | 416", "200 | 200"))
decided_by("9110 14.2", "an origin may be asked for the range of what is passed on",
           ("a range of what may not be stored", "nginx", "origin range", "- | bytes=0-4", ""))

# ---- messages

decided_by("9110 6.5.1", "a trailer is passed on to whom asks for it",
           ("trailers", "nginx", "trailers", "[('x-sum', '1')]", ""))
decided_by("9110 10.1.4", "TE is of one connection",
           ("trailers", "haproxy", "origin te", "", "trailers"))
decided_by("9112 7.1", "what ends with the origin's connection goes on in chunks",
           ("until the end of the connection", "haproxy", "end", "", "close"))
decided_by("9112 2.3", "who passes a message on sends a version of its own",
           ("an origin of HTTP/1.0", "haproxy", "version", "HTTP/1.1", "HTTP/1.0"))
decided_by("9110 15.2", "interim responses come before the final one",
           ("early hints", "nginx", "status", "200", "none"),
           ("100 without a question", "nginx", "status", "200", "none"))
decided_by("9110 15.2.1", "whoever has not asked to go on may discard that he may",
           ("100 without a question", "haproxy", "interim", "", "100"))
for peer in ("nginx", "haproxy"):
    decided_by("9110 7.6.1", "what Connection lists, and it itself, goes no further",
               ("fields of the connection", peer, "x-hop", "", "1"),
               ("Connection names a field", peer, "origin x-hop", "", "1"),
               ("a proxy's fields", peer, "origin proxy-connection", "", "keep-alive"))
for name, word in (("Expect", "100-continue"), ("an expectation in capitals", "100-CONTINUE")):
    decided_by("9110 10.1.1", "who takes the body itself says so itself",
               (name, "haproxy", "interim", "100", ""),
               (name, "haproxy", "origin expect", "", word))
decided_by("9112 3.2.1", "an origin is asked by a path",
           ("an absolute target", "haproxy", "origin target",
            "/cc6089243", "http://www.example.com/cc6089243"),
           ("an absolute target with a port", "haproxy", "origin target",
            "/c86c3039e", "http://www.example.com/c86c3039e"))
decided_by("9112 3.2.2", "an absolute target counts, whatever Host says",
           ("an absolute target with a port", "nginx", "origin host",
            "www.example.com:80", "www.example.com"),
           ("an absolute target with a port", "haproxy", "origin host",
            "www.example.com:80", "www.example.com"),
           ("an absolute target of another host", "nginx", "origin host",
            "other.example.com", "www.example.com"),
           ("an absolute target of another host", "haproxy", "status", "200", "400"),
           ("an absolute target of another host", "haproxy", "asked", "GET", ""))
decided_by("9110 5.1", "any token is a name, and unknown fields are passed on",
           ("a name of odd letters", "nginx", "origin x!#$%&'*+-.^`|~1", "a", ""),
           ("an underscore in a name", "nginx", "origin x_a", "1", ""))
for peer in ("nginx", "haproxy"):
    decided_by("6265 5.4", "cookies are one field, with semicolons",
               ("cookies in two fields", peer, "origin cookie", "a=1; b=2", "a=1, b=2"))

# ---- failures

for peer in ("nginx", "haproxy"):
    for name in ("the origin says nothing", "the origin resets"):
        decided_by("9110 9.2.2", "GET may be asked again where a kept connection was gone",
                   (name, peer, "asked", "GET GET", "GET"))
decided_by("9112 4", "what has no status line is no response",
           ("the origin speaks another language", "nginx", "status", "502", "none"))
decided_by("9112 6.3", "a length that is not clear is an error that cannot be mended",
           ("two lengths of the origin", "nginx", "status", "502", "200"),
           ("a length that is none", "nginx", "status", "502", "200"))
decided_by("9112 5", "a line without a colon is no field",
           ("a field without a colon", "nginx", "status", "502", "200"))
