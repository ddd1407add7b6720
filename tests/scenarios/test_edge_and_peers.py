# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Larder answers well-formed requests as nginx and HAProxy do, and asks the origin for the same;
where it does not, a row of edge_differences.py says which section of which RFC decides.

    case ──► larder  ─┐                 what came, field by field, but for what is anybody's own
         ──► nginx   ─┼─► one origin    what the origin saw
         ──► haproxy ─┘
"""
import re

import pytest

import edge_process
import h2_client
import scripted_origin
from edge_cases import CASES
from edge_differences import DIFFERENCES, GENERAL
from edge_peers import PeerClient, haproxy_before, nginx_before
from http_client import BrokenResponse
from larder_process import BACKENDS

PEERS = ("nginx", "haproxy")
# Each may say these as it likes: who it is, when, how it looked it up, how it frames.
OWN = {"server", "via", "date", "connection", "keep-alive", "cache-status", "transfer-encoding"}
# What is on the way from HTTP/1.1 to HTTP/1.1.
OWN_TO_ORIGIN = {"via", "connection", "keep-alive", "transfer-encoding", "content-length"}
WARM = "GET /warm HTTP/1.1\r\nHost: www.example.com\r\n\r\n"
PAGE = b"<html"     # an error's, which is anybody's own


class Servers:
    def __init__(self, origin, where):
        self.origin = origin
        self.where = where
        self.x_handlers = []

    def ask(self, case, server, path=None, conversation=None):
        """What differs from server to server, by its name."""
        self.x_handlers = [scripted_origin.reply("warm", ("Cache-Control", "no-store"))]
        Conversation(self.where[server]).hold([WARM], False)    # an idle connection to the origin
        self.origin.requests.clear()
        self.x_handlers = list(case.handlers)
        texts = [text.replace("{p}", path or case.path) for text in case.requests]
        talk = (conversation or Conversation)(self.where[server])
        answers = talk.hold(texts, case.pipelined)
        return told(answers), asked(self.origin.requests)

    def answer(self, exchange):
        left = self.x_handlers
        (left.pop(0) if len(left) > 1 else left[0])(exchange)


class Conversation:
    """Requests over one connection, or the next where the server ends it."""

    def __init__(self, where):
        self.x_where = where
        self.x_client = None

    def hold(self, texts, pipelined):
        try:
            if pipelined:
                self._send("".join(texts))
            return [self._answer(text, pipelined) for text in texts]
        finally:
            if self.x_client:
                self.x_client.close()

    def _send(self, text):
        if self.x_client is None:
            self.x_client = PeerClient(self.x_where)
        self.x_client.send(text)

    def _answer(self, text, is_sent):
        if not is_sent:
            self._send(text)
        try:
            response = self.x_client.response(text.split(" ")[0].strip())
        except (BrokenResponse, TimeoutError):
            return self._no_answer()
        if response.status == 101:
            response.body = self.x_client.rest()
        if "close" in (response.header("connection") or "").lower():
            self._no_answer()
        return response

    def _no_answer(self):
        self.x_client.close()
        self.x_client = None


class Http2Conversation:
    """The same requests over one connection of HTTP/2."""

    def __init__(self, where):
        self.x_where = where

    def hold(self, texts, _):
        with h2_client.Client(self.x_where) as client:
            return [self._answer(client, *of_http2(text)) for text in texts]

    @staticmethod
    def _answer(client, method, target, headers, body, host):
        try:
            return client.ask(method, target, *headers, body=body or None, host=host)
        except BrokenResponse:
            return None


def told(answers):
    """Of all answers: the status, the body, and each field that is not anybody's own."""
    aspects = {}
    for number, answer in enumerate(answers):
        for name, value in told_by(answer).items():
            aspects.setdefault(name, ["-"] * len(answers))[number] = value
    return {name: " | ".join(values) for name, values in aspects.items()}


def told_by(answer):
    if answer is None:
        return {"status": "none"}
    aspects = {"status": str(answer.status), "version": answer.version}
    if answer.interim:
        aspects["interim"] = " ".join(str(one.status) for one in answer.interim)
    if "close" in (answer.header("connection") or "").lower():
        aspects["end"] = "close"
    if PAGE in answer.body.lower():
        return aspects
    aspects["body"] = answer.body.decode("latin-1")
    if answer.trailers:
        aspects["trailers"] = str([(name.lower(), value) for name, value in answer.trailers])
    aspects.update(fields(answer.headers, OWN))
    return aspects


