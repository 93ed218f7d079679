"""Attaching: a WebSocket to the standard streams of a process, in the channels of Kubernetes."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import IO

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_STDIN, _STDOUT, _STDERR, _STATUS = b"\0", b"\1", b"\2", b"\3"
_BINARY, _CLOSE = 2, 8


def attach(
    connection: socket.socket,
    requests: IO[bytes],
    headers: Mapping[str, str],
    process: subprocess.Popen[bytes],
) -> None:
    """Pass on what is said, until both have nothing more to say. Its stdin is closed then.

    Args:
        connection: of who has asked.
        requests: what comes on it.
        headers: of the request.
        process: all its streams are unbuffered pipes.
    """
    assert process.stdin is not None
    connection.sendall(_greeting(headers))
    sending = threading.Lock()
    pumps = [
        threading.Thread(target=_pump, args=(*each, connection, sending), daemon=True)
        for each in ((process.stdout, _STDOUT), (process.stderr, _STDERR))
    ]
    for each in pumps:
        each.start()
    with process.stdin, suppress(OSError):
        while (message := _message(requests)) is not None:
            if message[:1] == _STDIN:
                process.stdin.write(message[1:])
    for each in pumps:
        each.join()


def _greeting(headers: Mapping[str, str]) -> bytes:
    key = hashlib.sha1((headers["Sec-WebSocket-Key"] + _GUID).encode()).digest()
    protocol = headers["Sec-WebSocket-Protocol"].partition(",")[0]
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {base64.b64encode(key).decode()}\r\n"
        f"Sec-WebSocket-Protocol: {protocol}\r\n\r\n"
    ).encode()


def _pump(
    source: IO[bytes], channel: bytes, connection: socket.socket, sending: threading.Lock
) -> None:
    with source:
        while data := source.read(30_000):
            _send(connection, channel + data, sending)
    if channel == _STDOUT:
        _send(connection, _STATUS + b'{"status":"Success"}', sending)


def _send(connection: socket.socket, body: bytes, sending: threading.Lock) -> None:
    with sending, suppress(OSError):
        connection.sendall(struct.pack(">BBH", 0x80 | _BINARY, 126, len(body)) + body)


def _message(stream: IO[bytes]) -> bytes | None:
    """The next message of a client, whose bytes are masked; None: it has left."""
    head = stream.read(2)
    if len(head) < 2 or head[0] & 0xF == _CLOSE:
        return None
    size = head[1] & 0x7F
    if size == 126:
        (size,) = struct.unpack(">H", stream.read(2))
    elif size == 127:
        (size,) = struct.unpack(">Q", stream.read(8))
    mask = stream.read(4)
    body = stream.read(size)
    repeated = mask * (len(body) // 4 + 1)
    whole = int.from_bytes(body, "big") ^ int.from_bytes(repeated[: len(body)], "big")
    return whole.to_bytes(len(body), "big")
