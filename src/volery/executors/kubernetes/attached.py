"""Streams of hosts in pods: this process is attached to them by a WebSocket."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RDWR
from typing import TYPE_CHECKING, Any, Final

from volery.executors.contained.exits import Exit
from volery.executors.kubernetes.api import Refusal, refusal_of
from volery.executors.warm.stream import Ending

if TYPE_CHECKING:
    from volery.executors.kubernetes.connect import Cluster

_PROTOCOLS: Final = ("v5.channel.k8s.io", "v4.channel.k8s.io")
_STDIN: Final = b"\0"
_STDOUT, _STDERR, _STATUS = 1, 2, 3
_TAIL: Final = 2048
_PIECE: Final = 32 * 1024
"""Bytes that go in one message; what the API server takes at most is not said anywhere."""


class KubernetesStream:
    """A host in a pod: see `warm.stream.Stream`.

    Args:
        socket: to its standard streams.
        end: has nothing be left of it, and says how it ended; `hung_up`: by itself.
    """

    def __init__(self, socket: Any, end: Callable[..., Exit]) -> None:
        self._socket = socket
        self._end = end
        self._errors = _library().WebSocketException
        self._tail = b""
        self._closed = False
        self._hung_up = False

    def read(self) -> bytes:
        try:
            while (data := self._socket.recv()) and data[0] != _STATUS:
                if data[0] == _STDOUT and len(data) > 1:
                    return data[1:]
                if data[0] == _STDERR:
                    self._tail = (self._tail + data[1:])[-_TAIL:]
        except (OSError, self._errors):
            pass
        self._hung_up = not self._closed
        return b""

    def write(self, data: bytes | bytearray) -> None:
        try:
            for start in range(0, len(data), _PIECE):
                self._socket.send_binary(_STDIN + data[start : start + _PIECE])
        except self._errors as error:
            raise BrokenPipeError(str(error)) from None

    def close(self) -> None:
        self._closed = True
        connection = self._socket.sock
        if connection is not None:
            with suppress(OSError):  # so that nobody reads any more
                connection.shutdown(SHUT_RDWR)

    def end(self) -> Ending:
        tail = self._tail.decode(errors="replace").strip()
        with suppress(OSError, self._errors):
            self._socket.shutdown()
        return Ending(self._end(hung_up=self._hung_up), tail)


def attach(cluster: Cluster, namespace: str, name: str, container: str) -> Any:
    """A WebSocket to the standard streams of a container. Raises Refusal."""
    library = _library()
    query = f"container={container}&stdin=true&stdout=true&stderr=true"
    address = cluster.url.replace("http", "ws", 1)
    url = f"{address}/api/v1/namespaces/{namespace}/pods/{name}/attach?{query}"
    authorization = cluster.authorization()
    header = [f"Authorization: {authorization}"] if authorization else []
    trust = cluster.pool.connection_pool_kw
    names = {"ca_certs": "ca_certs", "cert_file": "certfile", "key_file": "keyfile"}
    options = {theirs: trust[ours] for ours, theirs in names.items() if trust.get(ours)}
    if "cert_reqs" in trust:
        options |= {"cert_reqs": trust["cert_reqs"], "check_hostname": bool(trust["cert_reqs"])}
    socket = library.WebSocket(sslopt=options, enable_multithread=True, skip_utf8_validation=True)
    try:
        socket.connect(url, header=header, subprotocols=list(_PROTOCOLS), timeout=30.0)
    except library.WebSocketBadStatusException as error:
        raise refusal_of(error.status_code, error.resp_body or b"") from None
    except (OSError, library.WebSocketException) as error:
        raise Refusal(0, "NotAttached", f"the pod cannot be attached to: {error}") from None
    socket.settimeout(None)
    return socket


def _library() -> Any:
    """The WebSockets that the official client brings along."""
    return importlib.import_module("websocket")
