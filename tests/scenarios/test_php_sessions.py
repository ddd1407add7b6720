# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""PHP keeps its sessions, and their locks, in the cache: both of Debian's extensions, over HTTP.

`php -S` with eight processes is the web server. A session is locked from session_start to the end
of the request by `add`, so that parallel requests of one browser count without a gap.
"""
import concurrent.futures
import hashlib
import http.client
import json
import pathlib
import re

import pytest

from program import running

PAGE = pathlib.Path(__file__).parent / "php" / "page.php"
WORKERS = 8
REQUESTS = 40
REFUSED = 503

# How a session is stored: where, with which settings, the names of its item and its lock.
MEMCACHED = {"session.save_handler": "memcached", "memcached.sess_lock_wait_min": 2,
             "memcached.sess_lock_wait_max": 10, "memcached.sess_lock_retries": 2000}
HANDLERS = {
    "memcached-binary": ("%s:%d", MEMCACHED, "memc.sess.key.%s", "memc.sess.key.lock.%s"),
    "memcached-text": ("%s:%d", {**MEMCACHED, "memcached.sess_binary_protocol": 0},
                       "memc.sess.key.%s", "memc.sess.key.lock.%s"),
    "memcache": ("tcp://%s:%d", {"session.save_handler": "memcache"}, "%s", None),
}


class Site:
    """A browser with one cookie, and a connection to the cache that sees what the site stores."""

    def __init__(self, handler, port, wire):
        _, _, self.x_item, self.x_lock = HANDLERS[handler]
        self.x_wire = wire
        self.x_port = port
        self.cookie = None

    def ask(self, path, cookie=None):
        """(status, JSON) of a request; the session that it answers with becomes the cookie."""
        browser = http.client.HTTPConnection("127.0.0.1", self.x_port, timeout=60)
        cookie = cookie or self.cookie
        browser.request("GET", path, headers={"Cookie": f"PHPSESSID={cookie}"} if cookie else {})
        reply = browser.getresponse()
        body = reply.read()
        browser.close()
        return reply.status, json.loads(body) if body else None

    def visit(self, path):
        status, said = self.ask(path)
        assert status == 200
        self.cookie = said["id"]
        return said

    def item(self, session=None):
        return self.x_item % (session or self.cookie)

    def lock(self):
        return self.x_lock % self.cookie

    def tell(self, command):
        return self.x_wire.ask(command.encode() + b"\r\n")

    def has(self, key):
        return self.tell(f"mg {key}") != b"EN\r\n"

    def life_s(self, key):
        return int(re.fullmatch(rb"HD t(-?\d+)\r\n", self.tell(f"mg {key} t"))[1])


@pytest.fixture(scope="module", params=HANDLERS)
def web(request, cache):
    """(handler, port) of a web server."""
    path, settings, _, _ = HANDLERS[request.param]
    settings = {**settings, "session.save_path": path % cache.address, "session.use_strict_mode": 1}
    words = [word for name, value in settings.items() for word in ("-d", f"{name}={value}")]

    def started(program):
        return re.search(r"http://127.0.0.1:(\d+)\) started", program.log())
    with running("php8.2", *words, "-S", "127.0.0.1:0", PAGE, ready=started,
                 env={"PHP_CLI_SERVER_WORKERS": str(WORKERS)}) as php:
        yield request.param, int(started(php)[1])


@pytest.fixture
def site(web, cache, connect):
    return Site(*web, connect(cache))


def test_parallel_requests_lose_no_update(site):
    site.visit("/count")
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as browsers:
        said = list(browsers.map(lambda _: site.ask("/count"), range(REQUESTS)))
    assert sorted(answer["count"] for status, answer in said) == list(range(2, REQUESTS + 2))
    assert {answer["id"] for status, answer in said} == {site.cookie}


def test_browsers_do_not_share(site):
    site.visit("/count")
    first = site.cookie
    site.cookie = None
    assert site.visit("/count")["count"] == 1
    assert site.cookie != first
    assert site.visit("/count")["count"] == 2
    assert site.ask("/look", first)[1]["count"] == 1


@pytest.mark.parametrize("bytes", [1500, 20_000, 900_000])
def test_sessions_of_all_sizes(site, bytes):
    site.visit(f"/fill?bytes={bytes}")
    wanted = hashlib.md5("\0\r\nü".encode() * (bytes // 5)).hexdigest()
    assert site.visit("/look")["fill"] == wanted


def test_a_session_lives_as_long_as_php_says(site):
    """1440 s, and anew with each visit, also with one that changes nothing."""
    site.visit("/count")
    assert 1430 <= site.life_s(site.item()) <= 1441
    assert site.ask("/look")[0] == 200
    assert 1430 <= site.life_s(site.item()) <= 1441


def test_a_new_name_for_a_session(site):
    before = site.visit("/count")["id"]
    assert site.visit("/renew")["id"] != before
    assert site.visit("/count")["count"] == 2
    assert not site.has(site.item(before))


def test_leave(site):
    left = site.visit("/count")["id"]
    site.visit("/leave")
    assert not site.has(site.item(left))


@pytest.mark.parametrize("web", ["memcached-binary", "memcached-text"], indirect=True)
def test_a_lock_lasts_until_it_is_given_back(site):
    """Not of `memcache`, whose lock is an item that stays and counts."""
    site.visit("/count")
    assert not site.has(site.lock())
    assert site.tell(f"add {site.lock()} 0 0 1\r\n1") == b"STORED\r\n"
    assert site.ask("/count?retries=0")[0] == REFUSED
    assert site.tell(f"delete {site.lock()}") == b"DELETED\r\n"
    assert site.ask("/count?retries=0")[1]["count"] == 2
