# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Every limit of the Arcus dialect from both sides, as rows of arcus_transcripts.py.

What the recordings have already is not here: keys of 16001 bytes, elements of 16383 bytes in
inserts, most counts. Limits of the length of a line are in test_arcus_rows.py.
"""
from arcus_transcripts import (BAD_CHUNK, BAD_VALUE, FORMAT, KINDS, NO_COMMAND, TOO_LARGE, TYPES,
                               attribute, block_of, row)

KEY = "k" * 16000
FIELD = "f" * 250
BKEY = "0x" + 31 * "0C"
EFLAG = "0x" + 31 * "AB"
MONTH_S = 30 * 24 * 3600
TOO_LONG_FIELD = "CLIENT_ERROR too long field name"
BAD_PATTERN = "CLIENT_ERROR bad pattern string"
BAD_COUNT = "CLIENT_ERROR bad count value"


def keys(number):
    """That many short ones, as a request has them: their bytes, their number; the block."""
    block = " ".join(f"k{each:05}" for each in range(number))
    return f"{len(block)} {number}", block


# A refused line has no block: what was meant to be one is read as a command.
FORMAT_AND_BLOCK = f"{FORMAT}\n{NO_COMMAND}"


def key_bytes():
    yield row("keys of 16000 bytes", "the longest, of each type and in lists of keys",
              *((f"{kind} create {KEY[1:]}{kind[0]} 0 0 0", "CREATED") for kind in KINDS[1:]),
              *((f"delete {KEY[1:]}{kind[0]}", "DELETED") for kind in KINDS[1:]),
              (f"bop insert {KEY} 1 1 create 0 0 0\nx", "CREATED_STORED"),
              (f"bop mget 16000 1 0..9 1\n{KEY}", f"VALUE {KEY} OK 0 1\nELEMENT 1 1 x\nEND"),
              (f"bop smget 16000 1 0..9 1 unique\n{KEY}", f"ELEMENTS 1\n{KEY} 0 1 1 x\n"
               "MISSED_KEYS 0\nTRIMMED_KEYS 0\nEND"),
              (f"delete {KEY}", "DELETED"), (f"set {KEY} 0 0 1\nx", "STORED"),
              (f"mget 16000 1\n{KEY}", f"VALUE {KEY} 0 1\nx\nEND"))
    yield row("keys of 16001 bytes", "refused where the line tells; in a list when it is read",
              *((f"{kind} create {KEY}x 0 0 0", FORMAT) for kind in KINDS[1:]),
              (f"sop insert {KEY}x 1 create 0 0 0\nx", FORMAT_AND_BLOCK),
              # As fields of 251 bytes in a list are recorded; of keys it is assumed.
              (f"mget 16003 2\n{KEY}x a", BAD_CHUNK),
              (f"bop mget 16003 2 0..9 1\n{KEY}x a", BAD_CHUNK),
              (f"bop smget 16003 2 0..9 1 unique\n{KEY}x a", BAD_CHUNK))


def lists_of_keys():
    for verb, tail, empty in (("mget", "", "END"), ("mgets", "", "END"),
                              ("bop mget", " 0..9 1",
                               "VALUE {} NOT_FOUND\nVALUE {} NOT_FOUND\nEND"),
                              ("bop smget", " 0..9 1", "VALUE 0\nMISSED_KEYS 2\n{}\n{}\nEND")):
        yield row(f"length of the list of {verb}", "n keys have 2n-1 bytes at least (and one is "
                  "given), and n-1 blanks beside their own 16000 at most; the block is swallowed",
                  (f"{verb} 3 2{tail}\na b", empty.format("a", "b")),
                  (f"{verb} 3 3{tail}\na b", BAD_VALUE),
                  (f"{verb} 2 2{tail}\na ", BAD_CHUNK),
                  (f"{verb} 16001 1{tail}\n{KEY}x", BAD_VALUE),
                  (f"{verb} 32001 2{tail}\n{KEY} {KEY}", empty.format(KEY, KEY)),
                  (f"{verb} 32002 2{tail}\n{KEY}x {KEY}", BAD_VALUE))
    for verb in ("mget", "mgets"):
        for number, reply in ((10000, "END"), (10001, BAD_VALUE)):
            head, block = keys(number)
            yield row(f"{verb} of {number} keys", "10000 at most",
                      (f"{verb} {head}\n{block}", reply))
    for number in (10000, 10001):
        head, block = keys(number)
        missed = block.split(" ")
        old = "\n".join(["VALUE 0", f"MISSED_KEYS {number}", *missed, "END"])
        new = "\n".join(["ELEMENTS 0", f"MISSED_KEYS {number}",
                         *(f"{key} NOT_FOUND" for key in missed), "TRIMMED_KEYS 0", "END"])
        for mode, reply in (("", old), (" duplicate", new), (" unique", new)):
            yield row(f"bop smget{mode} of {number} keys", "10000 at most",
                      (f"bop smget {head} 0..9 5{mode}\n{block}",
                       reply if number == 10000 else BAD_VALUE))
    head, block = keys(200)
    yield row("bop mget of 200 keys", "at most; 201 are recorded",
              (f"bop mget {head} 0..9 50\n{block}",
               "\n".join(f"VALUE {key} NOT_FOUND" for key in block.split(" ")) + "\nEND"))


def element_bytes(largest):
    """`largest` is without its line end."""
    fits, more = f"{largest}\n{block_of(largest)}", f"{largest + 1}\n{block_of(largest + 1)}"
    return [
        ("lop insert l 0 1 create 0 0 0\nx", "CREATED_STORED"),
        (f"lop insert l 0 {fits}", "STORED"),
        (f"lop insert l 0 {more}", TOO_LARGE),
        ("sop insert s 1 create 0 0 0\nx", "CREATED_STORED"), (f"sop insert s {fits}", "STORED"),
        (f"sop insert s {more}", TOO_LARGE), (f"sop exist s {fits}", "EXIST"),
        (f"sop exist s {more}", TOO_LARGE), (f"sop delete s {fits}", "DELETED"),
        (f"sop delete s {more}", TOO_LARGE),
        ("mop insert m f 1 create 0 0 0\nx", "CREATED_STORED"),
        (f"mop insert m g {fits}", "STORED"),
        (f"mop insert m h {more}", TOO_LARGE), (f"mop upsert m f {fits}", "REPLACED"),
        (f"mop upsert m f {more}", TOO_LARGE), (f"mop update m f {fits}", "UPDATED"),
        (f"mop update m f {more}", TOO_LARGE),
        ("bop insert b 1 1 create 0 0 0\nx", "CREATED_STORED"),
        (f"bop insert b 2 {fits}", "STORED"),
        (f"bop insert b 3 {more}", TOO_LARGE), (f"bop upsert b 1 0x01 {fits}", "REPLACED"),
        (f"bop upsert b 1 0x01 {more}", TOO_LARGE), (f"bop update b 1 0x02 {fits}", "UPDATED"),
        (f"bop update b 1 0x03 {more}", TOO_LARGE),
        (f"bop insert b 3 {largest + 1} noreply\n{block_of(largest + 1)}", ""),
        ("bop get b 1..1", f"VALUE 0 1\n1 0x02 {largest} {block_of(largest)}\nEND"),
        ("bop count b 0..9", "COUNT=2")]


def elements():
    yield row("elements of 16 KiB", "the line end counts", *element_bytes(16382))
    for limit in (1024, 32768):
        yield row(f"elements of {limit} bytes by config", "the change is in force at once",
                  (f"config max_element_bytes {limit}", "END"),
                  *element_bytes(limit - 2), changes_settings=True)
    yield row("elements that are larger than a new limit", "stay readable; an upsert counts anew",
              (f"bop insert b 1 2000 create 0 0 0\n{block_of(2000)}", "CREATED_STORED"),
              ("config max_element_bytes 1024", "END"),
              ("bop get b 1", f"VALUE 0 1\n1 2000 {block_of(2000)}\nEND"),
              (f"bop upsert b 1 1023\n{block_of(1023)}", TOO_LARGE),
              (f"bop upsert b 1 1022\n{block_of(1022)}", "REPLACED"), changes_settings=True)


def fields():
    yield row("fields of 250 and 251 bytes", "in the line a field has an error of its own, in a "
              "list the list has",
              (f"mop upsert m {FIELD} 1 create 0 0 0\nx", "CREATED_STORED"),
              (f"mop upsert m {FIELD}f 1\nx", f"{TOO_LONG_FIELD}\n{NO_COMMAND}"),
              (f"mop update m {FIELD} 1\ny", "UPDATED"),
              (f"mop get m 250 1\n{FIELD}", f"VALUE 0 1\n{FIELD} 1 y\nEND"),
              (f"mop get m 251 1\n{FIELD}f", BAD_VALUE),
              (f"mop get m 501 2\n{FIELD} {FIELD}", f"VALUE 0 2\n{FIELD} 1 y\n{FIELD} 1 y\nEND"),
              (f"mop get m 502 2\n{FIELD}f {FIELD}", BAD_VALUE),
              (f"mop delete m 253 2\n{FIELD}f a", BAD_CHUNK),
              (f"mop delete m 251 1\n{FIELD}f", BAD_VALUE),
              (f"mop delete m 250 1\n{FIELD}", "DELETED"))
    yield row("fewer bytes than fields", "as of keys",
              ("mop create m 0 0 0", "CREATED"), ("mop get m 3 2\na b", "NOT_FOUND_ELEMENT"),
              ("mop get m 3 3\na b", BAD_VALUE), ("mop delete m 3 3\na b", BAD_VALUE))


def bkeys_and_eflags():
    yield row("bkeys of 31 bytes", "the longest, wherever a bkey is told",
              (f"bop insert b {BKEY} 1 create 0 0 0\n5", "CREATED_STORED"),
              (f"bop get b 0x00..{BKEY}", f"VALUE 0 1\n{BKEY} 1 5\nEND"),
              (f"bop count b {BKEY}", "COUNT=1"), (f"bop position b {BKEY} asc", "POSITION=0"),
              (f"bop pwg b {BKEY} asc", f"VALUE 0 0 1 0\n{BKEY} 1 5\nEND"),
              (f"bop incr b {BKEY} 1", "6"), (f"bop update b {BKEY} 0x01 -1", "UPDATED"),
              (f"setattr b maxbkeyrange={BKEY}", "OK"), attribute("b", "maxbkeyrange", BKEY),
              attribute("b", "minbkey", BKEY), (f"bop delete b {BKEY}", "DELETED"))
    for bkey, why in ((BKEY + "0C", "32 bytes"), ("0x0", "an odd digit"), ("0x", "no digit"),
                      ("0X0C", "a capital X"), ("0x0G", "no hexadecimal digit"),
                      ("18446744073709551616", "2^64"), ("-1", "less than 0")):
        yield row(f"a bkey of {why}", "is refused wherever one is told",
                  (f"bop upsert b {bkey} 1 create 0 0 0\nx", FORMAT_AND_BLOCK),
                  *((f"bop {line}", FORMAT) for line in (
                      f"delete b {bkey}", f"get b {bkey}", f"get b {bkey}..1", f"count b {bkey}",
                      f"incr b {bkey} 1", f"decr b {bkey} 1", f"position b {bkey} asc",
                      f"pwg b {bkey} asc 1", f"update b {bkey} 0x01 -1")),
                  (f"bop mget 1 1 {bkey} 1\nb", FORMAT_AND_BLOCK),
                  (f"bop smget 1 1 {bkey} 1 unique\nb", FORMAT_AND_BLOCK))
    yield row("the greatest number as a bkey", "2^64 - 1",
              ("bop insert b 18446744073709551615 1 create 0 0 0\n5", "CREATED_STORED"),
              ("bop get b 18446744073709551615..0", "VALUE 0 1\n18446744073709551615 1 5\nEND"),
              ("setattr b maxbkeyrange=18446744073709551615", "OK"),
              attribute("b", "maxbkeyrange", 18446744073709551615),
              ("bop insert b 0 1\n5", "STORED"), ("bop count b 18446744073709551615..0", "COUNT=2"))
    yield row("a bkey range of 32 bytes", "no value of the attribute",
              ("bop create b 0 0 0", "CREATED"),
              (f"setattr b maxbkeyrange={BKEY}0C", "ATTR_ERROR bad value"),
              ("setattr b maxbkeyrange=0x0", "ATTR_ERROR bad value"),
              ("setattr b maxbkeyrange=18446744073709551616", "ATTR_ERROR bad value"))
    yield row("eflags of 31 bytes", "the longest, wherever an eflag is told",
              (f"bop upsert b 1 {EFLAG} 1 create 0 0 0\n5", "CREATED_STORED"),
              (f"bop incr b 2 1 7 {EFLAG}", "7"), ("bop insert b 3 1\n5", "STORED"),
              (f"bop update b 3 {EFLAG} -1", "UPDATED"),
              (f"bop update b 3 0 ^ {EFLAG} -1", "UPDATED"),
              ("bop update b 3 30 | 0x01 -1", "UPDATED"),
              (f"bop count b 0..9 0 EQ {EFLAG}", "COUNT=2"),
              (f"bop count b 0..9 0 & {EFLAG} EQ {EFLAG}", "COUNT=2"),
              ("bop count b 0..9 30 EQ 0x01", "COUNT=1"),
              ("bop count b 0..9 29 EQ 0xABAB", "COUNT=2"),
              ("bop get b 3", "VALUE 0 1\n3 0x" + 30 * "00" + "01 1 5\nEND"))
    yield row("eflags of 32 bytes", "refused wherever one is told",
              (f"bop upsert b 1 {EFLAG}AB 1 create 0 0 0\nx", FORMAT_AND_BLOCK),
              *((f"bop {line}", FORMAT) for line in (
                  f"incr b 1 1 7 {EFLAG}AB", f"update b 1 {EFLAG}AB -1", "update b 1 0xA -1",
                  "update b 1 31 | 0x01 -1", f"count b 0..9 0 EQ {EFLAG}AB",
                  f"count b 0..9 1 EQ {EFLAG}", "count b 0..9 31 EQ 0x01",
                  "count b 0..9 30 EQ 0x0101", "delete b 0..9 31 NE 0x01")))
    for number, reply in ((100, "COUNT=1"), (101, FORMAT)):
        values = ",".join(f"0x{value:02X}" for value in range(number))
        yield row(f"a filter of {number} values", "100 at most, whichever way it is asked",
                  ("bop insert b 1 0xFF 1 create 0 0 0\nx", "CREATED_STORED"),
                  ("bop insert b 2 0x00 1\ny", "STORED"),
                  (f"bop count b 0..9 0 EQ {values}", reply),
                  (f"bop count b 0..9 0 NE {values}", reply),
                  (f"bop mget 1 1 0..9 0 NE {values} 1\nb",
                   "VALUE b OK 0 1\nELEMENT 1 0xFF 1 x\nEND" if number == 100
                   else FORMAT_AND_BLOCK),
                  (f"bop smget 1 1 0..9 0 NE {values} 1 unique\nb",
                   "ELEMENTS 1\nb 0 1 0xFF 1 x\nMISSED_KEYS 0\nTRIMMED_KEYS 0\nEND"
                   if number == 100 else FORMAT_AND_BLOCK))


def counts():
    for kind in KINDS[1:]:
        yield row(f"most elements of a {TYPES[kind]}", "0 is the default, -1 the greatest, and "
                  "nothing is more than that",
                  *(exchange for sent, most in ((0, 4000), (1, 1), (-1, 50000), (49999, 49999),
                                                (50000, 50000), (50001, 50000), (-2, 50000))
                    for exchange in ((f"{kind} create k{sent} 0 0 {sent}", "CREATED"),
                                     attribute(f"k{sent}", "maxcount", most))))
        size = f"max_{TYPES[kind].replace('b+tree', 'btree')}_size"
        yield row(f"{size} by config", "it only grows; -1 grows with it, a number that was cut "
                  "down does not",
                  (f"{kind} create most 0 0 -1", "CREATED"),
                  (f"{kind} create cut 0 0 70000", "CREATED"),
                  (f"config {size} 49999", BAD_VALUE), (f"config {size} 50000", BAD_VALUE),
                  (f"config {size} 50001", "END"), (f"config {size}", f"{size} 50001\nEND"),
                  attribute("most", "maxcount", 50001), attribute("cut", "maxcount", 50000),
                  (f"{kind} create new 0 0 70000", "CREATED"), attribute("new", "maxcount", 50001),
                  (f"config {size} 1000000", "END"), (f"config {size} 999999", BAD_VALUE),
                  ("setattr cut maxcount=1000001", "OK"), attribute("cut", "maxcount", 1000000),
                  changes_settings=True)
    # Numbers come as 32 bits with a sign: assumed of maxcount, which the recordings never exceed.
    yield row("maxcount beyond a number", "is no number",
              ("lop create l 0 0 2147483647", "CREATED"), attribute("l", "maxcount", 50000),
              ("lop create m 0 0 99999999999999999999", FORMAT))
    yield row("a set of 50000 elements", "is full",
              ("sop create s 0 0 -1", "CREATED"),
              ("\n".join(f"sop insert s 5 noreply\n{number:05}" for number in range(49999)), ""),
              ("sop insert s 4\nlast", "STORED"), ("sop insert s 4\nmore", "OVERFLOWED"),
              attribute("s", "count", 50000), ("config max_set_size 50001", "END"),
              ("sop insert s 4\nmore", "STORED"), ("sop insert s 5\nagain", "OVERFLOWED"),
              ("delete s", "DELETED"), changes_settings=True)
    for verb in ("lop", "sop", "mop", "bop"):
        yield row(f"flags of a {TYPES[verb]}", "32 bits",
                  (f"{verb} create k 4294967295 0 0", "CREATED"),
                  attribute("k", "flags", 4294967295), (f"{verb} create l 4294967296 0 0", FORMAT))


def parts_of_trees():
    # That the offset is not counted is assumed; the recordings count it for smget only.
    yield row("counts of bop mget", "50 at most, beside an offset",
              ("bop create b 0 0 0", "CREATED"),
              ("\n".join(f"bop insert b {bkey} 1 noreply\nx" for bkey in range(60)), ""),
              ("bop mget 1 1 0..99 50\nb", "VALUE b OK 0 50\n" + "".join(
                  f"ELEMENT {bkey} 1 x\n" for bkey in range(50)) + "END"),
              ("bop mget 1 1 0..99 59 50\nb", "VALUE b OK 0 1\nELEMENT 59 1 x\nEND"),
              ("bop mget 1 1 0..99 1 51\nb", BAD_VALUE))
    for mode in ("", " duplicate", " unique"):
        head = "VALUE" if not mode else "ELEMENTS"
        tail = "MISSED_KEYS 0\n" + ("TRIMMED_KEYS 0\n" if mode else "") + "END"
        yield row(f"counts of bop smget{mode}", "2000 at most, the offset included",
                  ("bop insert b 1 1 create 0 0 0\nx", "CREATED_STORED"),
                  (f"bop smget 1 1 0..9 1000 1000{mode}\nb", f"{head} 0\n{tail}"),
                  (f"bop smget 1 1 0..9 0 2000{mode}\nb", f"{head} 1\nb 0 1 1 x\n{tail}"),
                  (f"bop smget 1 1 0..9 1 2000{mode}\nb", BAD_VALUE),
                  (f"bop smget 1 1 0..9 2000 1{mode}\nb", BAD_VALUE))
    yield row("neighbours of bop pwg", "100 on each side at most",
              ("bop create b 0 0 0", "CREATED"),
              ("\n".join(f"bop insert b {bkey} 1 noreply\nx" for bkey in range(300)), ""),
              ("bop pwg b 150 asc 100", "VALUE 150 0 201 100\n" + "".join(
                  f"{bkey} 1 x\n" for bkey in range(50, 251)) + "END"),
              ("bop pwg b 250 desc 100", "VALUE 49 0 150 49\n" + "".join(
                  f"{bkey} 1 x\n" for bkey in range(299, 149, -1)) + "END"),
              ("bop pwg b 150 desc 101", "CLIENT_ERROR too large count value"))


def scans():
    for what in ("key", "prefix"):
        yield row(f"limits of scan {what}", "counts, patterns, cursors",
                  *((f"scan {what} 0 count {count}", BAD_COUNT) for count in (0, 2001)),
                  *((f"scan {what} 0 match {pattern}", BAD_PATTERN)
                    for pattern in (65 * "p", "a*b*c*d*e*", "*****", "a\\b")),
                  (f"scan {what} {31 * '1'}", "CLIENT_ERROR invalid cursor."),
                  (f"scan {what} {32 * '1'}", "CLIENT_ERROR bad cursor value"))
    yield row("names of prefixes", "250 bytes, where one is told alone",
              (f"set {250 * 'p'}:k 0 0 1\nx", "STORED"), (f"flush_prefix {250 * 'p'}", "OK"),
              (f"get {250 * 'p'}:k", "END"),
              (f"flush_prefix {251 * 'p'}", "CLIENT_ERROR too long prefix name"),
              (f"dump start key {251 * 'p'} /no/such/folder/dump",
               "CLIENT_ERROR too long prefix name"))


def times():
    # Recorded of set; that collections and counters that are born expired are told as made is
    # assumed.
    yield row("a month and a second more", "30 days are relative; more is a date, which is past",
              *(exchange for seconds, gone in ((MONTH_S, False), (MONTH_S + 1, True))
                for exchange in (
                    (f"lop create l{seconds} 0 {seconds} 0", "CREATED"),
                    (f"lop get l{seconds} 0", "NOT_FOUND" if gone else "NOT_FOUND_ELEMENT"),
                    (f"sop insert s{seconds} 1 create 0 {seconds} 0\nx", "CREATED_STORED"),
                    (f"sop exist s{seconds} 1\nx", "NOT_FOUND" if gone else "EXIST"),
                    (f"incr c{seconds} 1 0 {seconds} 5", "5"),
                    (f"get c{seconds}", "END" if gone else f"VALUE c{seconds} 0 1\n5\nEND"),
                    (f"set t{seconds} 0 0 1\nx", "STORED"),
                    (f"touch t{seconds} {seconds}", "TOUCHED"),
                    (f"get t{seconds}", "END" if gone else f"VALUE t{seconds} 0 1\nx\nEND"),
                    (f"set a{seconds} 0 0 1\nx", "STORED"),
                    (f"setattr a{seconds} expiretime={seconds}", "OK"),
                    (f"get a{seconds}", "END" if gone else f"VALUE a{seconds} 0 1\nx\nEND"))))
    yield row("less than -1", "expired at once, of every type",
              *(exchange for kind in KINDS[1:]
                for exchange in ((f"{kind} create {kind} 0 -2 0", "CREATED"),
                                 (f"getattr {kind}", "NOT_FOUND"),
                                 (f"{kind} create {kind} 0 -1 0", "CREATED"),
                                 attribute(kind, "expiretime", -1))))


def words():
    # Whether the end of the line is one of the 30 is not known: 29 and 30 words are left out.
    yield row("words of a line", "at most 30, but for lists of keys",
              (" ".join(["foo"] * 28), NO_COMMAND),
              (" ".join(["foo"] * 31), "ERROR too many arguments"),
              (" ".join(["get"] + ["k"] * 1000), "END"))


LIMITS = [*key_bytes(), *lists_of_keys(), *elements(), *fields(), *bkeys_and_eflags(), *counts(),
          *parts_of_trees(), *scans(), *times(), *words()]
