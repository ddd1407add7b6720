# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What a server of the Arcus dialect answers where the recordings of 1.15.0 ask nothing.

    Row(name, why, (send, reply), (send, reply), ...)     each reply is all that comes

Line ends are written `\\n` and sent as `\\r\\n`, with one behind the last line; an empty reply is
silence. Every row finds an empty server. The rules are the documented ones of arcus-memcached and
those that the recordings show; a comment says where a row has to assume one.
"""
import typing

FORMAT = "CLIENT_ERROR bad command line format"
NO_COMMAND = "ERROR no matching command"
BAD_VALUE = "CLIENT_ERROR bad value"
BAD_CHUNK = "CLIENT_ERROR bad data chunk"
TOO_LARGE = "CLIENT_ERROR too large value"

KINDS = ("kv", "lop", "sop", "mop", "bop")
CREATE = {"kv": "set kv 0 0 1\nv", "lop": "lop create lop 0 0 0", "sop": "sop create sop 0 0 0",
          "mop": "mop create mop 0 0 0", "bop": "bop create bop 0 0 0"}
TYPES = {"kv": "kv", "lop": "list", "sop": "set", "mop": "map", "bop": "b+tree"}


class Row(typing.NamedTuple):
    name: str
    why: str
    exchanges: tuple
    changes_settings: bool = False      # wants a server of its own


def row(name, why, *exchanges, changes_settings=False):
    return Row(name, why, exchanges, changes_settings)


def created(kind):
    return CREATE[kind], "STORED" if kind == "kv" else "CREATED"


def block_of(size):
    return "e" * size


def attribute(key, name, value):
    return f"getattr {key} {name}", f"ATTR {name}={value}\nEND"


# Commands of each type that need no more than the key; what they answer is in the rows below.
COMMANDS = {
    "lop": ["lop insert {} 0 1\nx", "lop get {} 0", "lop get {} 0..-1 drop", "lop delete {} 0"],
    "sop": ["sop insert {} 1\nx", "sop exist {} 1\nx", "sop get {} 0", "sop get {} 1 delete",
            "sop delete {} 1\nx"],
    "mop": ["mop insert {} f 1\nx", "mop upsert {} f 1\nx", "mop update {} f 1\nx",
            "mop get {} 1 1\nf", "mop get {} 0 0 drop", "mop delete {} 1 1\nf",
            "mop delete {} 0 0"],
    "bop": ["bop insert {} 1 1\nx", "bop upsert {} 1 1\nx", "bop update {} 1 1\nx",
            "bop update {} 1 0x01 -1", "bop delete {} 0..9", "bop get {} 1", "bop get {} 0..9",
            "bop count {} 0..9", "bop incr {} 1 1", "bop decr {} 1 1 5", "bop position {} 1 asc",
            "bop gbp {} asc 0", "bop pwg {} 1 desc 3"],
    "kv": ["set {} 0 0 1\nx", "add {} 0 0 1\nx", "replace {} 0 0 1\nx", "append {} 0 0 1\nx",
           "prepend {} 0 0 1\nx", "cas {} 0 0 1 5\nx", "incr {} 1", "decr {} 1",
           "incr {} 1 0 0 5"],
}


def wrong_types():
    for made in KINDS:
        for kind in KINDS:
            if made == kind:
                continue
            yield row(f"{kind} on {TYPES[made]}", "a key has one type; only delete takes any",
                      created(made),
                      *((command.format(made), "TYPE_MISMATCH") for command in COMMANDS[kind]),
                      attribute(made, "type", TYPES[made]))
        if made != "bop":
            yield row(f"bop mget and smget on {TYPES[made]}",
                      "mget tells of each key, smget fails as a whole", created(made),
                      (f"bop mget {len(made)} 1 0..9 1\n{made}",
                       f"VALUE {made} TYPE_MISMATCH\nEND"),
                      *((f"bop smget {len(made)} 1 0..9 1{mode}\n{made}", "TYPE_MISMATCH")
                        for mode in ("", " duplicate", " unique")))


def any_type():
    for kind in KINDS:
        yield row(f"{TYPES[kind]} is of any type to these", "delete, touch, setattr, get",
                  created(kind), (f"touch {kind} 0", "TOUCHED"),
                  attribute(kind, "expiretime", 0),
                  (f"setattr {kind} expiretime=0", "OK"),
                  (f"get {kind} nothing", "VALUE kv 0 1\nv\nEND" if kind == "kv" else "END"),
                  (f"delete {kind}", "DELETED"), (f"delete {kind}", "NOT_FOUND"),
                  (f"getattr {kind}", "NOT_FOUND"), created(kind))


def missing_keys():
    for kind in KINDS[1:]:
        yield row(f"{kind} without its key", "without `create` nothing comes to be",
                  *((command.format("none"), "NOT_FOUND") for command in COMMANDS[kind]),
                  ("getattr none", "NOT_FOUND"))


# What an element is put in, looked for and taken out with, of each type.
_PUT = {"lop": "lop insert {} 0 1{}\nx", "sop": "sop insert {} 1{}\nx",
        "mop": "mop insert {} f 1{}\nx", "bop": "bop insert {} 1 1{}\nx"}
_TAKE = {"lop": "lop delete {} 0{}", "sop": "sop delete {} 1{}\nx",
         "mop": "mop delete {} 1 1{}\nf", "bop": "bop delete {} 1{}"}
_GET = {"lop": ("lop get {} 0..-1{}", "VALUE {} 1\n1 x\n{}"),
        "sop": ("sop get {} 0{}", "VALUE {} 1\n1 x\n{}"),
        "mop": ("mop get {} 0 0{}", "VALUE {} 1\nf 1 x\n{}"),
        "bop": ("bop get {} 0..9{}", "VALUE {} 1\n1 1 x\n{}")}


def lives():
    """From nothing to nothing, for each type of collection."""
    for kind in KINDS[1:]:
        ask, answer = _GET[kind]
        put, take = _PUT[kind].format, _TAKE[kind].format
        yield row(f"{kind} with create", "the clause makes the collection, and is read when it is "
                  "there, too",
                  (put("c", " create 7"), "CREATED_STORED"),
                  (ask.format("c", ""), answer.format(7, "END")),
                  attribute("c", "maxcount", 4000), attribute("c", "flags", 7),
                  (ask.format("c", " delete"), answer.format(7, "DELETED")),
                  attribute("c", "count", 0),
                  (put("c", " create 8 0 1"), "STORED"), attribute("c", "flags", 7),
                  (ask.format("c", " drop"), answer.format(7, "DELETED_DROPPED")),
                  ("getattr c", "NOT_FOUND"))
        yield row(f"{kind} in silence", "noreply hides success and refusal, not the effect",
                  (put("n", " noreply"), ""), ("getattr n", "NOT_FOUND"),
                  (put("n", " create 7 0 5 noreply"), ""),
                  (ask.format("n", ""), answer.format(7, "END")),
                  (take("n", " noreply"), ""), attribute("n", "count", 0),
                  (take("n", " noreply"), ""), (put("n", " noreply"), ""),
                  (take("n", " drop noreply"), ""), ("getattr n", "NOT_FOUND"))
        yield row(f"{kind} in a batch", "a batch has one reply, with a status for each command",
                  (f"{put('p', ' create 1 0 0 pipe')}\n{take('p', ' pipe')}\n{take('p', ' pipe')}\n"
                   f"{put('p', ' pipe')}\n{take('p', ' drop pipe')}\n{put('p', '')}",
                   "RESPONSE 6\nCREATED_STORED\nDELETED\nNOT_FOUND_ELEMENT\nSTORED\n"
                   "DELETED_DROPPED\nNOT_FOUND\nEND"))
        yield row(f"{kind} made readable", "unreadable refuses reads; setattr ends it for good",
                  (put("u", " create 2 0 0 unreadable"), "CREATED_STORED"),
                  (ask.format("u", ""), "UNREADABLE"), (ask.format("u", " drop"), "UNREADABLE"),
                  attribute("u", "readable", "off"), ("setattr u readable=on", "OK"),
                  (ask.format("u", ""), answer.format(2, "END")),
                  ("setattr u readable=off", "ATTR_ERROR bad value"),
                  attribute("u", "readable", "on"))
        yield row(f"{kind} of a bad prefix", "the rule is looked at when a prefix is new",
                  (put("-x:1", " create 0 0 0"), "CLIENT_ERROR invalid prefix name"),
                  (f"{kind} create x!y:1 0 0 0", "CLIENT_ERROR invalid prefix name"),
                  (put("-x:1", " create 0 0 0 noreply"), ""), ("getattr -x:1", "NOT_FOUND"))


KEY_VALUE = [
    row("silent stores", "noreply of the verbs that were not recorded with it",
        ("set k 0 0 1\nb", "STORED"), ("append k 0 0 1 noreply\nc", ""),
        ("prepend k 0 0 1 noreply\na", ""), ("get k", "VALUE k 0 3\nabc\nEND"),
        ("replace k 5 0 1 noreply\n9", ""), ("decr k 2 noreply", ""),
        ("get k", "VALUE k 5 1\n7\nEND"), ("replace none 0 0 1 noreply\nx", ""),
        ("append none 0 0 1 noreply\nx", ""), ("decr none 1 noreply", ""),
        ("set -x:k 0 0 1 noreply\nx", ""), ("get none -x:k", "END")),
    row("a silent store that is too large", "swallowed without a word; the old value is gone",
        ("set k 0 0 1\nx", "STORED"), (f"set k 0 0 1048576 noreply\n{block_of(1048576)}", ""),
        ("get k", "END")),
    row("a silent store of another type", "refused without a word",
        ("lop create k 0 0 0", "CREATED"), ("set k 0 0 1 noreply\nx", ""),
        attribute("k", "type", "list")),
    row("mgets as mget", "only hits have a unique number",
        ("mgets 3 1\nabc", "END"), ("mgets 3 3\na b", BAD_VALUE), ("mgets 3 1\na b", BAD_CHUNK),
        ("mgets 0 0", FORMAT)),
    row("mget passes over collections", "as get does",
        ("lop create l 0 0 0", "CREATED"), ("set k 0 0 1\nx", "STORED"),
        ("mget 3 2\nl k", "VALUE k 0 1\nx\nEND")),
    row("a sticky counter", "the initial value comes with flags and a time",
        ("incr k 1 9 -1 100", "100"), attribute("k", "expiretime", -1), attribute("k", "flags", 9),
        ("decr k 1 9 0 100", "99"), attribute("k", "expiretime", -1)),
    row("gat gives and touches", "the original has it compiled out; Larder serves it",
        ("set k 3 100 1\nx", "STORED"), ("gat 0 k none", "VALUE k 3 1\nx\nEND"),
        attribute("k", "expiretime", 0), ("lop create l 0 100 0", "CREATED"),
        # No value to give: assumed to be a miss as of get. It touches any type, as touch does.
        ("gat 0 l", "END"), attribute("l", "expiretime", 0)),
]

ATTRIBUTES = [
    row("fewer than there are", "maxcount cannot be less than the count, of any type",
        *((f"{verb} create {verb} 0 0 9", "CREATED") for verb in KINDS[1:]),
        *((_PUT[verb].format(verb, ""), "STORED") for verb in KINDS[1:]),
        ("lop insert lop 0 1\ny", "STORED"), ("sop insert sop 1\ny", "STORED"),
        ("mop insert mop g 1\ny", "STORED"), ("bop insert bop 2 1\ny", "STORED"),
        *((f"setattr {verb} maxcount={most}", reply) for verb in KINDS[1:]
          for most, reply in ((1, "ATTR_ERROR bad value"), (2, "OK"))),
        *(attribute(verb, "maxcount", 2) for verb in KINDS[1:])),
    # Recorded is the other way: a mortal item cannot be made sticky. Assumed to be the same here.
    row("sticky stays sticky", "-1 of a sticky item is no change",
        ("set k 0 -1 1\nx", "STORED"), ("setattr k expiretime=-1", "OK"),
        attribute("k", "expiretime", -1), ("setattr k expiretime=0", "ATTR_ERROR bad value"),
        ("touch k 0", BAD_VALUE), ("touch k -1", "TOUCHED")),
    row("nothing of a refused line", "all is looked at before anything is set",
        ("bop create b 0 0 5 error", "CREATED"),
        ("setattr b maxcount=6 maxbkeyrange=9 readable=off", "ATTR_ERROR bad value"),
        ("getattr b maxcount maxbkeyrange", "ATTR maxcount=5\nATTR maxbkeyrange=0\nEND"),
        ("setattr b maxcount=6 overflowaction=tail_trim", "ATTR_ERROR bad value"),
        attribute("b", "overflowaction", "error"), attribute("b", "maxcount", 5)),
    row("a bkey range fixes the kind of bkeys", "of an empty tree, too",
        ("bop create b 0 0 0", "CREATED"), ("setattr b maxbkeyrange=0x10", "OK"),
        ("bop insert b 1 1\nx", "BKEY_MISMATCH"), ("bop insert b 0x01 1\nx", "STORED"),
        attribute("b", "minbkey", "0x01")),
    row("attributes of trees in the order of the request", "hex bkeys are told in capitals",
        ("bop insert b 0xab 1 create 4 0 0\nx", "CREATED_STORED"),
        ("bop insert b 0xCd 1\nx", "STORED"),
        ("getattr b maxbkey minbkey count type", "ATTR maxbkey=0xCD\nATTR minbkey=0xAB\n"
         "ATTR count=2\nATTR type=b+tree\nEND")),
]

LISTS = [
    row("both ends of a list that is not full", "0..count and -1..-(count+1) are places",
        ("lop insert l 0 1 create 0 0 0\nb", "CREATED_STORED"), ("lop insert l 1 1\nc", "STORED"),
        ("lop insert l -3 1\na", "STORED"), ("lop insert l 3 1\nd", "STORED"),
        ("lop insert l 5 1\nx", "OUT_OF_RANGE"), ("lop insert l -6 1\nx", "OUT_OF_RANGE"),
        ("lop get l 0..-1", "VALUE 0 4\n1 a\n1 b\n1 c\n1 d\nEND")),
    row("a range around the whole list", "is clipped on both sides, and read backwards",
        ("lop insert l 0 1 create 0 0 0\na", "CREATED_STORED"), ("lop insert l -1 1\nb", "STORED"),
        ("lop get l -20..20", "VALUE 0 2\n1 a\n1 b\nEND"),
        ("lop get l 20..-20", "VALUE 0 2\n1 b\n1 a\nEND"),
        ("lop delete l 2..9", "NOT_FOUND_ELEMENT"),
        ("lop delete l -20..20 drop", "DELETED_DROPPED"),
        ("lop get l 0", "NOT_FOUND")),
    row("a list of one", "a trim leaves the new element",
        ("lop insert l 0 1 create 0 0 1\na", "CREATED_STORED"), ("lop insert l 0 1\nb", "STORED"),
        ("lop insert l -1 1\nc", "STORED"), ("lop insert l 1 1\nd", "OUT_OF_RANGE"),
        ("lop get l 0..-1", "VALUE 0 1\n1 c\nEND")),
]

SETS_AND_MAPS = [
    row("more than a count allows, with 0", "0 is all, however many",
        ("sop create s 0 0 0", "CREATED"),
        ("\n".join(f"sop insert s 4 noreply\n{number:04}" for number in range(1001)), ""),
        ("sop get s 1001", "CLIENT_ERROR invalid: too many count"),
        ("sop get s 1001 delete", "CLIENT_ERROR invalid: too many count"),
        attribute("s", "count", 1001)),
    row("values with line ends and zeros", "the length wins",
        ("sop insert s 5 create 0 0 0\nEND\n", "CREATED_STORED"),
        ("sop exist s 5\nEND\n", "EXIST"), ("sop exist s 3\nEND", "NOT_EXIST"),
        ("sop get s 0", "VALUE 0 1\n5 END\n\nEND")),
    row("a full map", "fields that are there may be replaced, updated and deleted",
        ("mop insert m f 1 create 0 0 1\nx", "CREATED_STORED"),
        ("mop insert m g 1\nx", "OVERFLOWED"), ("mop upsert m g 1\nx", "OVERFLOWED"),
        ("mop upsert m f 1\ny", "REPLACED"), ("mop update m f 1\nz", "UPDATED"),
        ("mop update m g 1\nz", "NOT_FOUND_ELEMENT"), ("mop delete m 3 2\nf g", "DELETED"),
        ("mop upsert m g 1\nx", "STORED")),
    row("fields in the order of the request", "missing ones are passed over",
        ("mop insert m a 1 create 0 0 0\n1", "CREATED_STORED"), ("mop insert m b 1\n2", "STORED"),
        ("mop get m 5 3\nb x a", "VALUE 0 2\nb 1 2\na 1 1\nEND"),
        ("mop get m 3 2 delete\nb x", "VALUE 0 1\nb 1 2\nDELETED"),
        ("mop get m 3 2 drop\na x", "VALUE 0 1\na 1 1\nDELETED_DROPPED")),
]

_TREE = (("bop insert b 1 0x01 1 create 0 0 0\na", "CREATED_STORED"),
         ("bop insert b 2 0x02 1\nb", "STORED"), ("bop insert b 3 1\nc", "STORED"))

TREES = [
    row("filtered deletes", "a filter, a count and drop in one line", *_TREE,
        ("bop delete b 9..0 0 GE 0x01 1", "DELETED"),
        ("bop get b 0..9", "VALUE 0 2\n1 0x01 1 a\n3 1 c\nEND"),
        ("bop delete b 0..9 0 NE 0x01 5 drop", "DELETED"),
        ("bop delete b 0..9 0 EQ 0x01 drop", "DELETED_DROPPED"), ("bop count b 0..9", "NOT_FOUND")),
    row("filtered reads with offset, count and delete", "the offset counts what passes the filter",
        *_TREE, ("bop get b 0..9 0 NE 0xFF 1 1 delete", "VALUE 0 1\n2 0x02 1 b\nDELETED"),
        ("bop get b 0..9 0 NE 0xFF 1 1 delete", "VALUE 0 1\n3 1 c\nDELETED"),
        ("bop get b 0..9 0 NE 0xFF 1 1", "NOT_FOUND_ELEMENT")),
    row("an upsert with create, eflag and silence", "as insert",
        ("bop upsert b 1 0xAB 1 create 6 0 0 noreply\nx", ""),
        ("bop get b 1", "VALUE 6 1\n1 0xAB 1 x\nEND"), ("bop upsert b 1 1 noreply\ny", ""),
        ("bop get b 1", "VALUE 6 1\n1 1 y\nEND")),
    row("counting", "decr with an initial value, silent ones, and the greatest delta",
        ("bop create b 0 0 0", "CREATED"), ("bop decr b 1 5 100 0x0102", "100"),
        ("bop decr b 1 5 noreply", ""), ("bop incr b 1 18446744073709551615", "94"),
        ("bop incr b 1 18446744073709551616", FORMAT), ("bop incr b 2 1 18446744073709551615",
                                                        "18446744073709551615"),
        ("bop get b 0..9", "VALUE 0 2\n1 0x0102 2 94\n2 20 18446744073709551615\nEND")),
    row("an eflag that is changed keeps its length", "bitwise, over any part of it",
        ("bop insert b 1 0x0F0F0F 1 create 0 0 0\nx", "CREATED_STORED"),
        ("bop update b 1 2 ^ 0xFF -1", "UPDATED"), ("bop update b 1 0 & 0x00FF -1", "UPDATED"),
        ("bop get b 1", "VALUE 0 1\n1 0x000FF0 1 x\nEND"),
        ("bop update b 1 2 | 0x0001 -1", "EFLAG_MISMATCH")),
    row("positions of byte strings", "shorter ones come first",
        ("bop insert b 0x01 1 create 0 0 0\na", "CREATED_STORED"),
        ("bop insert b 0x0100 1\nb", "STORED"), ("bop insert b 0x00FF 1\nc", "STORED"),
        ("bop position b 0x0100 asc", "POSITION=2"), ("bop position b 0x0100 desc", "POSITION=0"),
        ("bop gbp b desc 0..1", "VALUE 0 2\n0x0100 1 b\n0x01 1 a\nEND"),
        ("bop mget 1 1 0x00..0xFF 2\nb", "VALUE b OK 0 2\nELEMENT 0x00FF 1 c\nELEMENT 0x01 1 a\n"
         "END")),
    row("smget of one tree", "is its own range", *_TREE,
        ("bop smget 1 1 9..2 5 unique\nb", "ELEMENTS 2\nb 0 3 1 c\nb 0 2 0x02 1 b\nMISSED_KEYS 0\n"
         "TRIMMED_KEYS 0\nEND")),
]

OPERATIONS = [
    row("batches beyond their limit", "500 commands are done; the rest up to the first without "
        "`pipe` is swallowed",
        ("sop create s 0 0 0", "CREATED"),
        ("\n".join(f"sop insert s 3 pipe\n{number:03}" for number in range(600))
         + "\nsop insert s 3\nend",
         "RESPONSE 500\n" + 500 * "STORED\n" + "PIPE_ERROR command overflow"),
        attribute("s", "count", 500)),
    row("prefixes", "one level; flushed by name",
        ("set a:b:c 0 0 1\nx", "STORED"), ("set a:d 0 0 1\nx", "STORED"),
        ("set ab 0 0 1\nx", "STORED"), ("flush_prefix a:b", "NOT_FOUND"),
        ("flush_prefix a", "OK"), ("get a:b:c a:d ab", "VALUE ab 0 1\nx\nEND"),
        ("flush_prefix ab", "NOT_FOUND")),
    row("collections are flushed as well", "by prefix and all",
        *((f"{verb} create a:{verb} 0 0 0", "CREATED") for verb in KINDS[1:]),
        ("flush_prefix a noreply", ""),
        *((f"getattr a:{verb}", "NOT_FOUND") for verb in KINDS[1:]),
        *((f"{verb} create {verb} 0 0 0", "CREATED") for verb in KINDS[1:]),
        ("flush_all noreply", ""), *((f"getattr {verb}", "NOT_FOUND") for verb in KINDS[1:])),
    row("dumps that cannot be", "the reason is in the log",
        ("dump start key /no/such/folder/dump",
         "SERVER_ERROR failed. refer to the reason in server log.")),
    row("scrub", "works beside the server",
        ("scrub", "OK")),
]

ROWS = [*wrong_types(), *any_type(), *missing_keys(), *lives(), *KEY_VALUE, *ATTRIBUTES, *LISTS,
        *SETS_AND_MAPS, *TREES, *OPERATIONS]
