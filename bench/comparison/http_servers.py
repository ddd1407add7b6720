# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Edges under test before one origin: Larder, nginx, HAProxy, Varnish; one thread each.

Every one keeps its cache in memory (nginx on a tmpfs, with open_file_cache), and writes no access
log unless it is asked to.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

from comparison import servers as node
from comparison.servers import Server, fail

ONE_KIB = 1024


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Configured(Server):
    """A server whose configuration is written when it starts; it listens on a port we choose."""

    def __init__(self, name, core, make):
        super().__init__(name, [], core)
        self.x_make = make
        self.x_home = None

    def start(self):
        self.x_home = pathlib.Path(tempfile.mkdtemp(prefix="larder-edge-", dir="/dev/shm"))
        self.x_home.chmod(0o755)   # varnishd reads it as somebody else
        self.port = free_port()
        self.x_command = [str(word) for word in self.x_make(self.x_home, self.port)]
        core = self.x_core
        self.x_process = subprocess.Popen(
            self.x_command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        node.await_listener(self.port, self.name)

    def pids(self):
        """Its own and those of its workers."""
        own, found = self.pid, []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                except (FileNotFoundError, ProcessLookupError):
                    continue
                if int(fields[3]) == own or int(entry.name) == own:   # of its session
                    found.append(int(entry.name))
        return found

    def cpu_s(self):
        """Processor time of all its threads so far."""
        ns = 0
        for pid in self.pids():
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                ns += int((task / "schedstat").read_text().split()[0])
        return ns / 1e9

    def pause(self):
        os.killpg(self.pid, 19)

    def resume(self):
        os.killpg(self.pid, 18)

    def end(self):
        super().end()
        if self.x_home is not None:
            shutil.rmtree(self.x_home, ignore_errors=True)


# ---- the origin

def origin(core, kind="cacheable", body_bytes=ONE_KIB):
    """A body of so many bytes at every path."""
    def make(home, port):
        control = {"cacheable": "max-age=36000", "uncacheable": "no-store"}[kind]
        (home / "body").write_text("x" * body_bytes)
        answer = f'return 200 "{"x" * body_bytes}"' if body_bytes <= ONE_KIB \
            else f"root {home}; rewrite ^ /body break"
        return nginx(home, f"""
  server {{
    listen 127.0.0.1:{port};
    location / {{ add_header Cache-Control {control}; {answer}; }}
  }}""")
    return Configured("origin", core, make)


def nginx(home, text, log="off"):
    (home / "nginx.conf").write_text(f"""
daemon off; pid {home}/pid; error_log {home}/error crit; worker_processes 1; user root;
events {{ worker_connections 4096; }}
http {{
  access_log {log}; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  client_body_temp_path {home}/bodies; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f;
  uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
{text}
}}""")
    return ["nginx", "-c", home / "nginx.conf"]


# ---- the edges

def certificate(home):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=bench",
                    "-keyout", home / "key", "-out", home / "certificate"], check=True,
                   stderr=subprocess.DEVNULL)
    both = (home / "certificate").read_text() + (home / "key").read_text()
    (home / "both").write_text(both)


def larder(options, backend, origin_port, tls=False, log=False, memory="2g"):
    def make(home, port):
        listen = {"address": f"127.0.0.1:{port}"}
        env = {"properties": {"coreWorkers": 1, "memoryUsage": {"cacheSize": memory}},
               "network": {"listen": [listen]}}
        functions = {"network": {"origin": {"servers": [{"address": f"127.0.0.1:{origin_port}"}]}}}
        if tls:
            certificate(home)
            listen["tls"] = True
            env["network"]["tls"] = {"certificates": [{"chainFile": str(home / "certificate"),
                                                       "keyFile": str(home / "key")}]}
        if log:
            env["log"] = {"access": [{"name": "all", "path": str(home / "log")}]}
            functions["operations"] = {"log": {"access": "all"}}
        config = {"meta": {"defaultHosting": "bench"}, "env": env, "functions": functions,
                  "hosting": [{"name": "bench"}]}
        (home / "edge.json").write_text(json.dumps(config))
        user = ["-u", "root"] if os.getuid() == 0 else []
        return [options.larder, "edge", "--config", home / "edge.json", "--io", backend, *user]
    return Configured(f"larder {backend}", options.server_core, make)


def nginx_cache(options, origin_port, tls=False, log=False):
    def make(home, port):
        speak = f"ssl http2; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate {home}/certificate; " \
                f"ssl_certificate_key {home}/key"
        if tls:
            certificate(home)
        return nginx(home, f"""
  open_file_cache max=100000 inactive=600s; open_file_cache_valid 600s;
  proxy_cache_path {home}/cache levels=1:2 keys_zone=one:64m max_size=2g inactive=10h
    use_temp_path=off;
  upstream origin {{ server 127.0.0.1:{origin_port}; keepalive 32; }}
  server {{
    listen 127.0.0.1:{port} {speak if tls else ""};
    location / {{
      proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_cache one; proxy_cache_key $host$request_uri;
    }}
  }}""", log=f"{home}/log" if log else "off")
    return Configured("nginx", options.server_core, make)


def haproxy(options, origin_port, tls=False, log=False):
    def make(home, port):
        speak = f"ssl crt {home}/both alpn h2,http/1.1" if tls else ""
        if tls:
            certificate(home)
        (home / "haproxy.cfg").write_text(f"""
global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
cache one
  total-max-size 2048
  max-object-size 2097152
  max-age 36000
frontend edge
  bind 127.0.0.1:{port} {speak}
  http-request cache-use one
  http-response cache-store one
  default_backend origin
backend origin
  http-reuse always
  server one 127.0.0.1:{origin_port}
""")
        return ["haproxy", "-db", "-f", home / "haproxy.cfg"]
    return Configured("haproxy", options.server_core, make)


def varnish(options, origin_port, tls=False, log=False):
    assert not tls and not log, "it speaks plainly, and logs to shared memory"

    def make(home, port):
        (home / "edge.vcl").write_text(
            f'vcl 4.1;\nbackend default {{ .host = "127.0.0.1"; .port = "{origin_port}"; }}\n')
        return ["varnishd", "-F", "-n", home / "run", "-a", f"127.0.0.1:{port}",
                "-f", home / "edge.vcl", "-s", "malloc,2g", "-p", "thread_pools=1",
                "-p", "thread_pool_min=50"]
    return Configured("varnish", options.server_core, make)


def check_peers():
    for program in ("nginx", "haproxy", "varnishd", "h2load"):
        if not shutil.which(program):
            fail(f"no {program}: install it with tools/install bench")
