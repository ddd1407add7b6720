# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""One nginx.conf (data/router.conf, portals.conf) run by Debian's nginx and, imported, by `larder
edge` alone: the same answers from the same services, by each line of it.

    client ──┬─► nginx  ─┬─► memcached        sharebox by TLS: 5 servers, least_conn, max_fails
             └─► larder ─┴─► services         redmine: 1 · image: 2, ip_hash, valid_referers
"""
import contextlib
import time

import pytest

import larder_process
from larder_process import DEADLINE_S
from nginx_and_edge import IMAGE, PORTALS, REDMINE, SHAREBOX, open_setting, stored


@pytest.fixture(scope="module", name="setting", params=larder_process.BACKENDS)
def shared_setting(request, tmp_path_factory):
    with open_setting(request.param, tmp_path_factory.mktemp("router")) as opened:
        yield opened


# ---- the domains

def test_three_domains(setting):
    assert setting.told(REDMINE, "/issues?id=1") == (
        200, b"redmine GET /issues?id=1 ", "text/plain")
    assert setting.told(IMAGE, "/a.png") == (200, b"image GET /a.png ", "text/plain")
    assert setting.told(SHAREBOX, "/file") == (200, b"sharebox GET /file ", "text/plain")


def test_a_service_is_told_who_asks(setting):
    names = ("host", "x-real-ip", "x-forwarded-for", "x-forwarded-photo")

    def seen(balancer):
        balancer.ask(REDMINE, "/", ("X-Forwarded-For", "192.0.2.9"), ("X-Real-IP", "192.0.2.9"))
        request = balancer.services.last_request("redmine")
        return [request.header(name) for name in names]

    assert setting.same(seen) == [REDMINE, "127.0.0.1", "192.0.2.9, 127.0.0.1", "http"]


def test_a_service_without_such_lines_is_told_nothing(setting):
    def seen(balancer):
        balancer.ask(IMAGE, "/")
        request = balancer.services.last_request("image")
        return [request.header(name) for name in ("host", "x-real-ip", "x-forwarded-for")]

    assert setting.same(seen) == ["image", None, None]


def test_a_body_that_is_too_long(setting):
    long = ("Content-Length", str(51 << 20))
    assert setting.told(REDMINE, "/", long, ("Expect", "100-continue"), method="POST") == 413


def test_bodies_of_all_sizes_pass(setting):
    for size in (0, 1, 200_000, 3 << 20):
        body = b"x" * size
        assert setting.told(REDMINE, "/", method="POST", body=body) == (
            200, b"redmine POST / " + body, "text/plain")


# ---- balancing

def test_ip_hash_sends_a_network_to_one_server(setting):
    networks = [f"127.0.{number}.1" for number in range(1, 25)]

    def servers(balancer):
        first = [balancer.server_of(network) for network in networks]
        assert first == [balancer.server_of(network) for network in networks]
        assert first == [balancer.server_of(f"{network}7") for network in networks]
        return first

    assert set(setting.same(servers)) == {"0", "1"}


def test_least_conn_leaves_the_busy_alone(setting):
    def busiest(balancer):
        services = balancer.services
        services.go_on.clear()
        before = services.asked("sharebox")
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(balancer.open(SHAREBOX)) for _ in range(4)]
            for client in clients:
                client.request("GET", "/slow", host=SHAREBOX)
            eventually(lambda: sum(services.asked("sharebox")) == sum(before) + 4)
            busy = [now - then for now, then in zip(services.asked("sharebox"), before)]
            free = {balancer.ask(SHAREBOX, "/quick").header("x-server") for _ in range(6)}
            services.go_on.set()
            assert [client.response().status for client in clients] == [200] * 4
        assert free == {str(number) for number, count in enumerate(busy) if count == 0}
        return sorted(busy)

    assert setting.same(busiest) == [0, 1, 1, 1, 1]


def eventually(holds):
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_max_fails_takes_a_server_out_and_time_brings_it_back(backend, tmp_path):
    with open_setting(backend, tmp_path,
                      lambda text: text.replace("fail_timeout=10s", "fail_timeout=3s")) as setting:
        def attempts(balancer):
            services = balancer.services
            services.broken = [2]
            for _ in range(30):     # six turns of each server, before it is tried again
                assert balancer.ask(SHAREBOX, "/").status == 200
            failed = services.asked("sharebox")[2]
            services.broken = []
            eventually(lambda: balancer.ask(SHAREBOX, "/").header("x-server") == "2")
            return failed

        assert setting.same(attempts) == 3


def test_a_server_that_is_gone_is_not_noticed(backend, tmp_path):
    with open_setting(backend, tmp_path) as setting:
        def statuses(balancer):
            balancer.services.all["image"][0].stop()
            return [balancer.server_of(f"127.0.{number}.1") for number in range(1, 20)]

        assert setting.same(statuses) == ["1"] * 19


# ---- memcached

def test_a_stored_page_is_served_from_memcached(setting):
    with stored(setting, "/page?a=1", b"stored"):
        before = [balancer.services.asked("sharebox")
                  for balancer in (setting.nginx, setting.larder)]
        assert setting.told(SHAREBOX, "/page?a=1") == (
            200, b"stored", "application/x-www-urlencoded")
        assert setting.same(lambda balancer: balancer.ask(
            SHAREBOX, "/page?a=1", method="HEAD").header("content-length")) == "6"
        after = [balancer.services.asked("sharebox")
                 for balancer in (setting.nginx, setting.larder)]
        assert after == before
        assert setting.told(SHAREBOX, "/page")[1] == b"sharebox GET /page "


def test_what_is_not_stored_comes_from_the_service(setting):
    assert setting.told(SHAREBOX, "/other") == (200, b"sharebox GET /other ", "text/plain")


def test_what_the_service_has_not_is_not_there(setting):
    for host in (SHAREBOX, REDMINE, IMAGE):
        assert setting.told(host, "/missing") == (404, b"not here", "text/plain")
    assert setting.told(SHAREBOX, "/missing", method="POST", body=b"x")[0] == 404


def test_head_of_what_is_not_stored(setting):
    def seen(balancer):
        answer = balancer.ask(SHAREBOX, "/other", method="HEAD")
        return answer.status, answer.body, balancer.services.last_request("sharebox").method

    assert setting.same(seen) == (200, b"", "HEAD")


def test_the_service_is_asked_for_what_the_client_has_asked_for(setting):
    """Not so by nginx: its internal redirect puts a path in front, and loses the query. The import
    says that it does without."""
    targets = []
    for balancer in (setting.nginx, setting.larder):
        assert balancer.ask(SHAREBOX, "/other?a=1").status == 200
        targets.append(balancer.services.last_request("sharebox").target)
    assert targets == ["/fallback/other", "/other?a=1"]


def test_post_goes_past_memcached(setting):
    with stored(setting, "/page", b"stored") as client:
        before = client.stats()[b"cmd_get"]
        assert setting.told(SHAREBOX, "/page", method="POST", body=b"x") == (
            200, b"sharebox POST /page x", "text/plain")
        assert client.stats()[b"cmd_get"] == before


def test_the_fallback_is_not_for_clients(setting):
    assert setting.told(SHAREBOX, "/fallback/file") == 404


def test_a_dead_cache_breaks_nothing(backend, tmp_path):
    with open_setting(backend, tmp_path) as setting:
        with stored(setting, "/page", b"stored"):
            assert setting.told(SHAREBOX, "/page")[1] == b"stored"
        setting.memcached.stop()
        for number in range(20):
            assert setting.told(SHAREBOX, f"/page{number}") == (
                200, f"sharebox GET /page{number} ".encode(), "text/plain")
        assert setting.told(SHAREBOX, "/", method="POST", body=b"x")[1] == b"sharebox POST / x"


# ---- referers

@pytest.mark.parametrize("referer, status", [
    (None, 200), ("", 200), ("hidden-by-a-firewall", 200), ("http://www.example.com/a", 200),
    ("https://redmine.example.com", 200), ("http://WWW.EXAMPLE.COM/", 200),
    ("http://foreign.org/", 403), ("https://foreign.org/http://www.example.com/", 403),
    ("http://example.com.foreign.org/", 403), ("http://example.com/", 403)])
def test_images_are_for_our_own_pages(setting, referer, status):
    headers = [] if referer is None else [("Referer", referer)]
    told = setting.same(lambda balancer: balancer.ask(IMAGE, "/a.png", *headers).status)
    assert told == status


# ---- TLS in front

def test_tls_is_in_front_of_sharebox(setting):
    def presented(balancer):
        with balancer.open(SHAREBOX) as client:
            return dict(pair[0] for pair in client.socket.getpeercert()["subject"])["commonName"]

    assert setting.same(presented) == "sharebox"
    assert setting.told(SHAREBOX, "/by-tls")[0] == 200


def test_sharebox_is_never_served_in_plain(setting):
    """nginx lets another site answer, Larder leads to https."""
    for balancer in (setting.nginx, setting.larder):
        answer = balancer.ask_in_plain(SHAREBOX, "/secret?a=1")
        assert b"sharebox GET" not in answer.body
    assert (answer.status, answer.header("location")) == (307, f"https://{SHAREBOX}/secret?a=1")


# ---- the other configuration

def test_two_portals(backend, tmp_path):
    with open_setting(backend, tmp_path, plan=PORTALS) as setting:
        for name in ("north", "south"):
            host = f"{name}.example.com"
            assert setting.told(host, "/a") == (200, f"{name} GET /a ".encode(), "text/plain")
            assert setting.told(host, "/a", method="POST", body=b"x" * 100_000) == (
                200, f"{name} POST /a ".encode() + b"x" * 100_000, "text/plain")
            assert setting.told(host, "/fallback/a") == 404
        with stored(setting, "/page", b"stored"):
            types = [setting.told(f"{name}.example.com", "/page") for name in ("north", "south")]
        assert types == [(200, b"stored", "application/octet-stream"),
                         (200, b"stored", "application/x-www-urlencoded")]
        setting.memcached.stop()
        for name in ("north", "south"):
            assert setting.told(f"{name}.example.com", "/b")[1] == f"{name} GET /b ".encode()