def fields(pairs, own):
    values = {}
    for name, value in pairs:
        if name.lower() not in own:
            values.setdefault(name.lower(), []).append(value)
    if "age" in values:     # it may be a second more
        values["age"] = [str(int(value) // 10 * 10) for value in values["age"]]
    return {name: ", ".join(lines) for name, lines in values.items()}


def asked(requests):
    """Of all requests at the origin."""
    aspects = {"asked": " ".join(request.method for request in requests)}
    for number, request in enumerate(requests):
        seen = {"target": request.target, "sent": request.body.decode("latin-1"),
                **fields(request.headers, OWN_TO_ORIGIN)}
        for name, value in seen.items():
            aspects.setdefault(f"origin {name}", ["-"] * len(requests))[number] = value
    return {name: value if name == "asked" else " | ".join(value)
            for name, value in aspects.items()}


def differences(ours, theirs, decisive):
    """By aspect. Where the decisive one differs, the others follow from it."""
    if ours.get(decisive) != theirs.get(decisive):
        return {decisive: (ours.get(decisive, ""), theirs.get(decisive, ""))}
    names = {*ours, *theirs}
    return {name: (ours.get(name, ""), theirs.get(name, "")) for name in names
            if ours.get(name, "") != theirs.get(name, "")}


@pytest.fixture(scope="module", name="servers", params=BACKENDS)
def new_servers(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("peers")
    with scripted_origin.Origin() as origin:
        site = edge_process.site(origin.port, functions={
            "network": {"origin": {"forwardClient": False, "host": "$http_host"}}})
        with nginx_before(origin.port, folder) as nginx, \
                haproxy_before(origin.port, folder) as haproxy, \
                edge_process.Edge(request.param, site) as edge:
            servers = Servers(origin, {"larder": edge.port, "nginx": nginx, "haproxy": haproxy})
            origin.otherwise = servers.answer
            yield servers


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_as_the_peers_or_as_the_rfc_says(servers, case):
    told_us, asked_us = servers.ask(case, "larder")
    for peer in PEERS:
        told_peer, asked_peer = servers.ask(case, peer)
        differing = {**differences(told_us, told_peer, "status"),
                     **differences(asked_us, asked_peer, "asked")}
        for general in GENERAL:
            if general.peer == peer and general.aspect in differing and \
                    differing[general.aspect][1] == general.theirs:
                del differing[general.aspect]
        explained = {row.aspect: (row.ours, row.theirs) for row in DIFFERENCES
                     if row.case == case.name and row.peer == peer}
        assert differing == explained, peer


# What HTTP/2 has not: fields of one connection, versions, bodies framed by their sender.
OF_HTTP1 = {"connection", "upgrade", "transfer-encoding", "te", "proxy-connection", "keep-alive",
            "trailer", "expect"}


def of_http2(text):
    """(method, target, fields, body); None: it has a meaning in HTTP/1 alone."""
    head, _, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    words = first.split(" ")
    sent = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    hosts = [value for name, value in sent if name.lower() == "host"]
    alien = {name.lower() for name, _ in sent} & OF_HTTP1
    is_plain = words[-1] == "HTTP/1.1" and words[1][0] in "/*{"
    if len(words) != 3 or not is_plain or alien or len(hosts) != 1:
        return None
    kept = [(name, value) for name, value in sent if name.lower() != "host"]
    return words[0], words[1], kept, body.encode("latin-1"), hosts[0]


HTTP2_CASES = [case for case in CASES
               if not case.pipelined and all(of_http2(text) for text in case.requests)]


@pytest.mark.parametrize("case", HTTP2_CASES, ids=[case.name for case in HTTP2_CASES])
def test_over_http2_as_over_http1(servers, case):
    path = case.path.replace("c", "h")     # nothing of it is stored yet
    told_h1, asked_h1 = servers.ask(case, "larder", path + "1")
    told_h2, asked_h2 = servers.ask(case, "larder", path + "2", Http2Conversation)
    for aspects in (told_h1, told_h2):
        for of_protocol in ("version", "end"):
            aspects.pop(of_protocol, None)
    as_h1 = {name: value.replace(path + "2", path + "1") for name, value in asked_h2.items()}
    assert (told_h2, as_h1) == (told_h1, asked_h1)


def test_most_cases_have_a_meaning_in_http2():
    assert len(HTTP2_CASES) >= 80


def test_every_difference_is_of_a_case_and_names_its_section():
    names = {case.name for case in CASES}
    assert len(names) == len(CASES) >= 80
    for row in DIFFERENCES:
        assert row.case in names, row
    for row in [*DIFFERENCES, *GENERAL]:
        assert row.peer in PEERS, row
        assert re.fullmatch(r"RFC \d{4} \d+(\.\d+)*", row.section) and row.why, row
