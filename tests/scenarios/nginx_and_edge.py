# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""nginx and an edge that was imported from the same nginx.conf, each before services of its own.

    with open_setting(backend, folder) as setting:
        setting.told(IMAGE, "/a.png")                           what both say
        setting.same(lambda balancer: balancer.ask(…).status)   the same, of anything else
"""
import contextlib
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import threading
from typing import NamedTuple

from pymemcache.client.base import Client as Memcache

import edge_process
import http_client
import larder_process
import scripted_origin
from certificates import Identity
from larder_process import DEADLINE_S
from program import running

DATA = pathlib.Path(__file__).parent / "data"
SHAREBOX, REDMINE, IMAGE = "sharebox.example.com", "redmine.example.com", "image.example.com"


class Plan(NamedTuple):
    """An nginx.conf, where it has each service, and what only its time and its machine had."""
    file: str
    addresses: dict
    substituted: tuple = ()


ROUTER = Plan("router.conf",
              {"redmine": ["192.168.1.240:3000"],
               "image": ["192.168.1.101:80", "192.168.1.102:80"],
               "sharebox": [f"192.168.1.{i}:80" for i in range(1, 6)]},
              (("    ssl on;\n", ""), ("0.0.0.0:443;", "127.0.0.1:443 ssl;"),
               ("ssl_engine aesni;\n", "")))
PORTALS = Plan("portals.conf", {"north": ["north.example.net:80"],
                                "south": ["south.example.net:80"]})


class Services:
    """The servers behind one balancer. They know nothing of it, but for nginx' /fallback."""

    def __init__(self, plan):
        self.plan = plan
        self.all = {name: [scripted_origin.Origin() for _ in addresses]
                    for name, addresses in plan.addresses.items()}
        self.go_on = threading.Event()
        self.broken = []
        self.x_last = {}

    def __enter__(self):
        for name, origins in self.all.items():
            for number, origin in enumerate(origins):
                origin.otherwise = self._service(name, number)
                origin.__enter__()
        return self

    def __exit__(self, *_):
        self.go_on.set()
        for origins in self.all.values():
            for origin in origins:
                origin.stop()

    def _service(self, name, number):
        def answer(exchange):
            if number in self.broken:
                return exchange.reset()
            request = self.x_last[name] = exchange.request
            path = request.target.removeprefix("/fallback")
            if path == "/slow":
                assert self.go_on.wait(DEADLINE_S)
            if path == "/missing":
                return exchange.reply(404, "not here", (("Content-Type", "text/plain"),),
                                      "Not Found")
            return exchange.reply(200, f"{name} {request.method} {path} {request.body.decode()}",
                                  (("Content-Type", "text/plain"), ("X-Server", str(number))))
        return answer

    def substituted(self, text):
        for name, addresses in self.plan.addresses.items():
            for origin, address in zip(self.all[name], addresses):
                text = re.sub(rf"\b{re.escape(address)}(?=[ ;])", f"127.0.0.1:{origin.port}", text)
        return text

    def asked(self, name):
        """How often each server has been."""
        return [origin.asked() for origin in self.all[name]]

    def last_request(self, name):
        return self.x_last[name]


class Balancer:
    """What a client has before it: nginx, or Larder."""

    def __init__(self, services, secure, plain, context):
        self.services = services
        self.x_ports = {SHAREBOX: secure}
        self.x_plain = plain
        self.x_context = context

    def open(self, host, source="127.0.0.1"):
        port = self.x_ports.get(host, self.x_plain)
        client = http_client.Client(port)
        client.socket.close()
        client.socket = socket.create_connection(("127.0.0.1", port), DEADLINE_S, (source, 0))
        if host == SHAREBOX:
            client.socket = self.x_context.wrap_socket(client.socket, server_hostname=host)
        return client

    def ask(self, host, path, *headers, method="GET", **more):
        with self.open(host) as client:
            return client.ask(method, path, *headers, host=host, **more)

    def ask_in_plain(self, host, path):
        return http_client.get(self.x_plain, path, host=host)

    def told(self, host, path, *headers, **more):
        answer = self.ask(host, path, *headers, **more)
        if b"<html" in answer.body:
            return answer.status
        return answer.status, answer.body, answer.header("content-type")

    def server_of(self, source):
        with self.open(IMAGE, source) as client:
            return client.get("/", host=IMAGE).header("x-server")


