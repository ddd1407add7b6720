# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Ruby's dalli in its binary protocol, and the sessions of Rack that it keeps."""
import pathlib

from program import run

SCRIPT = pathlib.Path(__file__).parent / "ruby" / "session.rb"


def test_rack_session_dalli(cache):
    said = run("/usr/bin/ruby", SCRIPT, "%s:%d" % cache.address)
    assert said.split() == ["client_commands", "sessions", "renew_and_leave", "crowd"]
