# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Debian's nginx and HAProxy before an origin, as caches, on sockets of the file system.

    with nginx_before(origin.port, folder) as path, haproxy_before(origin.port, folder) as other:
        with open_client(path) as client: …
"""
import contextlib
import os
import socket

import http_client
from larder_process import SLOW
from program import running

NO_ANSWER_S = 3 * SLOW

NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
{user}
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  proxy_cache_path {folder}/cache keys_zone=all:1m;
  upstream origin {{ server 127.0.0.1:{port} max_fails=0; keepalive 8; }}
  map $http_upgrade $wants_upgrade {{ default upgrade; '' ''; }}
  server {{
    listen unix:{folder}/nginx;
    location / {{
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection $wants_upgrade;
      proxy_set_header Upgrade $http_upgrade;
      proxy_next_upstream off;
      proxy_cache all;
      proxy_cache_key $host$request_uri;
      proxy_cache_revalidate on;
    }}
  }}
}}
"""

HAPROXY = """
global
  maxconn 100
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
  retries 0
cache all
  total-max-size 16
  max-object-size 1000000
  max-age 3600
  process-vary on
frontend edge
  bind unix@{folder}/haproxy
  http-request cache-use all
  http-response cache-store all
  default_backend origin
backend origin
  server one 127.0.0.1:{port}
"""


class PeerClient(http_client.Client):
    """Over a port, or a socket of the file system; takes HTTP/1.0 for an answer, and does not wait
    for those that never come."""

    versions = ("HTTP/1.1", "HTTP/1.0")

    def __init__(self, where):
        if isinstance(where, int):
            super().__init__(where)
            return
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(NO_ANSWER_S)
        self.socket.connect(str(where))
        self.x_received = b""


def _listens(path):
    def answers(_):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(path)) == 0
    return answers


@contextlib.contextmanager
def nginx_before(port, folder):
    configuration = folder / "nginx.conf"
    user = "user root;" if os.getuid() == 0 else ""
    configuration.write_text(NGINX.format(folder=folder, port=port, user=user))
    with running("/usr/sbin/nginx", "-p", folder, "-e", "stderr", "-c", configuration,
                 ready=_listens(folder / "nginx")):
        yield folder / "nginx"


@contextlib.contextmanager
def haproxy_before(port, folder):
    configuration = folder / "haproxy.cfg"
    configuration.write_text(HAPROXY.format(folder=folder, port=port))
    with running("/usr/sbin/haproxy", "-db", "-f", configuration,
                 ready=_listens(folder / "haproxy")):
        yield folder / "haproxy"
