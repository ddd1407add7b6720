# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The edge by TLS, to Python's ssl, curl and openssl s_client: ALPN, certificates by name, OCSP,
clients' certificates, tickets, renewal without a drop, and the way from http to https.

    authority ── vouches for ──► www, shop, renewed, client       stranger: vouched for by nobody
"""
import contextlib
import signal
import ssl
import subprocess
import threading
import time

import pytest

import edge_process
import scripted_origin
from certificates import Identity, ocsp_response
from handshakes import starves_nobody
from http_client import Client
from larder_process import DEADLINE_S

WWW, SHOP = "www.example.com", "shop.example.net"


class Identities:
    def __init__(self, folder):
        self.authority = Identity(folder, "authority")
        self.www = Identity(folder, "www", self.authority, "DNS:www.example.com,DNS:*.example.com")
        self.shop = Identity(folder, "shop", self.authority, "DNS:shop.example.net")
        self.renewed = Identity(folder, "renewed", self.authority, "DNS:www.example.com")
        self.client = Identity(folder, "client", self.authority)
        self.stranger = Identity(folder, "stranger")

    def context(self, identity=None, alpn=("http/1.1",), version=None):
        """Of a client that holds the server to its certificate, but for its name."""
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        context.check_hostname = False
        if alpn:
            context.set_alpn_protocols(list(alpn))
        if identity:
            context.load_cert_chain(identity.certificate, identity.key)
        if version:
            context.minimum_version = context.maximum_version = version
        return context


@pytest.fixture(name="identities")
def new_identities(tmp_path):
    tmp_path.chmod(0o755)
    return Identities(tmp_path)


@pytest.fixture(name="origin")
def new_origin():
    with scripted_origin.Origin() as origin:
        origin.on("/", scripted_origin.reply("root"))
        yield origin


def certificate(identity, **more):
    return {"chainFile": str(identity.certificate), "keyFile": str(identity.key), **more}


def edge_with(backend, origin, *certificates, listen=({},), functions=None, threads=2):
    """One whose listeners speak TLS unless they say otherwise."""
    addresses = [{"address": "127.0.0.1:0", "tls": True, **one} for one in listen]
    network = {"listen": addresses, "tls": {"certificates": list(certificates)}}
    site = edge_process.site(origin.port, functions=functions)
    return edge_process.Edge(backend, site, threads=threads, env={"network": network})


def connect(port, context, name=WWW, session=None):
    client = Client(port)
    client.socket = context.wrap_socket(client.socket, server_hostname=name, session=session)
    return client


def shown(port, context, name=WWW):
    """The common name of the certificate that this name is shown."""
    with connect(port, context, name) as client:
        return name_of(client)


def name_of(client):
    return dict(pair[0] for pair in client.socket.getpeercert()["subject"])["commonName"]


def is_let_in(port, context, name=WWW):
    try:
        with connect(port, context, name) as client:
            return client.get("/", host=name).status == 200
    except (OSError, AssertionError):
        return False


def s_client(port, identities, *options):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile",
               str(identities.authority.certificate), *options]
    return subprocess.run(command, input="", capture_output=True, text=True, timeout=DEADLINE_S,
                          check=False)


# ---- ALPN

@pytest.mark.parametrize("offered, spoken", [
    (["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1"), (["http/1.1", "h2"], "h2"),
    ([], None)])
def test_http2_is_preferred_and_nothing_is_forced(backend, identities, origin, offered, spoken):
    with edge_with(backend, origin, certificate(identities.www)) as edge:
        with connect(edge.port, identities.context(alpn=offered)) as client:
            assert client.socket.selected_alpn_protocol() == spoken
            if spoken != "h2":
                assert client.get("/", host=WWW).body == b"root"


def test_who_speaks_neither_is_refused(backend, identities, origin):
    """RFC 7301, 3.2."""
    with edge_with(backend, origin, certificate(identities.www)) as edge:
        with pytest.raises(ssl.SSLError, match="(?i)no.application.protocol"):
            connect(edge.port, identities.context(alpn=["irc"]))


def test_a_listener_without_http2_does_not_offer_it(backend, identities, origin):
    with edge_with(backend, origin, certificate(identities.www),
                   listen=[{}, {"http2": False}]) as edge:
        context = identities.context(alpn=["h2", "http/1.1"])
        spoken = []
        for port in edge.ports:
            with connect(port, context) as client:
                spoken.append(client.socket.selected_alpn_protocol())
        assert spoken == ["h2", "http/1.1"]


@pytest.mark.parametrize("version", ["1.1", "2"])
def test_curl_is_answered(backend, identities, origin, version):
    with edge_with(backend, origin, certificate(identities.www)) as edge:
        done = subprocess.run(
            ["curl", "-sS", f"--http{version}", "--cacert", str(identities.authority.certificate),
             "--connect-to", f"{WWW}:443:127.0.0.1:{edge.port}", "-w", " %{http_version}",
             f"https://{WWW}/"], capture_output=True, text=True, timeout=DEADLINE_S, check=False)
        assert done.stdout == f"root {version}", done.stderr


# ---- certificates

def test_each_name_is_shown_its_certificate(backend, identities, origin):
    with edge_with(backend, origin, certificate(identities.www),
                   certificate(identities.shop)) as edge:
        context = identities.context()
        names = [WWW, "other.example.com", SHOP, SHOP.upper(), "stranger.org", None]
        assert [shown(edge.port, context, name) for name in names] == [
            "www", "www", "shop", "shop", "www", "www"]


def test_old_versions_are_refused(backend, identities, origin):
    with edge_with(backend, origin, certificate(identities.www)) as edge:
        said = s_client(edge.port, identities, "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0").stderr
        assert "alert protocol version" in said


def test_plain_http_is_not_answered(backend, identities, origin):
    with edge_with(backend, origin, certificate(identities.www)) as edge:
        with Client(edge.port) as client:
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert b"HTTP/" not in client.rest()
        assert is_let_in(edge.port, identities.context())


def test_what_the_issuer_says_is_stapled(backend, identities, origin, tmp_path):
    path = tmp_path / "www.ocsp"
    ocsp_response(identities.www, identities.authority, path)
    stapled = certificate(identities.www, ocspFile=str(path))
    with edge_with(backend, origin, certificate(identities.shop), stapled) as edge:
        for version in ("-tls1_2", "-tls1_3"):
            of_www = s_client(edge.port, identities, "-status", "-servername", WWW, version).stdout
            assert "OCSP Response Status: successful (0x0)" in of_www
            assert "Cert Status: good" in of_www
            of_shop = s_client(edge.port, identities, "-status", "-servername", SHOP, version)
            assert "OCSP response: no response sent" in of_shop.stdout
            unasked = s_client(edge.port, identities, "-servername", WWW, version).stdout
            assert "Cert Status" not in unasked


def test_a_new_answer_of_the_issuer_is_stapled_after_a_reload(backend, identities, origin,
                                                              tmp_path):
    path = tmp_path / "www.ocsp"
    ocsp_response(identities.www, identities.authority, path)
    with edge_with(backend, origin, certificate(identities.www, ocspFile=str(path))) as edge:
        ocsp_response(identities.www, identities.authority, path, status="R")
        edge.terminate(signal.SIGHUP)
        eventually(lambda: "Cert Status: revoked" in s_client(edge.port, identities,
                                                              "-status").stdout)


def eventually(holds):
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline


# ---- clients' certificates

@pytest.mark.parametrize("clients, nobody, client, stranger", [
    ("notAsked", True, True, True), ("asked", True, True, False), ("required", False, True, False)])
def test_clients_show_who_they_are(backend, identities, origin, clients, nobody, client, stranger):
    asking = certificate(identities.www, clients=clients,
                         caFile=str(identities.authority.certificate))
    with edge_with(backend, origin, asking) as edge:
        assert is_let_in(edge.port, identities.context()) == nobody
        assert is_let_in(edge.port, identities.context(identities.client)) == client
        assert is_let_in(edge.port, identities.context(identities.stranger)) == stranger


def test_each_name_has_clients_of_its_own(backend, identities, origin):
    closed = certificate(identities.shop, clients="required",
                         caFile=str(identities.authority.certificate))
    with edge_with(backend, origin, certificate(identities.www), closed) as edge:
        assert is_let_in(edge.port, identities.context(), WWW)
        assert not is_let_in(edge.port, identities.context(), SHOP)
        assert is_let_in(edge.port, identities.context(identities.client), SHOP)


def test_nobody_comes_to_a_closed_site_by_another_name(backend, identities, origin):
    """Not by the handshake of an open one, and not without TLS."""
    closed = certificate(identities.shop, clients="required",
                         caFile=str(identities.authority.certificate))
    sites = [edge_process.site(origin.port, name="default"), edge_process.site(
        origin.port, name=SHOP, functions={"network": {"access": {"clientCertificate": True}}})]
    listen = [{"address": "127.0.0.1:0", "tls": True}, {"address": "127.0.0.1:0"}]
    certificates = [certificate(identities.www), closed]
    with edge_process.Edge(backend, *sites, env={"network": {
            "listen": listen, "tls": {"certificates": certificates}}}) as edge:
        secure, plain = edge.ports
        mine = identities.context(identities.client)
        assert is_let_in(secure, mine, SHOP)
        for context in (mine, identities.context()):
            with connect(secure, context, WWW) as client:
                assert client.get("/", host=SHOP).status == 421
                assert client.get("/", host=WWW).status == 200
        with Client(plain) as client:
            assert client.get("/", host=SHOP).status == 403
        assert all(request.header("host") != SHOP for request in origin.requests[1:])


def test_the_origin_is_told_who_the_client_is(backend, identities, origin):
    asking = certificate(identities.www, clients="asked",
                         caFile=str(identities.authority.certificate))
    rules = [{"side": "toOrigin", "name": "X-Client", "value": "$ssl_client_s_dn"},
             {"side": "toOrigin", "name": "X-Tls", "value": "$ssl_protocol $ssl_server_name"}]
    with edge_with(backend, origin, asking,
                   functions={"network": {"http": {"headers": rules}}}) as edge:
        with connect(edge.port, identities.context(identities.client)) as client:
            client.get("/", ("X-Client", "CN=root"), host=WWW)
        with connect(edge.port, identities.context()) as client:
            client.get("/", ("X-Client", "CN=root"), host=WWW)
        assert [r.header("x-client") for r in origin.requests] == ["CN=client", None]
        assert origin.requests[0].header("x-tls") == f"TLSv1.3 {WWW}"
        assert origin.requests[0].header("x-forwarded-proto") == "https"


# ---- tickets

@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_sessions_are_resumed_by_every_loop_and_after_a_reload(backend, identities, origin,
                                                               version):
    context = identities.context(version=version)
    with edge_with(backend, origin, certificate(identities.www), certificate(identities.shop),
                   threads=3) as edge:
        for name in (WWW, SHOP):
            session = session_of(edge, context, name)
            assert are_resumed(edge, context, name, session)
            edge.terminate(signal.SIGHUP)
            assert are_resumed(edge, context, name, session)


def session_of(edge, context, name):
    with connect(edge.port, context, name) as client:
        assert client.get("/", host=name).status == 200
        return client.socket.session


def are_resumed(edge, context, name, session):
    """On connections that are open at the same time, so that they are of all loops."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(connect(edge.port, context, name, session)) for _ in range(6)]
        return all(client.get("/", host=name).status == 200 and client.socket.session_reused
                   for client in held)


