# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""`larder import` and `larder check`, as a shell has them."""
import json
import pathlib
import subprocess

import pytest

from larder_process import LARDER, SLOW

DATA = pathlib.Path(__file__).parent / "data"


def larder(*args, code=0, text=""):
    done = subprocess.run([str(LARDER), *map(str, args)], input=text, capture_output=True,
                          text=True, timeout=30 * SLOW, check=False)
    assert done.returncode == code, f"{done.stdout}{done.stderr}"
    return done


@pytest.mark.parametrize("name, sites", [("router", 3), ("portals", 2)])
def test_what_is_imported_can_be_checked(name, sites):
    imported = larder("import", DATA / f"{name}.conf")
    assert all(": note: " in line for line in imported.stderr.splitlines())
    assert len(json.loads(imported.stdout)["hosting"]) == sites
    checked = larder("check", "-", text=imported.stdout)
    assert checked.stdout.startswith(f"-: ok: {sites} sites, ")


def test_slips_are_told_by_line_and_the_rest_is_imported():
    path = DATA / "router_misspelt.conf"
    imported = larder("import", path, code=1)
    assert (f'{path}:73: unknown directive "localtion"; did you mean "location"?'
            in imported.stderr)
    assert f'{path}:92: unknown directive "valid_referes"; did you mean' in imported.stderr
    larder("check", "-", text=imported.stdout)


def test_check_tells_everything_by_line(tmp_path):
    path = tmp_path / "edge.json"
    path.write_text('{\n "hosting": [{"name": "a", "alliases": []}],\n "env": {"threads": 4}}\n')
    checked = larder("check", path, code=1)
    assert checked.stdout == ""
    assert checked.stderr == (
        f'{path}:3: env.threads: unknown key\n'
        f'{path}:2: hosting[0].alliases: unknown key; did you mean "aliases"?\n')


def test_files_that_are_not_there_and_words_that_are_too_many():
    assert "cannot open /no/such" in larder("check", "/no/such", code=1).stderr
    assert "cannot open /no/such" in larder("import", "/no/such", code=1).stderr
    for command in ("check", "import"):
        assert larder(command, "--help").stdout.startswith(f"usage: larder {command}")
        assert larder(command, "a", "b", code=64).stderr.startswith(f"usage: larder {command}")


def test_the_schema_is_json():
    schema = json.loads(larder("check", "--schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["properties"]) == {"meta", "env", "functions", "hosting"}
