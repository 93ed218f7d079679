"""An API server of Kubernetes in miniature, which speaks its HTTP API for pods.

What it does is what the API's reference says of lists, watches, resource versions, conflicts,
graceful deletion, logs, attaching and refusals. Its only node is a function that a test gives it,
or `tests.servers.kubelet`, which runs containers as processes of this machine.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.servers.attach import attach

Pod = dict[str, Any]
Refuse = Callable[[str, str], "Refused | None"]


class Refused(Exception):
    """An answer that is a refusal."""

    def __init__(
        self, status: int, reason: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body = {
            "kind": "Status", "apiVersion": "v1", "status": "Failure",
            "code": status, "reason": reason, "message": message,
        }  # fmt: skip


class Log:
    """What a container has printed, with times."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, bytes]] = []
        self.complete = False
        self.changed = threading.Condition()

    def write(self, *lines: bytes, at: str = "") -> None:
        """Add lines, with their ends if they have some; all have the same time, as with CRI-O."""
        stamp = at or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
        with self.changed:
            self.lines += [(stamp, each) for each in lines]
            self.changed.notify_all()

    def end(self) -> None:
        """The container has ended."""
        with self.changed:
            self.complete = True
            self.changed.notify_all()


class Cluster:
    """The cluster.

    Attributes:
        node: told of each new pod; None: pods wait until a test does something with them.
        stop: told of each pod that is to end within so many seconds; None: it is gone at once.
        requests: how many there were, by what they were for.
        quota: so many pods may be in a namespace that have not ended; None: any number.
        cpus: so many processors may be requested by them; None: any number.
        refuse: asked before each request (verb, path); gives the refusal.
        namespaces: that there are.
        secrets: the entries of Secrets, by name.
        attachable: processes of containers that wait for somebody to attach, by uid and container.
        full: how often it has refused a pod for that.
        unconfirmed: so many pods are made, and nobody is told.
        most: so many are listed at a time at most.
        mute: watches go on, and tell nothing of pods.
        brief: watches end at once.
    """

    def __init__(self) -> None:
        self.node: Callable[[Cluster, Pod], None] | None = None
        self._changed = threading.Condition(threading.RLock())
        self._pods: dict[tuple[str, str], Pod] = {}
        self._events: list[tuple[int, str, Pod]] = []
        self._version = 100
        self._forgotten = 0
        self._server: _Server | None = None
        self._port = 0
        self.stop: Callable[[Pod, float], None] | None = None
        self.logs: dict[str, Log] = {}
        self.attachable: dict[str, subprocess.Popen[bytes]] = {}
        self.requests: Counter[str] = Counter()
        self.quota: int | None = None
        self.cpus: int | None = None
        self.refuse: Refuse = lambda verb, path: None
        self.namespaces = {"default"}
        self.secrets: dict[str, dict[str, str]] = {}
        self.most = 500
        self.unconfirmed = self.full = 0
        self.away = False
        self.mute = self.brief = False

    # -- the server -----------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen; after `go_away` where it was before."""
        self.away = False
        self._server = _Server(("127.0.0.1", self._port), self)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def go_away(self) -> None:
        """Stop listening and cut all connections; the pods go on."""
        assert self._server is not None
        self.away = True
        with self._changed:
            self._changed.notify_all()
        self._server.shutdown()
        self._server.cut()
        self._server.server_close()

    def kubeconfig(self, folder: Path, namespace: str = "default") -> Path:
        """The file by which clients find it."""
        file = folder / "kubeconfig"
        context = {"cluster": "here", "user": "me", "namespace": namespace}
        text = {
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [{"name": "here", "cluster": {"server": self.url}}],
            "users": [{"name": "me", "user": {"token": "a-token"}}],
            "contexts": [{"name": "here", "context": context}],
        }  # fmt: skip
        file.write_text(json.dumps(text))
        return file

    # -- the pods -------------------------------------------------------------------------

    def pods(self) -> list[Pod]:
        """All that there are."""
        with self._changed:
            return [dict(each) for each in self._pods.values()]

    def pod(self, name: str) -> Pod:
        """One by its name."""
        with self._changed:
            return next(each for (_, key), each in self._pods.items() if key == name)

    def wait_for(self, condition: Callable[[], object], timeout: float = 20.0) -> None:
        """Wait until something holds that depends on the pods or the requests."""
        with self._changed:
            assert self._changed.wait_for(condition, timeout), "it has not come true"

    def set_status(self, pod: Pod, **status: Any) -> None:
        """What a kubelet reports."""
        with self._changed:
            key = pod["metadata"]["namespace"], pod["metadata"]["name"]
            if key in self._pods:
                now = self._pods[key]
                self._change("MODIFIED", {**now, "status": {**now["status"], **status}})

    def create(self, namespace: str, pod: Pod) -> Pod:
        """Make a pod, as a request does."""
        with self._changed:
            name = pod["metadata"]["name"]
            if namespace not in self.namespaces:
                raise Refused(404, "NotFound", f'namespaces "{namespace}" not found')
            if (namespace, name) in self._pods:
                raise Refused(409, "AlreadyExists", f'pods "{name}" already exists')
            self._check_quota(namespace, pod)
            self._version += 1
            metadata = {
                **pod["metadata"], "namespace": namespace, "uid": f"uid-{self._version}",
                "creationTimestamp": _now(),
            }  # fmt: skip
            made = {**pod, "metadata": metadata, "status": {"phase": "Pending"}}
            made = self._change("ADDED", made)
        if self.node is not None:
            self.node(self, made)
        return made

    def delete(self, pod: Pod, grace: float | None = None) -> None:
        """Have a pod end; one that has ended is gone at once."""
        with self._changed:
            key = pod["metadata"]["namespace"], pod["metadata"]["name"]
            if key not in self._pods:
                return
            now = self._pods[key]
            if self.stop is None or now["status"]["phase"] in {"Succeeded", "Failed"}:
                self.remove(now)
                return
            metadata = {**now["metadata"], "deletionTimestamp": _now()}
            now = self._change("MODIFIED", {**now, "metadata": metadata})
        self.stop(
            now, now["spec"].get("terminationGracePeriodSeconds", 30) if grace is None else grace
        )

    def remove(self, pod: Pod) -> None:
        """A pod is gone."""
        with self._changed:
            key = pod["metadata"]["namespace"], pod["metadata"]["name"]
            if last := self._pods.get(key):
                for name, log in self.logs.items():
                    if name.startswith(last["metadata"]["uid"]):
                        log.end()
                self._change("DELETED", last)
                del self._pods[key]

    def forget(self) -> None:
        """Forget what has happened so far, so that old versions are too old."""
        with self._changed:
            self._events.clear()
            self._version += 1
            self._forgotten = self._version

    def _change(self, kind: str, pod: Pod) -> Pod:
        self._version += 1
        metadata = {**pod["metadata"], "resourceVersion": str(self._version)}
        pod = {**pod, "metadata": metadata}
        self._pods[metadata["namespace"], metadata["name"]] = pod
        self._events.append((self._version, kind, pod))
        self._changed.notify_all()
        return pod

    def _check_quota(self, namespace: str, pod: Pod) -> None:
        ended = {"Succeeded", "Failed"}
        live = [
            each
            for key, each in self._pods.items()
            if key[0] == namespace and each["status"]["phase"] not in ended
        ]
        self._check_amount(pod, "pods", 1, len(live), self.quota)
        self._check_amount(pod, "requests.cpu", cpus_of(pod), sum(map(cpus_of, live)), self.cpus)

    def _check_amount(
        self, pod: Pod, what: str, asked: float, used: float, most: float | None
    ) -> None:
        if most is not None and asked and used + asked > most:
            self.full += 1
            self._changed.notify_all()
            message = (
                f'pods "{pod["metadata"]["name"]}" is forbidden: exceeded quota: small, '
                f"requested: {what}={asked:g}, used: {what}={used:g}, limited: {what}={most:g}"
            )
            raise Refused(403, "Forbidden", message)

    def count(self, verb: str) -> None:
        """There is a request."""
        with self._changed:
            self.requests[verb] += 1
            self._changed.notify_all()

    # -- what requests ask for --------------------------------------------------------------

    def select(self, namespace: str, selector: str) -> list[Pod]:
        """Pods by their labels."""
        with self._changed:
            return [
                each
                for key, each in sorted(self._pods.items())
                if key[0] == namespace and _matches(each, selector)
            ]

    def page(self, namespace: str, query: dict[str, str]) -> dict[str, Any]:
        """A part of a list."""
        with self._changed:
            start = int(query.get("continue") or 0)
            limit = min(int(query.get("limit") or self.most), self.most)
            found = self.select(namespace, query.get("labelSelector", ""))
            metadata = {"resourceVersion": str(self._version)}
            if len(found) > start + limit:
                metadata["continue"] = str(start + limit)
            part = found[start : start + limit]
            return {"kind": "PodList", "apiVersion": "v1", "metadata": metadata, "items": part}

    def watch(self, namespace: str, query: dict[str, str]) -> Iterator[dict[str, Any] | None]:
        """What happens after a version; None: nothing for a while."""
        selector, version = query.get("labelSelector", ""), int(query["resourceVersion"])
        until = time.monotonic() + float(query.get("timeoutSeconds", "60"))
        while time.monotonic() < until and not self.away and not self.brief:
            with self._changed:
                if version < self._forgotten:
                    gone = Refused(410, "Expired", f"too old resource version: {version}")
                    yield {"type": "ERROR", "object": gone.body}
                    return
                new = [each for each in self._events if each[0] > version]
                if not new:
                    self._changed.wait(0.5)
                    new = [each for each in self._events if each[0] > version]
            if self.mute:
                continue
            for version, kind, pod in new:  # noqa: B007 - where the next round begins
                if pod["metadata"]["namespace"] == namespace and _matches(pod, selector):
                    yield {"type": kind, "object": pod}
            if not new:
                metadata = {"resourceVersion": str(version)}
                yield {"type": "BOOKMARK", "object": {"kind": "Pod", "metadata": metadata}}

    def log(self, namespace: str, name: str, query: dict[str, str]) -> Iterator[bytes]:
        """What a container prints."""
        pod = self._pods.get((namespace, name))
        if pod is None:
            raise Refused(404, "NotFound", f'pods "{name}" not found')
        log = self.logs.get(pod["metadata"]["uid"] + query.get("container", ""))
        if log is None:
            raise Refused(400, "BadRequest", f"container in pod {name} is waiting to start")
        since, follow = query.get("sinceTime", "")[:19], query.get("follow") == "true"
        sent, left = 0, int(query.get("limitBytes", 1 << 60))
        if "tailLines" in query:
            sent = max(0, len(log.lines) - int(query["tailLines"]))
        while not self.away and left > 0:
            with log.changed:
                complete = log.complete
                lines = log.lines[sent:]
                if not lines and (complete or not follow):
                    return
                if not lines:
                    log.changed.wait(0.2)
            sent += len(lines)
            for stamp, line in lines:
                if stamp[:19] >= since:
                    piece = (stamp.encode() + b" " + line)[:left]
                    left -= len(piece)
                    yield piece


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], cluster: Cluster) -> None:
        self.cluster = cluster
        self.open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def cut(self) -> None:
        for each in list(self.open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that was cut."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            namespace, resource, name, part = _parts(parts.path)
            verb = _verb(method, resource, name, part, query)
            if resource == "secrets":
                self._keep(name, json.loads(body or b"{}"))
                return
            self.server.cluster.count(verb)
            self._check(verb, parts.path)
            self._carry_out(verb, namespace, name, query, json.loads(body or b"{}"))
        except Refused as refused:
            self._send(refused.status, refused.body, refused.headers)

    def _check(self, verb: str, path: str) -> None:
        if refused := self.server.cluster.refuse(verb, path):
            raise refused
        if self.headers.get("authorization") != "Bearer a-token":
            raise Refused(401, "Unauthorized", "Unauthorized")

    def _carry_out(
        self, verb: str, namespace: str, name: str, query: dict[str, str], body: Any
    ) -> None:
        cluster = self.server.cluster
        match verb:
            case "create":
                self._create(namespace, body)
            case "list":
                self._send(200, cluster.page(namespace, query))
            case "get":
                self._send(200, self._pod(namespace, name))
            case "delete":
                cluster.delete(self._pod(namespace, name), body.get("gracePeriodSeconds"))
                self._send(200, {"kind": "Status", "status": "Success"})
            case "deletecollection":
                for each in cluster.select(namespace, query.get("labelSelector", "")):
                    cluster.delete(each)
                self._send(200, {"kind": "PodList", "metadata": {}, "items": []})
            case "watch":
                lines = cluster.watch(namespace, query)
                self._stream(json.dumps(each).encode() + b"\n" for each in lines if each)
            case "log":
                pieces = cluster.log(namespace, name, query)
                first = next(pieces, b"")  # a refusal has a status of its own
                self._stream(_chain(first, pieces))
            case "attach":
                self._attach(self._pod(namespace, name), query["container"])
            case _:
                self._send(200, {"kind": "EventList", "metadata": {}, "items": []})

    def _create(self, namespace: str, pod: Pod) -> None:
        cluster = self.server.cluster
        made = cluster.create(namespace, pod)
        if cluster.unconfirmed:
            cluster.unconfirmed -= 1
            raise Refused(504, "Timeout", "the request was not completed in time")
        self._send(201, made)

    def _attach(self, pod: Pod, container: str) -> None:
        process = self.server.cluster.attachable.pop(pod["metadata"]["uid"] + container, None)
        if process is None:
            raise Refused(400, "BadRequest", f"container {container} cannot be attached to")
        self.close_connection = True
        attach(self.connection, self.rfile, self.headers, process)

    def _keep(self, name: str, secret: dict[str, Any]) -> None:
        """Make a Secret, or remove one."""
        if name:
            self.server.cluster.secrets.pop(name, None)
        else:
            entries = secret.pop("stringData")
            name = secret["metadata"]["name"]
            if name in self.server.cluster.secrets:
                raise Refused(409, "AlreadyExists", f'secrets "{name}" already exists')
            self.server.cluster.secrets[name] = entries
        self._send(200, {**secret, "kind": "Secret", "apiVersion": "v1"})

    def _pod(self, namespace: str, name: str) -> Pod:
        for each in self.server.cluster.select(namespace, ""):
            if each["metadata"]["name"] == name:
                return each
        raise Refused(404, "NotFound", f'pods "{name}" not found')

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, pieces: Iterator[bytes]) -> None:
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for each in pieces:
            if each:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(each), each))
        if self.server.cluster.away:
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")