# ---- renewal

def test_certificates_are_renewed_without_a_drop(backend, identities, origin):
    """Who is connected stays, with a response under way; whoever comes sees the new one."""
    go_on = threading.Event()

    def slow(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
        assert go_on.wait(DEADLINE_S)
        exchange.send("later")

    origin.on("/slow", slow)
    context = identities.context()
    with edge_with(backend, origin, certificate(identities.www)) as edge, \
            connect(edge.port, context) as idle, connect(edge.port, context) as busy:
        assert idle.get("/", host=WWW).status == 200
        busy.request("GET", "/slow", host=WWW)
        busy.head()
        assert busy.exactly(5) == b"first"
        identities.www.become(identities.renewed)
        edge.terminate(signal.SIGHUP)
        eventually(lambda: shown(edge.port, context) == "renewed")
        go_on.set()
        assert busy.exactly(5) == b"later"
        assert name_of(idle) == "www"
        assert idle.get("/", host=WWW).status == 200


def test_reloads_under_load_drop_nobody(backend, identities, origin):
    context = identities.context()
    faults, seen, ended = [], set(), threading.Event()
    with edge_with(backend, origin, certificate(identities.www)) as edge:
        def come_and_go():
            while not ended.is_set():
                try:
                    with connect(edge.port, context) as client:
                        seen.add(name_of(client))
                        assert client.get("/", host=WWW).body == b"root"
                        assert client.get("/", host=WWW).body == b"root"
                except Exception as fault:  # pylint: disable=broad-exception-caught
                    faults.append(fault)

        crowd = [threading.Thread(target=come_and_go) for _ in range(4)]
        for one in crowd:
            one.start()
        spare = identities.stranger
        spare.become(identities.www)
        for turn in range(20):
            identities.www.become((identities.renewed, spare)[turn % 2])
            edge.terminate(signal.SIGHUP)
            wanted = ("renewed", "www")[turn % 2]
            eventually(lambda: shown(edge.port, context) == wanted)  # pylint: disable=W0640
        ended.set()
        for one in crowd:
            one.join()
        assert faults == []
        assert seen == {"www", "renewed"}


def test_a_bad_renewal_changes_nothing_and_is_told(backend, identities, origin):
    context = identities.context()
    with edge_with(backend, origin, certificate(identities.www)) as edge:
        identities.www.certificate.write_text("no certificate")
        edge.terminate(signal.SIGHUP)
        eventually(lambda: "Error loading the certificate chain" in edge.stderr())
        assert shown(edge.port, context) == "www"
        assert is_let_in(edge.port, context)


# ---- from http to https

def test_what_comes_in_plain_is_sent_to_https(backend, identities, origin):
    functions = {"network": {"http": {"toHttps": True}}}
    with edge_with(backend, origin, certificate(identities.www), listen=[{}, {"tls": False}],
                   functions=functions) as edge:
        secure, plain = edge.ports
        with Client(plain) as client:
            led = client.get("/a%20b?c=d", host=f"{WWW}:{plain}")
            assert (led.status, led.header("location")) == (307, f"https://{WWW}/a%20b?c=d")
            led = client.ask("POST", "/", body=b"x", host=WWW)
            assert (led.status, led.header("location")) == (307, f"https://{WWW}/")
        assert origin.requests == []
        with connect(secure, identities.context()) as client:
            assert client.get("/", host=WWW).body == b"root"


# ---- crowds

def test_a_flood_of_handshakes_starves_nobody(backend, identities, origin):
    origin.on("/kept", scripted_origin.reply("kept", ("Cache-Control", "max-age=600")))
    context = identities.context()
    with edge_with(backend, origin, certificate(identities.www), threads=1) as edge, \
            connect(edge.port, context) as beside:
        assert beside.get("/kept", host=WWW).body == b"kept"
        assert starves_nobody(
            edge, edge.port, context, 300, lambda: beside.request("GET", "/kept", host=WWW),
            lambda: beside.response().body == b"kept")


def test_a_listener_with_tls_needs_a_certificate(backend, origin):
    code, said = edge_with(backend, origin).run_to_end()
    assert code != 0
    assert "a listener with tls needs one" in said
