"""The few calls of the Kubernetes API that the executor makes.

The official client's models take milliseconds for each pod; what is needed of a pod is decoded by
msgspec instead.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlencode

import msgspec
import urllib3

from volery.executors.kubernetes.connect import Cluster
from volery.executors.kubernetes.settings import Json
from volery.executors.kubernetes.status import Pod

REQUEST: Final = urllib3.Timeout(connect=5.0, read=30.0)
SILENCE: Final = 3_600.0
"""Seconds after which it is asked again for a log to which nothing was added."""
PAGE: Final = 500
"""Pods that are listed at a time."""
_MOST: Final = 16 * 1024 * 1024
"""Bytes that a line of a watch may have."""


class Refusal(Exception):
    """The API server has refused, or was not reached.

    Attributes:
        status: of HTTP; 0: not reached.
        reason: a word of the server, such as ``AlreadyExists``.
        message: its own words.
        wait: seconds for which it asks to be left alone; 0: it has not said.
    """

    def __init__(self, status: int, reason: str, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message
        self.wait = wait

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later."""
        return self.status in {0, 408, 429} or self.status >= 500 or self._raced

    @property
    def _raced(self) -> bool:
        """Whether another request has changed something meanwhile, such as the count of a quota."""
        return self.status == 409 and self.reason == "Conflict"

    @property
    def quota(self) -> bool:
        """Whether the namespace has as much as it may have."""
        return self.status == 403 and _QUOTA.search(self.message) is not None

    @property
    def exists(self) -> bool:
        """Whether there is an object of this name already."""
        return self.status == 409 and not self._raced

    @property
    def forbidden(self) -> bool:
        """Whether the right for this is missing."""
        return self.status == 403 and _RIGHT.search(self.message) is not None

    @property
    def of_rights(self) -> bool:
        """Whether the server does not know who asks, or that they may."""
        return self.status == 401 or self.forbidden


_QUOTA: Final = re.compile("exceeded quota|status unknown for quota")
_RIGHT: Final = re.compile(
    r'(?P<who>User "[^"]*") cannot (?P<verb>\w+) resource "(?P<resource>[\w/]+)"'
    r'(?: in API group "(?P<group>[^"]*)")?(?: in the namespace "(?P<namespace>[^"]*)")?'
)


def right_of(message: str) -> Mapping[str, str]:
    """What the server says is missing: ``who``, ``verb``, ``resource``, ``namespace``."""
    found = _RIGHT.search(message)
    return {} if found is None else {name: value or "" for name, value in found.groupdict().items()}


class _Details(msgspec.Struct, rename="camel"):
    retry_after_seconds: int = 0


class _Status(msgspec.Struct):
    reason: str = ""
    message: str = ""
    code: int = 0
    details: _Details | None = None


class _ListMeta(msgspec.Struct, rename={"version": "resourceVersion", "more": "continue"}):
    version: str = ""
    more: str = ""


class Page(msgspec.Struct, rename={"pods": "items"}):
    """A part of a list; `metadata.more` names the next one, if there is one."""

    metadata: _ListMeta
    pods: list[Pod] = []


class _Event(msgspec.Struct):
    reason: str = ""
    message: str = ""


class _Events(msgspec.Struct, rename={"events": "items"}):
    events: list[_Event] = []


class Change(msgspec.Struct, rename={"what": "object"}):
    """A line of a watch."""

    type: str
    what: msgspec.Raw


_pod = msgspec.json.Decoder(Pod).decode
_page = msgspec.json.Decoder(Page).decode
_events = msgspec.json.Decoder(_Events).decode
_change = msgspec.json.Decoder(Change).decode
_status = msgspec.json.Decoder(_Status).decode