def _parts(path: str) -> tuple[str, str, str, str]:
    """Namespace, resource, name, and which part of that, of a path."""
    found = re.fullmatch(
        r"/api/v1/namespaces/([^/]+)/(pods|events|secrets)(?:/([^/]+))?(?:/(log|attach))?", path
    )
    if found is None:
        raise Refused(404, "NotFound", "the server could not find the requested resource")
    namespace, resource, name, part = found.groups(default="")
    return namespace, resource, name, part


def _verb(method: str, resource: str, name: str, part: str, query: dict[str, str]) -> str:
    """As a role names it, or the part."""
    if resource == "events":
        return "events"
    match method:
        case "POST":
            return "create"
        case "DELETE":
            return "delete" if name else "deletecollection"
        case _ if part:
            return part
        case _ if name:
            return "get"
        case _:
            return "watch" if query.get("watch") == "true" else "list"


def _matches(pod: Pod, selector: str) -> bool:
    labels = pod["metadata"].get("labels", {})
    for each in re.findall(r"[^,(]+(?:\([^)]*\))?", selector):
        if found := re.fullmatch(r"(\S+) in \(([^)]*)\)", each):
            if labels.get(found[1]) not in found[2].split(","):
                return False
        else:
            key, _, value = each.partition("=")
            if labels.get(key) != value:
                return False
    return True


def cpus_of(pod: Pod) -> float:
    """The processors that a pod requests, as Volery writes them."""
    resources = [each.get("resources", {}) for each in pod["spec"].get("containers", ())]
    asked = [each.get("requests", {}).get("cpu", "0m") for each in resources]
    return sum(int(each.removesuffix("m")) / 1000 for each in asked)


def _chain(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
