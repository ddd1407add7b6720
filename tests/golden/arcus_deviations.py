# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Where Larder answers otherwise than arcus-memcached 1.15.0 was recorded, and what is not built.

An entry that names no recorded case, whose reply equals the recorded one, or that is built, fails
test_golden_arcus.py, so that the lists cannot rot.
"""
_GAT = ("Arcus documents gat and gats and has compiled them out. Larder serves them: the key is "
        "there since set-5words, and touch-short has given it a second to live.")

# (group, case, our reply, reason)
DEVIATIONS = [
    ("errors", "gat", "VALUE a 0 1\r\nq\r\nEND\r\nVALUE a 0 1 7\r\nq\r\nEND\r\n", _GAT),
]

# What may differ in replies of ours where nothing may in the recorded ones.
VOLATILE = {("errors", "gat"): ("cas",)}

# As good as our reply: on a busy machine that second may be over. arcus_transcripts.py has a gat
# that nothing hurries.
LATE = {("errors", "gat"): "END\r\nEND\r\n"}

# (group, case or * for all of it, reason). They are sent, and must not be as recorded.
UNBUILT = []