class Api:
    """Calls an API server. Any thread may use it; methods raise `Refusal`."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._closed = False

    def create(self, pod: Json) -> Pod:
        """Create a pod."""
        body = msgspec.json.encode(pod)
        return _pod(self._call("POST", _pods(pod["metadata"]["namespace"]), body=body))

    def get(self, namespace: str, name: str) -> Pod:
        """A pod as it is."""
        return _pod(self._call("GET", f"{_pods(namespace)}/{name}"))

    def delete(self, namespace: str, name: str, grace: float) -> None:
        """Have a pod end within `grace` seconds. One that is gone is fine."""
        body = msgspec.json.encode({"gracePeriodSeconds": int(grace)})
        try:
            self._call("DELETE", f"{_pods(namespace)}/{name}", body=body)
        except Refusal as refusal:
            if refusal.status != 404:
                raise

    def delete_all(self, namespace: str, selector: str) -> None:
        """Delete all pods with certain labels."""
        self._call("DELETE", _pods(namespace), {"labelSelector": selector})

    def page(self, namespace: str, selector: str, more: str) -> Page:
        """Pods with certain labels: the first, or those after the page that has said `more`."""
        query = {"labelSelector": selector, "limit": str(PAGE)}
        return _page(
            self._call("GET", _pods(namespace), query | ({"continue": more} if more else {}))
        )

    def troubles(self, namespace: str, name: str) -> list[str]:
        """What nodes and controllers have warned of, about a pod."""
        path = f"/api/v1/namespaces/{namespace}/events"
        about = f"involvedObject.name={name},type=Warning"
        events = _events(self._call("GET", path, {"fieldSelector": about, "limit": "20"}))
        return [f"{each.reason}: {each.message}" for each in events.events]

    @contextmanager
    def watch(
        self, namespace: str, selector: str, version: str, seconds: int
    ) -> Generator[urllib3.BaseHTTPResponse]:
        """A stream of what happens to pods after `version`; see `changes`."""
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "labelSelector": selector,
            "resourceVersion": version,
            "timeoutSeconds": str(seconds),
        }
        timeout = urllib3.Timeout(connect=5.0, read=seconds + 10.0)
        with self._open("GET", _pods(namespace), query, None, timeout) as response:
            yield response

    @contextmanager
    def log(
        self, namespace: str, name: str, query: Mapping[str, str]
    ) -> Generator[urllib3.BaseHTTPResponse]:
        """The log of a pod's container, as a stream."""
        timeout = urllib3.Timeout(connect=5.0, read=SILENCE)
        with self._open("GET", f"{_pods(namespace)}/{name}/log", query, None, timeout) as response:
            yield response

    def close(self) -> None:
        """End all connections: who waits for an answer gets none, nor does anybody later."""
        self._closed = True
        self.cluster.cut()
        self.cluster.pool.clear()

    def _call(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: bytes = b""
    ) -> bytes:
        with self._open(method, path, query or {}, body or None, REQUEST) as response, _reached():
            return response.read()

    @contextmanager
    def _open(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes | None,
        timeout: urllib3.Timeout,
    ) -> Generator[urllib3.BaseHTTPResponse]:
        if self._closed:
            raise Refusal(0, "Closed", "this executor was closed")
        url = f"{self.cluster.url}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"accept": "application/json, */*", "user-agent": "volery"}
        if authorization := self.cluster.authorization():
            headers["authorization"] = authorization
        if body is not None:
            headers["content-type"] = "application/json"
        with _reached():
            response: urllib3.BaseHTTPResponse = self.cluster.pool.request(
                method, url, body=body, headers=headers, timeout=timeout,
                retries=False, preload_content=False,
            )  # fmt: skip
        try:
            if response.status >= 300:
                with _reached():
                    after = response.headers.get("retry-after", "")
                    raise refusal_of(response.status, response.read(), after)
            yield response
        finally:
            if response.closed:
                response.release_conn()
            else:  # half of an answer: the connection is of no use any more
                response.close()


def changes(response: urllib3.BaseHTTPResponse) -> Iterator[tuple[str, Pod]]:
    """What a watch says: kind of change and pod; of a ``BOOKMARK`` only the version counts.

    Raises:
        Refusal: the watch has ended with an error, such as 410 when the version is too old.
    """
    for line in lines_of(response):
        change = _change(line)
        if change.type == "ERROR":
            status = _status(change.what)
            raise Refusal(status.code, status.reason, status.message)
        yield change.type, _pod(change.what)


def lines_of(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """The lines of a stream, as they come."""
    rest = b""
    for piece in pieces_of(response):
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > _MOST:
            raise Refusal(0, "Unreadable", f"a line of a watch has more than {_MOST} bytes")
        yield from (line for line in lines if line)
    if rest:
        yield rest


def pieces_of(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """The bytes of a stream, as they come."""
    with _reached():
        yield from response.stream(64 * 1024)


@contextmanager
def _reached() -> Generator[None]:
    try:
        yield
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Refusal(0, "Unreachable", f"the API server is not reached: {error}") from error


def refusal_of(status: int, body: bytes, after: str = "") -> Refusal:
    """What an answer says that is a refusal; `after`: its header ``retry-after``."""
    try:
        said = _status(body)
    except msgspec.MsgspecError:  # a proxy's page, or kubelet's plain text
        said = _Status(message=body[:500].decode(errors="replace").strip())
    wait = float(after) if after.isdigit() else 0.0
    if said.details is not None:
        wait = max(wait, said.details.retry_after_seconds)
    return Refusal(status, said.reason, said.message or f"{status}", wait)


def _pods(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/pods"
