"""Connections: what a client may send, how slowly, and what it is told."""

from __future__ import annotations

import json
import socket

import pytest
from tests.api.served import Served, served

from volery.api import connection, door
from volery.api.operation import LARGEST_BODY

pytestmark = pytest.mark.keeps_running("threads that answer belong to the server")

NEW = "POST /api/v1/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


class Raw:
    """A connection on which anything can be sent."""

    def __init__(self, api: Served, sent: str = "") -> None:
        self._socket = socket.create_connection(("127.0.0.1", api.port), timeout=20)
        self.send(sent)

    def send(self, text: str) -> None:
        self._socket.sendall(text.encode())

    def await_end(self, text: str) -> None:
        """Read what ends with a text."""
        told = b""
        while not told.endswith(text.encode()):
            told += self._socket.recv(1)

    def close(self) -> None:
        self._socket.close()

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of all that comes until the server hangs up."""
        told = b""
        with self._socket:
            try:
                while part := self._socket.recv(65536):
                    told += part
            except ConnectionResetError:  # it has not read all that was sent
                pass
        head, _, body = told.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        return int(first.split()[1]) if first else 0, headers, body


def assert_problem(found: tuple[int, dict[str, str], bytes], status: int) -> None:
    """That an answer is a problem, with the headers of all others."""
    assert found[0] == status
    assert found[1]["content-type"] == "application/problem+json"
    assert found[1]["x-content-type-options"] == "nosniff"
    assert found[1]["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert json.loads(found[2])["status"] == status


@pytest.mark.parametrize(
    "sent",
    [
        "\x16\x03\x01\x02",
        "FOO / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"{NEW}Content-Length: -4\r\n\r\n",
        f"{NEW}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["TLS", "no method", "no length", "two lengths"],
)
def test_what_is_no_request_is_answered_with_a_problem(api, sent):
    assert_problem(Raw(api, sent).answer(), 400)


@pytest.mark.parametrize(
    "more",
    ["X: " + "a" * 400_000, "X: a\r\n" * 60_000, "/" + "a" * 400_000],
    ids=["long", "many", "path"],
)
def test_a_head_may_not_grow_for_ever(api, more):
    begin = "GET " if more.startswith("/") else "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
    assert_problem(Raw(api, begin + more).answer(), 431)


def test_more_than_one_host_is_none(api):
    hosts = "Host: localhost\r\nHost: evil.example\r\nConnection: close\r\n"
    assert_problem(Raw(api, f"GET /healthz HTTP/1.1\r\n{hosts}\r\n").answer(), 400)


@pytest.mark.parametrize(
    "sent", ["", "GET /healthz HT", "\r\n", "GET /healthz HTTP/1.1\r\nHost: lo"]
)
def test_a_connection_on_which_no_request_comes_is_closed(api, monkeypatch, sent):
    monkeypatch.setattr(connection, "SLOWEST_HEAD", 0.1)
    assert Raw(api, sent).answer() == (0, {}, b"")


def test_between_requests_a_head_may_take_no_longer(api, monkeypatch):
    monkeypatch.setattr(connection, "SLOWEST_HEAD", 0.1)
    raw = Raw(api, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    raw.await_end('{"ok":true}')
    raw.send("GET /healthz HT")
    assert raw.answer() == (0, {}, b"")


def test_a_body_that_comes_too_slowly_is_not_waited_for(api, monkeypatch):
    monkeypatch.setattr(door, "SLOWEST", 0.1)
    assert_problem(Raw(api, f"{NEW}Connection: close\r\nContent-Length: 9\r\n\r\n{{").answer(), 408)


def test_a_client_that_goes_away_in_its_body_is_no_error_of_ours(tmp_path, caplog):
    with served(tmp_path) as api:
        for head in (NEW, NEW.replace("POST /api/v1/projects", f"PUT /api/v1/content/{'0' * 64}")):
            Raw(api, f"{head}Content-Length: 9\r\n\r\n{{").close()
        while api.get("/metrics").body.count(b'status="400"} 1.0') < 2:
            pass
    assert "has met an error" not in caplog.text


def test_a_body_that_says_that_it_is_too_large_is_not_read(api):
    head = f"{NEW}Content-Length: {LARGEST_BODY + 1}\r\nConnection: close\r\n\r\n"
    assert_problem(Raw(api, head).answer(), 413)


def test_another_protocol_is_not_spoken_and_not_warned_of(api, caplog):
    upgrade = "Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n"
    assert Raw(api, f"GET /healthz HTTP/1.1\r\nHost: localhost\r\n{upgrade}\r\n").answer()[0] == 200
    assert "upgrade" not in caplog.text.lower()
