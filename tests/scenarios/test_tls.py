# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The cache by TLS, to programs that are none of ours: Python's ssl, pymemcache, openssl s_client.

    authority ── vouches for ──► server, renewed, client          stranger: vouched for by nobody
"""
import contextlib
import functools
import re
import signal
import socket
import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor as pool_of

import pytest
from pymemcache.client.base import Client

import larder_process
from certificates import Identity
from handshakes import starves_nobody
from larder_process import DEADLINE_S, SLOW

pytestmark = pytest.mark.skipif(larder_process.PEER != "", reason="started with Larder's options")

KIB, MIB = 1 << 10, 1 << 20
CROWD = 500


class Identities:
    def __init__(self, folder):
        self.authority = Identity(folder, "authority")
        self.server = Identity(folder, "server", self.authority)
        self.renewed = Identity(folder, "renewed", self.authority)
        self.client = Identity(folder, "client", self.authority)
        self.stranger = Identity(folder, "stranger")

    def options(self):
        return ["-Z", "-o", f"ssl_chain_cert={self.server.certificate},ssl_key={self.server.key},"
                            f"ssl_ca_cert={self.authority.certificate}"]

    def context(self, identity=None):
        """Of a client that holds the server to its certificate, but for its name."""
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        context.check_hostname = False
        if identity:
            context.load_cert_chain(identity.certificate, identity.key)
        return context


@pytest.fixture
def identities(tmp_path):
    tmp_path.chmod(0o755)
    return Identities(tmp_path)


@pytest.fixture
def encrypted(serve, backend, identities):
    return serve(backend, *identities.options(), "-I", "8m", memory_mb=128)


def connect_by_tls(port, context, session=None):
    raw = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(raw, session=session)


def read_until(connection, end):
    text = b""
    while not text.endswith(end):
        more = connection.recv(1 << 16)
        if not more:
            break
        text += more
    return text


def ask(connection, request, end=b"\r\n"):
    connection.sendall(request)
    return read_until(connection, end)


def talks(port, context):
    """Whether the server lets this client in."""
    try:
        with connect_by_tls(port, context) as connection:
            return ask(connection, b"mn\r\n") == b"MN\r\n"
    except (ssl.SSLError, ConnectionError):
        return False


def name_of(connection):
    return dict(pair[0] for pair in connection.getpeercert()["subject"])["commonName"]


def rows_of_stats(connection):
    text = ask(connection, b"stats\r\n", b"END\r\n").decode()
    return dict(line.split(" ")[1:] for line in text.splitlines()[:-1])


def memory(connection):
    """Bytes by owner, as `stats` tells."""
    return {name[7:]: int(value) for name, value in rows_of_stats(connection).items()
            if name.startswith("memory_")}


# ---- clients

def test_pymemcache_stores_values_of_every_size(encrypted, identities):
    client = Client(encrypted.address, tls_context=identities.context(), timeout=DEADLINE_S,
                    default_noreply=False)
    with contextlib.closing(client):
        for size in (0, 1, 100, 16 * KIB, 16 * KIB + 1, 100_000, MIB, 7 * MIB):
            value = bytes(range(251)) * (size // 251 + 1)
            assert client.set(f"k{size}", value[:size])
            assert client.get(f"k{size}") == value[:size]
        assert len(client.get_many([f"k{size}" for size in (0, 1, MIB, 7 * MIB)])) == 4


def test_values_read_often_are_whole(encrypted, identities):
    """Those that plain connections are sent by reference."""
    value = bytes(range(256)) * (MIB // 256)
    with connect_by_tls(encrypted.port, identities.context()) as connection:
        assert ask(connection, b"set k 0 0 %d\r\n%s\r\n" % (MIB, value)) == b"STORED\r\n"
        for _ in range(20):
            text = ask(connection, b"get k\r\n", b"\r\nEND\r\n")
            assert text == b"VALUE k 0 %d\r\n%s\r\nEND\r\n" % (MIB, value)


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_s_client_is_answered(encrypted, identities, version):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{encrypted.port}", version, "-quiet",
               "-verify_return_error", "-CAfile", identities.authority.certificate]
    done = subprocess.run(command, input=b"set k 0 0 1\r\nv\r\nget k\r\nquit\r\n",
                          capture_output=True, timeout=DEADLINE_S, check=False)
    assert done.stdout == b"STORED\r\nVALUE k 0 1\r\nv\r\nEND\r\n", done.stderr.decode()


def test_old_versions_are_refused(encrypted, identities):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{encrypted.port}", "-tls1_1",
               "-cipher", "DEFAULT:@SECLEVEL=0"]
    done = subprocess.run(command, input=b"", capture_output=True, timeout=DEADLINE_S, check=False)
    assert b"alert protocol version" in done.stderr


def test_the_end_is_told(encrypted, identities):
    with connect_by_tls(encrypted.port, identities.context()) as connection:
        connection.sendall(b"mn\r\nquit\r\n")
        assert read_until(connection, b"never") == b"MN\r\n"  # and no SSLEOFError


def test_plaintext_is_closed(encrypted, connect, identities):
    for words in (b"get k\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x80\x00" + b"\0" * 22, b"x" * 10_000):
        wire = connect(encrypted)
        wire.send(words)
        assert wire.fill_until(lambda: wire.ended)  # pylint: disable=cell-var-from-loop
        assert b"VALUE" not in wire.inbox and b"END" not in wire.inbox
    with connect_by_tls(encrypted.port, identities.context()) as watch:
        told = rows_of_stats(watch)
        assert int(told["ssl_handshake_errors"]) == 4
        assert int(told["ssl_proto_errors"]) == 0
        assert 0 <= int(told["time_since_server_cert_refresh"]) <= DEADLINE_S


# ---- who may come in

def test_each_listener_has_its_terms(serve, backend, identities):
    server = serve(backend, *identities.options(), "-l", "notls:127.0.0.1,btls:127.0.0.1",
                   "-l", "mtls:127.0.0.1")
    default, plain, basic, mutual = server.ports
    nobody, client = identities.context(), identities.context(identities.client)
    stranger = identities.context(identities.stranger)
    assert [talks(port, nobody) for port in (default, basic, mutual)] == [True, True, False]
    assert [talks(port, client) for port in (default, basic, mutual)] == [True, True, True]
    assert [talks(port, stranger) for port in (default, basic, mutual)] == [True, True, False]
    with socket.create_connection(("127.0.0.1", plain), timeout=DEADLINE_S) as connection:
        assert ask(connection, b"mn\r\n") == b"MN\r\n"


@pytest.mark.parametrize("mode, nobody, client, stranger", [
    (0, True, True, True), (1, True, True, False),
    (2, False, True, False), (3, False, True, False)])
def test_verify_modes(serve, backend, identities, mode, nobody, client, stranger):
    server = serve(backend, *identities.options(), "-o", f"ssl_verify_mode={mode}")
    assert talks(server.port, identities.context()) == nobody
    assert talks(server.port, identities.context(identities.client)) == client
    assert talks(server.port, identities.context(identities.stranger)) == stranger


# ---- renewals

def renew_by_command(server, connection):
    assert server.pid
    return ask(connection, b"refresh_certs\r\n") == b"OK\r\n"


def renew_by_signal(server, _):
    server.terminate(signal.SIGHUP)
    return True


@pytest.mark.parametrize("renew", [renew_by_command, renew_by_signal])
def test_certificates_are_renewed_under_way(encrypted, identities, renew):
    context = identities.context()
    with connect_by_tls(encrypted.port, context) as before:
        assert name_of(before) == "server"
        identities.server.become(identities.renewed)
        assert renew(encrypted, before)
        deadline = time.monotonic() + DEADLINE_S
        while True:
            with connect_by_tls(encrypted.port, context) as after:
                if name_of(after) == "renewed":
                    break
            assert time.monotonic() < deadline
        assert ask(before, b"mn\r\n") == b"MN\r\n"


def test_a_bad_renewal_changes_nothing(encrypted, identities):
    context = identities.context()
    with connect_by_tls(encrypted.port, context) as connection:
        identities.server.certificate.write_text("no certificate")
        said = ask(connection, b"refresh_certs\r\n")
        assert said.startswith(b"SERVER_ERROR Error loading the certificate chain: ")
        assert said.count(b"\r\n") == 1
        assert ask(connection, b"mn\r\n") == b"MN\r\n"
    with connect_by_tls(encrypted.port, context) as connection:
        assert name_of(connection) == "server"


def test_without_tls_there_is_nothing_to_renew(server, connect):
    assert connect(server).ask(b"refresh_certs\r\n") == b"CLIENT_ERROR TLS not enabled\r\n"
    server.terminate(signal.SIGHUP)
    assert connect(server).ask(b"mn\r\n") == b"MN\r\n"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_sessions_are_resumed_by_every_thread(serve, backend, identities, version):
    server = serve(backend, *identities.options(), threads=3)
    context = identities.context()
    context.minimum_version = context.maximum_version = version
    with connect_by_tls(server.port, context) as connection:
        assert ask(connection, b"mn\r\n") == b"MN\r\n"
        session = connection.session
    held = [connect_by_tls(server.port, context, session) for _ in range(6)]
    for connection in held:
        assert ask(connection, b"mn\r\n") == b"MN\r\n"
        assert connection.session_reused
        connection.close()


@pytest.mark.parametrize("with_cache", [True, False])
def test_without_tickets_only_the_cache_resumes(serve, backend, identities, with_cache):
    cached = ["-o", "ssl_session_cache"] if with_cache else []
    server = serve(backend, *identities.options(), *cached, threads=3)
    context = identities.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET
    with connect_by_tls(server.port, context) as connection:
        assert ask(connection, b"mn\r\n") == b"MN\r\n"
        session = connection.session
    for _ in range(6):
        with connect_by_tls(server.port, context, session) as connection:
            assert ask(connection, b"mn\r\n") == b"MN\r\n"
            assert connection.session_reused == with_cache


# ---- crowds

def test_a_crowd_talks_and_leaves_no_memory(encrypted, identities):
    context = identities.context()

    def converse(connection):
        key = b"k%d" % connection.fileno()
        value = key * 1000
        for _ in range(5):
            assert ask(connection, b"set %s 0 0 %d\r\n%s\r\n" % (key, len(value), value)) == (
                b"STORED\r\n")
            assert ask(connection, b"get %s\r\n" % key, b"\r\nEND\r\n").endswith(
                b"\r\n%s\r\nEND\r\n" % value)

    with connect_by_tls(encrypted.port, context) as watch, pool_of(8) as pool:
        empty = memory(watch)
        crowd = list(pool.map(lambda _: connect_by_tls(encrypted.port, context), range(CROWD)))
        list(pool.map(converse, crowd))
        deadline = time.monotonic() + DEADLINE_S
        while memory(watch)["outboxes"] > 4 * MIB:  # idle again
            assert time.monotonic() < deadline
        busy = memory(watch)
        tls = busy["tls"] - empty["tls"]
        print(f"an idle connection: {tls // CROWD} bytes of memory_tls")
        assert CROWD * KIB < tls < CROWD * 20 * KIB
        if SLOW == 1:  # a sanitizer's malloc has no such number
            owned = tls + busy["connections"] - empty["connections"]
            assert abs(busy["heap"] - empty["heap"] - owned) < 0.05 * owned + 64 * KIB
        for connection in crowd:
            connection.close()
        deadline = time.monotonic() + DEADLINE_S
        while memory(watch)["tls"] > empty["tls"] + 64 * KIB:
            assert time.monotonic() < deadline, memory(watch)


def test_a_flood_of_handshakes_starves_nobody(serve, backend, identities):
    server = serve(backend, *identities.options(), "-l", "notls:127.0.0.1", threads=1)
    secure, plain = server.ports
    context = identities.context()
    with connect_by_tls(secure, context) as established, socket.create_connection(
            ("127.0.0.1", plain), timeout=DEADLINE_S) as beside:
        for connection in (established, beside):    # both are accepted before the crowd is
            assert ask(connection, b"mn\r\n") == b"MN\r\n"
        for one in (established, beside):
            assert starves_nobody(
                server, secure, context, CROWD, functools.partial(one.sendall, b"mn\r\n"),
                lambda one=one: read_until(one, b"\r\n") == b"MN\r\n")


# ---- options

@pytest.mark.parametrize("options, complaint", [
    (["-Z"], "-Z needs -o ssl_chain_cert"),
    (["-Z", "-o", "ssl_chain_cert=/no/such"], "Error loading the certificate chain: /no/such"),
    (["-Z", "-o", "ssl_verify_mode=4"], "ssl_verify_mode: 4: "),
    (["-Z", "-o", "ssl_min_version=ssl3"], "ssl_min_version: ssl3: "),
    (["-Z", "-o", "ssl_kernel_tls"], "in the kernel is not served"),
    (["-Z", "-o", "ssl_keyformat=ENGINE"], "PEM or DER"),
    (["-Z", "-o", "ssl_key"], "ssl_key needs a value"),
    (["-l", "mtls:127.0.0.1"], "needs -Z")])
def test_bad_options_are_refused_at_the_start(backend, options, complaint):
    code, said = larder_process.Server(backend, *options).run_to_end()
    assert code != 0
    assert re.search(re.escape(complaint), said), said
