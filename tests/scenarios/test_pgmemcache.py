# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""PostgreSQL with pgmemcache: SQL that reads the cache, and triggers that keep it right."""
import os
import pwd
import shutil
import tempfile
from pathlib import Path

import pytest

from program import run, running

BIN = Path("/usr/lib/postgresql/15/bin")
# PostgreSQL refuses to run as root.
USER = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
AS_USER = {"user": USER, "group": pwd.getpwnam(USER).pw_gid} if os.getuid() == 0 else {}
SETTINGS = {"listen_addresses": "", "fsync": "off", "shared_buffers": "16MB",
            "shared_preload_libraries": "pgmemcache", "max_worker_processes": 1}


@pytest.fixture(scope="module")
def cluster():
    """The folder of a cluster's socket. Its path must be short, and the user's own."""
    folder = Path(tempfile.mkdtemp(prefix="larder-pg-"))
    try:
        shutil.chown(folder, USER)
        as_user = {**AS_USER, "cwd": folder}    # the caller's may be closed to that user
        run(BIN / "initdb", "-D", folder / "data", "-U", USER, "-A", "trust", "--no-sync",
            "--no-instructions", "--locale=C", "-E", "UTF8", **as_user)
        words = [word for name, value in {**SETTINGS, "unix_socket_directories": folder}.items()
                 for word in ("-c", f"{name}={value}")]
        with running(BIN / "postgres", "-D", folder / "data", *words, **as_user,
                     ready=lambda program: "is ready to accept connections" in program.log()):
            run("psql", "-X", "-h", folder, "-U", USER, "postgres", "-c",
                "CREATE EXTENSION pgmemcache")
            yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def sql(cluster, cache):
    """sql(statements) runs them in a session that knows the cache; it returns the last answer."""
    def ask(statements):
        said = run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", cluster,
                   "-U", USER, "postgres", "-c",
                   "SELECT memcache_server_add('%s:%d')" % cache.address, "-c", statements)
        return said.splitlines()[1:]
    return ask


def test_stores(sql):
    assert sql("SELECT memcache_get('absent') IS NULL") == ["t"]
    assert sql("SELECT memcache_set('k', 'v'), memcache_get('k')") == ["t|v"]
    assert sql("SELECT memcache_add('k', 'w'), memcache_replace('k', 'x')") == ["f|t"]
    assert sql("SELECT memcache_append('k', '>'), memcache_prepend('k', '<')") == ["t|t"]
    assert sql("SELECT memcache_get('k')") == ["<x>"]
    assert sql("SELECT memcache_delete('k'), memcache_delete('k')") == ["t|f"]


def test_counters_and_many(sql):
    sql("SELECT memcache_set('n', '10')")
    assert sql("SELECT memcache_incr('n', 5), memcache_decr('n')") == ["15|14"]
    assert sql("SELECT memcache_get('n')") == ["14"]
    assert sql("SELECT bool_and(memcache_set('key-' || i, 'value ' || i)) "
               "FROM generate_series(1, 500) i") == ["t"]
    assert sql("SELECT count(*) FROM memcache_get_multi("
               "(SELECT array_agg('key-' || i) FROM generate_series(1, 600) i))") == ["500"]


def test_a_trigger_drops_what_a_row_no_longer_is(sql):
    assert sql("""
        CREATE TEMP TABLE page (name text PRIMARY KEY, body text);
        CREATE FUNCTION pg_temp.forget() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM memcache_delete('page:' || OLD.name); RETURN NEW; END $$;
        CREATE TRIGGER forget AFTER UPDATE ON page FOR EACH ROW
          EXECUTE FUNCTION pg_temp.forget();
        INSERT INTO page VALUES ('start', 'old'), ('other', 'same');
        SELECT memcache_set('page:' || name, body) FROM page;
        UPDATE page SET body = 'new' WHERE name = 'start';
        SELECT memcache_get('page:start') IS NULL, memcache_get('page:other')""") \
        == ["t", "t", "t|same"]
