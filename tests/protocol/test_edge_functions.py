# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What a site can have beside the cache: files, codings, sticky cookies, pages of its own, bodies
that are gathered, logs of errors and of origins."""
import gzip
import subprocess
import threading
import zlib

import brotli
import pytest

import edge_process
import edges
import http_client
import scripted_origin
from scripted_origin import reply

TEXT = b"all work and no play makes a dull cache\n" * 200


def unzstd(data):
    return subprocess.run(["zstd", "-dc"], input=data, capture_output=True, check=True).stdout


DECODERS = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": unzstd}


@pytest.fixture(scope="module", params=edges.WAYS, ids="-".join)
def pair(request):
    backend, protocol = request.param
    compress = {"codings": ["zstd", "br", "gzip"], "types": ["text/*"]}
    with edges.edge_before_origin(backend, {"network": {"cache": {"compress": compress}}},
                                  protocol=protocol) as both:
        yield both


def decoded(response):
    coding = response.header("Content-Encoding")
    return DECODERS[coding](response.body) if coding else response.body


# ---- codings

@pytest.mark.parametrize("cache_control", ["max-age=60", "no-store"])
@pytest.mark.parametrize("accepted, coding", [
    ("gzip", "gzip"), ("br", "br"), ("zstd", "zstd"), ("gzip, br", "br"), ("*", "zstd"),
    ("identity", None), ("gzip;q=0", None), (None, None)])
def test_text_is_sent_in_the_coding_that_is_liked_most(pair, accepted, coding, cache_control):
    path = pair.path(reply(TEXT, ("Content-Type", "text/plain"), ("ETag", '"a"'),
                           ("Cache-Control", cache_control)))
    fields = [("Accept-Encoding", accepted)] if accepted else []
    for _ in range(2):
        response = pair.get(path, *fields)
        assert response.header("Content-Encoding") == coding
        assert decoded(response) == TEXT
        assert response.header("Vary") == "Accept-Encoding"
        assert response.header("ETag") == ('W/"a"' if coding else '"a"')
    assert pair.asked(path) == (1 if cache_control == "max-age=60" else 2)


def test_a_coding_is_a_variant_of_one_url(pair):
    path = pair.path(reply(TEXT, ("Content-Type", "text/plain"), ("Cache-Control", "max-age=60")))
    for accepted in ("gzip, deflate", "deflate, gzip;q=0.8", "gzip", "br", "br;q=1.0", "x"):
        assert decoded(pair.get(path, ("Accept-Encoding", accepted))) == TEXT
    assert pair.asked(path) == 3                  # gzip, br, none
    assert b'"purged":3' in pair.ask("PURGE", path).body


def test_what_is_no_text_or_short_or_coded_is_sent_as_it_is(pair):
    for body, *fields in [(TEXT, ("Content-Type", "image/png")),
                          (b"short", ("Content-Type", "text/plain")),
                          (TEXT, ("Content-Type", "text/plain"), ("Content-Encoding", "x-own")),
                          (TEXT, ("Content-Type", "text/plain"),
                           ("Cache-Control", "no-transform"))]:
        response = pair.get(pair.path(reply(body, *fields)), ("Accept-Encoding", "gzip, br"))
        assert response.body == body
        assert response.header("Content-Encoding") in (None, "x-own")


def test_the_origin_is_asked_for_that_coding_alone(pair):
    path = pair.path(reply(gzip.compress(TEXT), ("Content-Type", "text/plain"),
                           ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"),
                           ("Cache-Control", "max-age=60")))
    response = pair.get(path, ("Accept-Encoding", "gzip, deflate, identity;q=0.1"))
    assert (decoded(response), pair.last_request(path).header("Accept-Encoding")) == (TEXT, "gzip")


def test_a_coded_variant_is_validated(pair):
    """The tag stays weak, and the variant one of Accept-Encoding, whatever the 304 says."""
    path = pair.path(reply(TEXT, ("Content-Type", "text/plain"), ("ETag", '"a"'),
                           ("Cache-Control", "no-cache")),
                     reply("", ("ETag", '"a"'), ("Cache-Control", "no-cache"), status=304))
    for _ in range(3):
        response = pair.get(path, ("Accept-Encoding", "gzip"))
        assert (response.status, decoded(response)) == (200, TEXT)
        assert (response.header("ETag"), response.header("Vary")) == ('W/"a"', "Accept-Encoding")
    assert pair.last_request(path).header("If-None-Match") == 'W/"a"'
    response = pair.get(path, ("Accept-Encoding", "gzip"), ("If-None-Match", 'W/"a"'))
    assert response.status == 304


def test_a_body_that_is_slow_is_coded_as_it_comes(pair):
    more = threading.Event()

    def slow(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        assert more.wait(10)
        exchange.send("6\r\nsecond\r\n0\r\n\r\n")
    path = pair.path(slow)
    with http_client.Client(pair.edge.port) as client:
        client.request("GET", path, ("Accept-Encoding", "gzip"))
        assert client.head().header("Content-Encoding") == "gzip"
        decoder, text = zlib.decompressobj(31), b""
        while text != b"first":
            size = int(client._until(b"\r\n")[:-2], 16)
            text += decoder.decompress(client.exactly(size + 2)[:-2])
        more.set()


# ---- files

@pytest.fixture(scope="module", params=edges.BACKENDS)
def files(request, tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    (root / "index.html").write_text("<h1>hello</h1>")
    (root / "text.txt").write_bytes(TEXT)
    (root / "large.bin").write_bytes(bytes(range(256)) * 4096)
    (root / "folder").mkdir()
    with scripted_origin.Origin() as origin:
        origin.on("/api/a", reply("from the origin"))
        network = {"http": {"files": {"root": str(root)}},
                   "cache": {"compress": {"codings": ["gzip"], "types": ["text/*"]}}}
        site = {"name": "default", "functions": {"network": network}, "rules": [
            {"when": {"path": "/api/*"},
             "functions": {"network": {"origin": edge_process.upstream(origin.port)}}}]}
        with edge_process.Edge(request.param, site) as edge:
            yield edge


def test_files_are_served(files):
    response = http_client.get(files.port, "/")
    assert (response.status, response.body) == (200, b"<h1>hello</h1>")
    assert response.header("Content-Type").startswith("text/html")
    large = http_client.get(files.port, "/large.bin")
    assert large.body == bytes(range(256)) * 4096
    assert http_client.get(files.port, "/missing").status == 404
    assert http_client.get(files.port, "/../../etc/passwd").status in (400, 404)
    assert http_client.ask(files.port, "POST", "/", body=b"x").status == 405
    head = http_client.ask(files.port, "HEAD", "/large.bin")
    assert (head.status, head.header("Content-Length")) == (200, str(256 * 4096))


def test_a_file_has_ranges_and_conditions(files):
    part = http_client.get(files.port, "/large.bin", ("Range", "bytes=256-511"))
    assert (part.status, part.body) == (206, bytes(range(256)))
    tag = http_client.get(files.port, "/large.bin").header("ETag")
    assert http_client.get(files.port, "/large.bin", ("If-None-Match", tag)).status == 304
    assert http_client.get(files.port, "/large.bin", ("If-Match", '"x"')).status == 412


def test_what_a_file_answers_has_a_date(files):
    tag = http_client.get(files.port, "/text.txt").header("ETag")
    for status, method, path, *fields in [
            (200, "GET", "/text.txt"), (301, "GET", "/folder"), (403, "GET", "/folder/"),
            (404, "GET", "/missing"), (405, "DELETE", "/text.txt"),
            (206, "GET", "/text.txt", ("Range", "bytes=0-1")),
            (304, "GET", "/text.txt", ("If-None-Match", tag)),
            (412, "GET", "/text.txt", ("If-Match", '"x"')),
            (416, "GET", "/text.txt", ("Range", "bytes=99999-"))]:
        response = http_client.ask(files.port, method, path, *fields)
        assert response.status == status
        assert len([name for name, _ in response.headers if name.lower() == "date"]) == 1, status


def test_a_file_is_coded(files):
    response = http_client.get(files.port, "/text.txt", ("Accept-Encoding", "gzip"))
    assert (response.header("Content-Encoding"), decoded(response)) == ("gzip", TEXT)
    assert http_client.get(files.port, "/text.txt").body == TEXT


@pytest.mark.parametrize("fields", [[("Accept-Encoding", "gzip")], []])
def test_parts_and_304_of_a_file_agree_with_the_whole(files, fields):
    whole = http_client.get(files.port, "/text.txt", *fields)
    tag = whole.header("ETag")
    same = http_client.get(files.port, "/text.txt", ("If-None-Match", tag), *fields)
    assert (same.status, same.header("ETag"), same.header("Vary")) == (304, tag, "Accept-Encoding")
    assert same.header("Content-Encoding") is None
    assert same.header("Content-Length") in (None, whole.header("Content-Length"))
    for ranges in ("bytes=0-1", "bytes=0-1,4-5"):
        part = http_client.get(files.port, "/text.txt", ("Range", ranges), *fields)
        assert (part.status, part.header("Vary")) == (206, "Accept-Encoding")
        assert part.header("ETag") == tag.removeprefix("W/")
        assert part.header("Accept-Ranges") == "bytes"
    for path in ("/large.bin", "/"):        # of another type, or too short
        tag = http_client.get(files.port, path, *fields).header("ETag")
        same = http_client.get(files.port, path, ("If-None-Match", tag), *fields)
        assert (same.status, same.header("ETag"), same.header("Vary")) == (304, tag, None)
        assert http_client.get(files.port, path, ("Range", "bytes=0-1")).header("Vary") is None


def test_a_folder_without_its_slash_is_elsewhere(files):
    response = http_client.get(files.port, "/folder")
    assert (response.status, response.header("Location")) == (301, "/folder/")


def test_a_rule_has_an_origin_where_its_site_has_files(files):
    assert http_client.get(files.port, "/api/a").body == b"from the origin"


def test_a_rule_has_files_where_its_site_has_an_origin(backend, tmp_path):
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.txt").write_text("a file")
    rules = [{"when": {"path": "/static/*"},
              "functions": {"network": {"http": {"files": {"root": str(tmp_path)}}}}}]
    with scripted_origin.Origin() as origin:
        origin.on("/a", reply("from the origin"))
        with edge_process.Edge(backend, edge_process.site(origin.port, rules=rules)) as edge:
            assert http_client.get(edge.port, "/static/a.txt").body == b"a file"
            assert http_client.get(edge.port, "/a").body == b"from the origin"


# ---- origins

def test_a_sticky_cookie_leads_back(backend):
    with scripted_origin.Origin() as one, scripted_origin.Origin() as two:
        for name, origin in (("one", one), ("two", two)):
            origin.on("/a", reply(name, ("Cache-Control", "no-store")))
        sticky = {"balance": "sticky", "stickyCookie": "route"}
        site = edge_process.site(one.port, two.port, functions={"network": {"origin": sticky}})
        with edge_process.Edge(backend, site) as edge:
            first = http_client.get(edge.port, "/a")
            cookie = first.header("Set-Cookie")
            assert cookie.startswith("route=") and "; Path=/" in cookie
            for _ in range(5):
                again = http_client.get(edge.port, "/a", ("Cookie", cookie.split(";")[0]))
                assert (again.body, again.header("Set-Cookie")) == (first.body, None)
            assert {http_client.get(edge.port, "/a").body for _ in range(4)} == {b"one", b"two"}


def test_pages_of_our_own_stand_in_for_errors(backend):
    with edges.edge_before_origin(backend, {"network": {"origin": {"interceptFrom": 400}}}) as pair:
        for fields in [("Cache-Control", "no-store")], [("Cache-Control", "max-age=60")]:
            path = pair.path(reply("secret trace", *fields, status=500, reason="Oh"))
            for _ in range(2):
                response = pair.get(path)
                assert response.status == 500
                assert b"secret" not in response.body and b"500" in response.body
        for status, name, value in [(401, "WWW-Authenticate", 'Basic realm="r"'),
                                    (407, "Proxy-Authenticate", 'Basic realm="r"'),
                                    (405, "Allow", "GET, HEAD"), (429, "Retry-After", "120"),
                                    (416, "Content-Range", "bytes */10"),
                                    (503, "Retry-After", "120"), (426, "Upgrade", "TLS/1.3")]:
            for fields in [("Cache-Control", "no-store")], [("Cache-Control", "max-age=60")]:
                path = pair.path(reply("x", (name, value), ("X-Trace", "1"), *fields,
                                       status=status))
                # Proxy-Authenticate is never stored (9111 3.1).
                for method in ["GET", "GET", "POST"] if status != 407 else ["POST"]:
                    response = pair.ask(method, path)
                    assert (response.status, response.header(name)) == (status, value)
                    assert response.header("X-Trace") is None
        assert pair.get(pair.path(reply("fine"))).body == b"fine"


def test_a_slow_body_is_gathered_before_the_origin_is_asked(backend):
    gathers = {"network": {"origin": {"bufferRequests": True, "requestBufferSize": "64k"}}}
    with edges.edge_before_origin(backend, gathers) as pair:
        path = pair.path(reply("done"))
        with http_client.Client(pair.edge.port) as client:
            client.request("POST", path, ("Transfer-Encoding", "chunked"))
            client.send("5\r\nhello\r\n")
            other = pair.path(reply("other"))
            assert pair.ask("POST", other, body=b"x" * 100_000).body == b"other"  # beyond the room
            assert pair.asked(path) == 0
            client.send("6\r\n world\r\n0\r\n\r\n")
            assert client.response().body == b"done"
        request = pair.last_request(path)
        assert (request.body, request.header("Content-Length")) == (b"hello world", "11")
        assert len(pair.last_request(other).body) == 100_000


# ---- logs

def test_logs_tell_of_origins_and_of_what_failed(backend, tmp_path):
    logs = {"log": {"error": str(tmp_path / "error.log"),
                    "access": [{"name": "o", "path": str(tmp_path / "origin.log"),
                                "format": "origin"},
                               {"name": "a", "path": str(tmp_path / "access.log"),
                                "format": "custom",
                                "template": "$verdict $request_uri $sent_http_x_mark"}]}}
    named = {"operations": {"log": {"access": "a", "origin": "o"}}}
    with edges.edge_before_origin(backend, named, env=logs) as pair:
        stored = pair.path(reply("x", ("Cache-Control", "max-age=60"), ("X-Mark", "m1")))
        passed = pair.path(reply("x", ("Cache-Control", "no-store"), ("X-Mark", "m2")))
        broken = pair.path(lambda exchange: exchange.reset())
        cut = pair.path(lambda exchange: (
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), exchange.reset()))
        assert [pair.get(path).status for path in (stored, stored, passed, broken)] == [
            200, 200, 200, 502]
        with pytest.raises((http_client.BrokenResponse, ConnectionError)):
            pair.get(cut)
        port = pair.origin.port
    # A log's writer has written all when its process has ended.
    assert (tmp_path / "access.log").read_text().splitlines()[:4] == [
        f"TCP_MISS {stored} m1", f"TCP_HIT {stored} m1", f"TCP_MISS {passed} m2",
        f"TCP_ERROR {broken} -"]
    origin_log = (tmp_path / "origin.log").read_text().splitlines()
    assert [line.split('"')[1] for line in origin_log] == [
        f"GET example.com{path}" for path in (stored, passed, broken, cut)]
    assert all(f" 127.0.0.1:{port} " in line for line in origin_log)
    errors = (tmp_path / "error.log").read_text()
    assert f"127.0.0.1:{port}" in errors and f"the response to {cut} was cut off" in errors
    assert "[error]" in errors


# ---- paths

NOTHING = ["/../admin/x", "/%2e%2e/admin/x", "/a/../../admin/x", "/a/..%2f../admin/x",
           "/%61dmin/x%00", "/%61dmin/%zz", "/admin/%", "/admin/%4", "/..", "/..?x"]


def test_a_path_that_names_nothing_is_refused_before_any_rule(backend, tmp_path):
    """As nginx does: an origin may see in it what no rule has seen."""
    logs = {"log": {"access": [{"name": "a", "path": str(tmp_path / "access.log"),
                                "format": "custom", "template": "$status $request_uri"}]}}
    functions = {"network": {"access": {"rules": [{"allow": False, "when": {"path": "/admin/*"}}]}},
                 "operations": {"log": {"access": "a"}}}
    with edges.edge_before_origin(backend, functions, env=logs) as pair:
        pair.origin.otherwise = reply("from the origin")
        for target in NOTHING:
            assert pair.get(target).status == 400, target
        assert pair.get("/x/../admin/a").status == 403
        assert pair.get("/x/..%2fadmin%2fa?%zz/../..").status == 403
        assert pair.get("/x/../y?%zz/../..").body == b"from the origin"
        assert len(pair.origin.requests) == 1
    lines = (tmp_path / "access.log").read_text().splitlines()
    assert lines[:len(NOTHING)] == [f"400 {target}" for target in NOTHING]


# ---- listeners

def test_a_listener_may_have_a_default_site_of_its_own(backend):
    def says(name):
        return {"name": name, "functions": {"network": {"http": {
            "answer": {"status": 200, "text": name}}}}}

    listen = [{"address": "127.0.0.1:0"}, {"address": "127.0.0.1:0", "defaultHosting": "b.com"}]
    with edge_process.Edge(backend, says("a.com"), says("b.com"),
                           env={"network": {"listen": listen}}) as edge:
        first, second = edge.ports
        assert http_client.get(first, "/", host="other.com").body == b"a.com"
        assert http_client.get(second, "/", host="other.com").body == b"b.com"
        assert http_client.get(second, "/", host="a.com").body == b"a.com"