class Setting:
    """Both, each before services of its own; one memcached."""

    def __init__(self, nginx, larder, memcached):
        self.nginx, self.larder, self.memcached = nginx, larder, memcached

    def same(self, ask):
        """What both say, which is the same."""
        theirs, ours = ask(self.nginx), ask(self.larder)
        assert ours == theirs
        return ours

    def told(self, *words, **more):
        return self.same(lambda balancer: balancer.told(*words, **more))


def configuration(services, memcached, identity):
    """The file as it is, but for where everybody is, and one worker."""
    text = services.substituted((DATA / services.plan.file).read_text())
    for old, new in (("127.0.0.1:11211", f"127.0.0.1:{memcached}"),
                     ("0.0.0.0:80;", "127.0.0.1:80;"), *services.plan.substituted):
        assert old in text, old
        text = text.replace(old, new)
    text = text.replace("/etc/nginx/ssl/cert.crt", str(identity.certificate))
    text = text.replace("/etc/nginx/ssl/cert.key", str(identity.key))
    return re.sub("worker_processes +16;", "worker_processes 1;", text)


@contextlib.contextmanager
def listening():
    """Sockets that nginx inherits, so that no port is anybody's guess."""
    with socket.create_server(("127.0.0.1", 0), backlog=511) as secure, \
            socket.create_server(("127.0.0.1", 0), backlog=511) as plain:
        for one in (secure, plain):     # multi_accept accepts until there is nobody
            one.setblocking(False)
        yield secure, plain


@contextlib.contextmanager
def nginx(text, folder):
    """→ the ports of 443 and 80."""
    temporary = "".join(f"    {name}_temp_path {folder}/{name};\n" for name in (
        "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with listening() as (secure, plain):
        ports = secure.getsockname()[1], plain.getsockname()[1]
        text = text.replace("http {\n", f"http {{\n    access_log off;\n{temporary}", 1)
        text = text.replace("/var/log/nginx/error.log", "stderr").replace("/var/run", str(folder))
        text = text.replace("127.0.0.1:443 ssl", f"127.0.0.1:{ports[0]} ssl")
        text = text.replace("127.0.0.1:80;", f"127.0.0.1:{ports[1]};")
        if os.getuid() == 0:
            text = re.sub("user +www-data;", "user root;", text)
        path = folder / "nginx.conf"
        path.write_text("daemon off;\n" + text)
        inherited = secure.fileno(), plain.fileno()
        with running("/usr/sbin/nginx", "-p", folder, "-e", "stderr", "-c", path,
                     ready=lambda _: (folder / "nginx.pid").exists(), pass_fds=inherited,
                     env={"NGINX": "".join(f"{fd};" for fd in inherited)}):
            secure.close()
            plain.close()
            yield ports


class ImportedEdge(edge_process.Edge):
    """What `larder import` makes of an nginx.conf, on ports of its own."""

    def __init__(self, backend, text):
        super().__init__(backend, {"name": "none"})
        imported = subprocess.run(larder_process.larder_command("import", "-"), input=text,
                                  capture_output=True, text=True, timeout=DEADLINE_S, check=False)
        assert imported.returncode == 0, imported.stderr
        config = json.loads(imported.stdout)
        for listener in config["env"]["network"]["listen"]:
            listener["address"] = "127.0.0.1:0"
        config["env"].pop("log")
        self.config_file.write_text(json.dumps(config))


@contextlib.contextmanager
def open_setting(backend, folder, change=lambda text: text, plan=ROUTER):
    folder.chmod(0o755)
    identity = Identity(folder, "sharebox", hosts=f"DNS:{SHAREBOX}")
    context = ssl.create_default_context(cafile=str(identity.certificate))
    with larder_process.Server("memcached") as memcached, Services(plan) as theirs, \
            Services(plan) as ours, contextlib.ExitStack() as stack:
        def made(services):
            return change(configuration(services, memcached.port, identity))
        secure, plain = stack.enter_context(nginx(made(theirs), folder))
        edge = stack.enter_context(ImportedEdge(backend, made(ours)))
        yield Setting(Balancer(theirs, secure, plain, context),
                      Balancer(ours, edge.ports[0], edge.ports[-1], context), memcached)


@contextlib.contextmanager
def stored(setting, key, value):
    client = Memcache(setting.memcached.address, timeout=DEADLINE_S, default_noreply=False)
    with contextlib.closing(client):
        assert client.set(key, value)
        yield client
        client.delete(key)
