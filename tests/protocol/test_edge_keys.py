# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What is stored apart: by site, by the origin of a rule, by scheme, by what a request carries."""
import pytest

import edge_process
import edges
import http_client
import scripted_origin
from edge_process import merged, upstream
from scripted_origin import reply

MAX_AGE = ("Cache-Control", "max-age=60")
PURGE = {"network": {"cache": {"purgeFrom": ["127.0.0.1"]}}}


@pytest.fixture(name="origins")
def two_origins():
    with scripted_origin.Origin() as one, scripted_origin.Origin() as two:
        for name, origin in (("one", one), ("two", two)):
            origin.on("/a", reply(name, MAX_AGE))
        yield one, two


def site(name, origin, **cache):
    return edge_process.site(origin.port, name=name, functions=merged(
        PURGE, {"network": {"cache": cache}}))


# ---- whose it is

def test_two_origins_of_a_site_have_objects_of_their_own(backend, origins):
    one, two = origins
    rules = [{"when": {"header": {"X-B": "1"}},
              "functions": {"network": {"origin": upstream(two.port)}}}]
    with edge_process.Edge(backend, {**site("default", one), "rules": rules}) as edge:
        for _ in range(2):
            assert http_client.get(edge.port, "/a").body == b"one"
            assert http_client.get(edge.port, "/a", ("X-B", "1")).body == b"two"
        assert (one.asked("/a"), two.asked("/a")) == (1, 1)
        assert b'"purged":2' in http_client.ask(edge.port, "PURGE", "/a").body
        http_client.get(edge.port, "/a", ("X-B", "1"))
        assert two.asked("/a") == 2
        http_client.ask(edge.port, "POST", "/a", body=b"x")     # to the other origin
        http_client.get(edge.port, "/a", ("X-B", "1"))
        assert two.asked("/a") == 3


def test_a_host_that_nobody_has_is_of_its_listeners_site(backend, origins):
    listen = [{"address": "127.0.0.1:0"}, {"address": "127.0.0.1:0", "defaultHosting": "b.com"}]
    with edge_process.Edge(backend, site("a.com", origins[0]), site("b.com", origins[1]),
                           env={"network": {"listen": listen}}) as edge:
        for _ in range(2):
            assert [http_client.get(port, "/a", host="x.com").body for port in edge.ports] == [
                b"one", b"two"]


def test_sites_share_nothing_without_their_hosts(backend, origins):
    sites = [site("a.com", origins[0], key={"host": False}),
             site("b.com", origins[1], key={"host": False})]
    sites[0]["aliases"] = ["c.com"]
    with edge_process.Edge(backend, *sites) as edge:
        for _ in range(2):
            assert http_client.get(edge.port, "/a", host="a.com").body == b"one"
            assert http_client.get(edge.port, "/a", host="c.com").body == b"one"
            assert http_client.get(edge.port, "/a", host="b.com").body == b"two"
        assert (origins[0].asked("/a"), origins[1].asked("/a")) == (1, 1)


def test_hosts_of_a_wildcard_share_nothing(backend):
    with scripted_origin.Origin() as origin:
        origin.on("/a", lambda e: e.reply(200, e.request.header("host"), [MAX_AGE]))
        with edge_process.Edge(backend, {**site("a.com", origin), "aliases": ["*.a.com"]}) as edge:
            for host in ("a.com", "x.a.com", "y.a.com", "a.com"):
                assert http_client.get(edge.port, "/a", host=host).body == host.encode()


# ---- schemes

def by_proto(exchange):
    if exchange.request.header("x-forwarded-proto") == "https":
        return exchange.reply(200, "secure", [MAX_AGE])
    return exchange.reply(301, "", [MAX_AGE, ("Location", "https://example.com/a")], "Moved")


def told_by_balancer(port, proto, method="GET"):
    with http_client.Client(port) as client:
        client.send("PROXY TCP4 203.0.113.9 127.0.0.1 1234 80\r\n")
        client.request(method, "/a", ("X-Forwarded-Proto", proto))
        return client.response(method)


def test_http_and_https_are_stored_apart(backend):
    listen = [{"address": "127.0.0.1:0", "proxyProtocol": True, "trusted": ["127.0.0.0/8"]},
              {"address": "127.0.0.1:0"}]
    with scripted_origin.Origin() as origin:
        origin.on("/a", by_proto)
        with edge_process.Edge(backend, site("example.com", origin),
                               env={"network": {"listen": listen}}) as edge:
            balanced, plain = edge.ports
            for _ in range(2):
                assert told_by_balancer(balanced, "http").status == 301
                assert told_by_balancer(balanced, "https").body == b"secure"
                # What a client says itself is no news.
                assert http_client.get(plain, "https://example.com/a").status == 301
                assert http_client.get(plain, "/a", ("X-Forwarded-Proto", "https")).status == 301
            assert origin.asked("/a") == 2
            assert b'"purged":2' in http_client.ask(plain, "PURGE", "/a").body


# ---- what a request carries

def test_nothing_is_hidden_from_a_key(backend):
    key = {"key": {"keepParameters": ["id"], "cookies": ["lang"]}}
    with edges.edge_before_origin(backend, {"network": {"cache": key}}) as pair:
        path = pair.path(lambda e: e.reply(
            200, f"{e.request.target} {e.request.header('cookie')}", [MAX_AGE]))
        plain = pair.get(path).body
        for target in (f"{path}?%69d=evil", f'{path}?x="&id=evil'):
            assert b"evil" in pair.get(target).body
        for cookie in ('a="; lang=evil', "lang=; lang=evil", "lang; lang=evil", "lang =evil"):
            assert b"evil" in pair.get(path, ("Cookie", cookie)).body
        assert pair.get(path).body == plain == f"{path} None".encode()


def test_no_other_cookie_of_its_name_evades_a_bypass(backend):
    bypass = {"network": {"cache": {"bypass": {"cookie": {"session": []}}}}}
    with edges.edge_before_origin(backend, bypass) as pair:
        path = pair.path(reply("a", MAX_AGE))
        for cookie in ("session=; session=REAL", "session; session=REAL",
                       "session=0; session=REAL", 'a="; session=REAL'):
            pair.get(path, ("Cookie", cookie))
        assert pair.asked(path) == 4
        for cookie in ("session=", "session=0", "session"):
            pair.get(path, ("Cookie", cookie))
        assert pair.asked(path) == 5
