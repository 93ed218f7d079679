"""Pods that stay: hosts, to whose standard streams this process is attached by a WebSocket."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from itertools import count
from socket import SHUT_RDWR
from threading import Event
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final, TypeVar

from volery.errors import VoleryError
from volery.executors.contained.exits import Exit
from volery.executors.contained.invocations import Written
from volery.executors.kubernetes.api import Api, Refusal, pieces_of, refusal_of
from volery.executors.kubernetes.crew import backoff
from volery.executors.kubernetes.merge import lay_over
from volery.executors.kubernetes.pod import ATTEMPT, MINE, Order, build, namespace_of, primary_of
from volery.executors.kubernetes.rights import failure_of
from volery.executors.kubernetes.settings import Json, KubernetesSettings
from volery.executors.kubernetes.starting import mistake
from volery.executors.kubernetes.status import Ended, Running, Waiting, gone, read
from volery.executors.warm.environment import Environment
from volery.executors.warm.stream import LOST, Ending, NoHost
from volery.ir.interface import Interface
from volery.ir.invocation import Invocation
from volery.ir.secret import SecretValue
from volery.ir.work import Place, Work

if TYPE_CHECKING:
    from volery.executors.kubernetes.connect import Cluster

T = TypeVar("T")

_NOTHING: Final = Invocation(
    execution="", path="", attempt=0, token="", task="", outputs="", outcome="",
    interface=Interface(), inputs={},
)  # fmt: skip
"""Of a host: each of its attempts is told what it needs."""
HOST: Final = "volery.dev/host"
"""Label with the identity of the server that a pod which stays belongs to."""
PERIOD: Final = 0.25
"""Seconds between looks at a pod that is coming up, or has ended."""
SWEEP: Final = 60.0
"""Seconds between looks at what others have left."""
_PROTOCOLS: Final = ("v5.channel.k8s.io", "v4.channel.k8s.io")
_STDIN: Final = b"\0"
_STDOUT, _STDERR, _STATUS = 1, 2, 3
_GRACE: Final = 1.0
_LAST_WORD: Final = 10.0
"""Seconds that a cluster has to say how a pod has ended."""
_TAIL: Final = 2048
_PIECE: Final = 32 * 1024
"""Bytes that go in one message; what the API server takes at most is not said anywhere."""


class KubernetesHosts:
    """Starts hosts. Any thread may.

    Args:
        api, settings: see there.
        server: identity of the server.
        namespace: of pods, if the settings do not say.
    """

    def __init__(
        self,
        api: Api,
        settings: KubernetesSettings,
        server: str,
        namespace: str,
    ) -> None:
        self._api = api
        self._settings = settings
        self._server = server
        self._namespace = namespace
        self._closing = Event()
        self._sweep_at: dict[str, float] = {}
        """By namespace, on the monotonic clock."""

    def start(self, environment: Environment, name: str) -> KubernetesStream:
        """Start a host. Raises NoHost."""
        work = _any_work(environment)
        primary = primary_of(work)
        try:
            namespace = namespace_of(work, self._settings, self._namespace)
            pod = host_pod(environment, name, namespace, self._server, self._settings)
        except VoleryError as error:
            raise NoHost(Exit(), refusal=mistake(error)) from None
        try:
            self._patiently(lambda: self._sweep(namespace))
            self._patiently(lambda: self._create(pod))
            try:
                self._until_it_runs(namespace, name, primary)
                socket = self._patiently(
                    lambda: attach(self._api.cluster, namespace, name, primary)
                )
            except BaseException:
                with suppress(Refusal):
                    self._api.delete(namespace, name, 0)
                raise
        except Refusal as refusal:
            raise NoHost(Exit(), refusal=failure_of(refusal, namespace)) from None
        return KubernetesStream(self._api, namespace, name, primary, socket)

    def close(self) -> None:
        """Wait for no pod any more."""
        self._closing.set()

    def _patiently(self, ask: Callable[[], T]) -> T:
        """What the cluster answers, however long it is away or has no room. Raises Refusal."""
        for tries in count():
            try:
                return ask()
            except Refusal as refusal:
                if self._closing.is_set() or not (refusal.passing or refusal.quota):
                    raise
                self._closing.wait(max(refusal.wait, backoff(tries)))
        raise AssertionError  # it is endless

    def _create(self, pod: Json) -> None:
        try:
            self._api.create(pod)
        except Refusal as refusal:
            if refusal.status != HTTPStatus.CONFLICT:  # it was made, and nobody was told
                raise

    def _until_it_runs(self, namespace: str, name: str, primary: str) -> None:
        waits, since = "", 0.0
        while True:
            pod = self._patiently(lambda: self._api.get(namespace, name))
            match read(pod, primary):
                case Running():
                    return
                case Ended(how):
                    raise NoHost(how, self._last_words(namespace, name, primary))
                case Waiting(kind, how, hopeless):
                    waits, since = kind, since if kind == waits else monotonic()
                    late = monotonic() - since > self._settings.limits.of(kind)
                    if hopeless or late or self._closing.is_set():
                        raise NoHost(how)
                    self._closing.wait(PERIOD)

    def _last_words(self, namespace: str, name: str, primary: str) -> str:
        """What a pod has printed that has ended before anybody was attached."""
        query = {"container": primary, "tailLines": "20", "limitBytes": str(_TAIL)}
        with suppress(Refusal), self._api.log(namespace, name, query) as response:
            return b"".join(pieces_of(response)).decode(errors="replace").strip()
        return ""

    def _sweep(self, namespace: str) -> None:
        """Remove what is left of hosts whose engine has died; they end by themselves."""
        now = monotonic()
        if now < self._sweep_at.get(namespace, now):
            return
        self._sweep_at[namespace] = now + SWEEP
        for pod in self._api.page(namespace, f"{HOST}={self._server}", "").pods:
            if pod.status.phase in {"Succeeded", "Failed"}:
                self._api.delete(namespace, pod.metadata.name, 0)


class KubernetesStream:
    """A host in a pod: see `warm.stream.Stream`."""

    def __init__(self, api: Api, namespace: str, name: str, primary: str, socket: Any) -> None:
        self._api = api
        self._namespace = namespace
        self._name = name
        self._primary = primary
        self._socket = socket
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
        try:
            how = self._how() if self._hung_up else LOST
            self._api.delete(self._namespace, self._name, _GRACE)
        except Refusal as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND:
                return Ending(gone(None), tail)
            return Ending(Exit(None, "ClusterAway", refusal.message), tail)
        return Ending(how, tail)

    def _how(self) -> Exit:
        deadline = monotonic() + _LAST_WORD
        while True:
            reading = read(self._api.get(self._namespace, self._name), self._primary)
            if isinstance(reading, Ended):
                return reading.exit
            if monotonic() > deadline:
                return Exit(None, "HostLost")
            sleep(PERIOD)


def host_pod(
    environment: Environment,
    name: str,
    namespace: str,
    server: str,
    settings: KubernetesSettings,
) -> Json:
    """The pod of a host, as the API takes it. Raises ConfigError, as `build` does."""
    work = _any_work(environment)
    nothing = Written("", _NOTHING)
    pod = build(Order(server, name, namespace, work, nothing), settings)
    metadata = pod["metadata"]
    labels = {key: value for key, value in metadata["labels"].items() if key not in (MINE, ATTEMPT)}
    spec = lay_over(
        pod["spec"],
        {
            "containers": [
                {
                    "name": primary_of(work),
                    "command": [settings.python, "-m", "volery.worker.host"],
                    "stdin": True,
                    "stdinOnce": True,
                }
            ]
        },
    )
    return {**pod, "metadata": {**metadata, "labels": labels | {HOST: server}}, "spec": spec}


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


def _any_work(environment: Environment) -> Work:
    """A work that stands for all of an environment."""
    place = Place(
        environment.project,
        environment.domain,
        Interface(),
        placement=environment.placement,
        caps=environment.caps,
    )
    secrets = tuple(SecretValue(group, key, "") for group, key in environment.secrets)
    return Work(
        0, "", "", 0, "", None, b"", requests=environment.requests, secrets=secrets, place=place
    )
