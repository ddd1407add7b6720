# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""nginx reads pages from the cache (memcached_pass) and asks the origin for what is not there.

    browser ──► nginx ──get /path──► cache ── VALUE ──► nginx ──► browser
                  └── END, or no cache at all ──► origin, which also stores the page
"""
import contextlib
import gzip
import http.client
import http.server
import os
import random
import socket
import threading

import pytest
from pymemcache.client.base import Client

from larder_process import DEADLINE_S
from program import running

CONFIGURATION = """
daemon off;
worker_processes 2;
pid {folder}/pid;
error_log stderr warn;
{user}
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream cache {{ server {cache}; keepalive 4; }}
  server {{
    listen unix:{folder}/edge;
    location / {{
      set $memcached_key $uri;
      memcached_pass cache;
      memcached_gzip_flag 2;
      gunzip on;
      error_page 404 502 504 = @origin;
    }}
    location @origin {{ proxy_pass http://{origin}; }}
  }}
}}
"""


def open_client(address):
    return contextlib.closing(Client(address, timeout=DEADLINE_S))


class Origin(http.server.ThreadingHTTPServer):
    """Makes a page of its path, stores it as an application does, remembers what was asked."""

    def __init__(self, cache):
        super().__init__(("127.0.0.1", 0), Answer)
        self.cache = cache
        self.asked = []


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        page = b"made for " + self.path.encode()
        self.server.asked.append(self.path)
        with contextlib.suppress(OSError), open_client(self.server.cache) as client:
            client.set(self.path, page, noreply=False)
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


class Edge:
    def __init__(self, path, origin):
        self.x_path = path
        self.origin = origin

    def get(self, path):
        browser = http.client.HTTPConnection("edge")
        browser.sock = socket.socket(socket.AF_UNIX)
        browser.sock.settimeout(DEADLINE_S)
        browser.sock.connect(self.x_path)
        browser.request("GET", path)
        reply = browser.getresponse()
        body = reply.read()
        browser.close()
        assert reply.status == 200, body
        return body


@contextlib.contextmanager
def open_edge(address, folder):
    with Origin(address) as origin:
        thread = threading.Thread(target=origin.serve_forever, args=(0.01,))
        thread.start()
        try:
            configuration = folder / "nginx.conf"
            configuration.write_text(CONFIGURATION.format(
                folder=folder, cache="%s:%d" % address, origin="%s:%d" % origin.server_address,
                user="user root;" if os.getuid() == 0 else ""))
            path = str(folder / "edge")

            def answers(_):
                with socket.socket(socket.AF_UNIX) as probe:
                    return probe.connect_ex(path) == 0
            with running("/usr/sbin/nginx", "-p", folder, "-e", "stderr", "-c", configuration,
                         ready=answers):
                yield Edge(path, origin)
        finally:
            origin.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def edge(cache, tmp_path_factory):
    with open_edge(cache.address, tmp_path_factory.mktemp("nginx")) as opened:
        yield opened


@pytest.fixture
def client(cache):
    with open_client(cache.address) as opened:
        yield opened


def test_the_origin_is_asked_once(edge):
    pages = [edge.get("/news/1") for _ in range(5)]
    assert pages == [b"made for /news/1"] * 5
    assert edge.origin.asked.count("/news/1") == 1


def test_pages_of_all_sizes(edge, client):
    source = random.Random(1)
    for size in (0, 1, 4095, 4096, 8192, 65_536, 1_000_000):
        page = source.randbytes(size)
        assert client.set(f"/size/{size}", page, noreply=False)
        assert edge.get(f"/size/{size}") == page
    assert not [path for path in edge.origin.asked if path.startswith("/size")]


def test_flags_say_what_is_compressed(edge, client):
    client.set("/zipped", gzip.compress(b"text" * 1000), noreply=False, flags=2)
    assert edge.get("/zipped") == b"text" * 1000    # a browser that takes no gzip


def test_what_is_deleted_is_made_again(edge, client):
    client.set("/page", b"old", noreply=False)
    assert edge.get("/page") == b"old"
    client.delete("/page", noreply=False)
    assert edge.get("/page") == b"made for /page"


def test_names_with_escapes(edge, client):
    """nginx asks by the name that the browser means, with what a key may not hold escaped again."""
    client.set("/a%20b", b"with a blank", noreply=False)
    assert edge.get("/a%20b") == b"with a blank"


def test_without_a_cache_pages_come_from_the_origin(serve, backend, tmp_path):
    gone = serve(backend)
    with open_edge(gone.address, tmp_path) as edge:
        gone.stop()
        assert edge.get("/news/2") == b"made for /news/2"
