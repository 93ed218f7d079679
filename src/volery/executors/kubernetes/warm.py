"""Pods that stay: how hosts come up, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from itertools import count
from threading import Condition, Event
from time import monotonic
from typing import Final, TypeVar

from volery.errors import VoleryError
from volery.executors.contained.exits import Exit
from volery.executors.kubernetes.api import Refusal, pieces_of
from volery.executors.kubernetes.attached import KubernetesStream, attach
from volery.executors.kubernetes.crew import backoff
from volery.executors.kubernetes.ground import Ground
from volery.executors.kubernetes.host import any_work, host_pod
from volery.executors.kubernetes.pod import namespace_of, primary_of
from volery.executors.kubernetes.quota import never_fits
from volery.executors.kubernetes.rights import failure_of
from volery.executors.kubernetes.settings import Json
from volery.executors.kubernetes.space import Space
from volery.executors.kubernetes.starting import mistake
from volery.executors.kubernetes.status import (
    Ended,
    Meta,
    Pod,
    Running,
    Waiting,
    gone,
    has_ended,
    read,
)
from volery.executors.warm.environment import Environment
from volery.executors.warm.stream import LOST, NoHost

T = TypeVar("T")

LOOK: Final = 1.0
"""Seconds between looks at what takes too long."""
_GRACE: Final = 1.0
_LAST_WORD: Final = 10.0
"""Seconds that a cluster has to say how a pod has ended."""
_TAIL: Final = 2048


class KubernetesHosts:
    """Starts hosts. Any thread may.

    What becomes of their pods is told by the watch of their namespace.

    Args:
        ground: see there.
        space_of: the space of a namespace, which is watched from then on; called with the lock.
        delete: deletes a pod, however long that takes.
        namespace: of pods, if the settings do not say.
    """

    def __init__(
        self,
        ground: Ground,
        space_of: Callable[[str], Space],
        delete: Callable[[Space, str, float], None],
        namespace: str,
    ) -> None:
        self._ground = ground
        self._space_of = space_of
        self._delete = delete
        self._namespace = namespace
        self._mine: set[str] = set()
        """Names of hosts that are coming up or run."""
        self._news = Condition(ground.lock)
        self._closing = Event()

    def start(self, environment: Environment, name: str) -> KubernetesStream:
        """Start a host. Raises NoHost."""
        ground, work = self._ground, any_work(environment)
        try:
            namespace = namespace_of(work, ground.settings, self._namespace)
            pod = host_pod(environment, name, namespace, ground.server, ground.settings)
        except VoleryError as error:
            raise NoHost(Exit(), refusal=mistake(error)) from None
        with ground.lock:
            space = self._space_of(namespace)
            self._mine.add(name)
            space.hosts[name] = Pod(Meta(name))
        try:
            return self._start(space, pod, primary_of(work))
        except Refusal as refusal:
            raise NoHost(Exit(), refusal=failure_of(refusal, namespace)) from None

    def close(self) -> None:
        """Wait for no pod any more."""
        self._closing.set()
        self.look()

    def changed(self, space: Space, pod: Pod) -> None:
        """The pod of a host is new, or is not as it was. Called with the lock."""
        name = pod.metadata.name
        space.hosts[name] = pod
        if name not in self._mine and has_ended(pod):  # its engine may have died
            settings = self._ground.settings
            space.meet(pod, monotonic(), settings.keep, settings.orphans)
        self.look()

    def look(self) -> None:
        """Something has changed that hosts may wait for."""
        with self._news:
            self._news.notify_all()

    # -- coming up ------------------------------------------------------------------------

    def _start(self, space: Space, pod: Json, primary: str) -> KubernetesStream:
        name = pod["metadata"]["name"]
        cluster = self._ground.api.cluster
        room = Room(space, name, self._ground.settings.limits.quota)
        try:
            self._patiently(space, lambda: self._create(pod), room)
        except BaseException:
            with self._ground.lock:
                self._mine.discard(name)
                space.forget(name)
            raise
        try:
            self._until_it_runs(space, name, primary)
            socket = self._patiently(space, lambda: attach(cluster, space.name, name, primary))
        except BaseException:
            self._remove(space, name, 0)
            raise
        return KubernetesStream(socket, partial(self._end, space, name, primary))

    def _patiently(self, space: Space, ask: Callable[[], T], room: Room | None = None) -> T:
        """What the cluster answers, however long it is away. Raises Refusal.

        `room`: see there; who asks for none does not wait for it.
        """
        for tries in count():
            try:
                return ask()
            except Refusal as refusal:
                with self._ground.lock:
                    later = not space.believes(refusal) or (room is not None and room(refusal))
                if self._closing.is_set() or not later:
                    raise
                self._closing.wait(max(refusal.wait, backoff(tries)))
        raise AssertionError  # it is endless

    def _create(self, pod: Json) -> None:
        try:
            self._ground.api.create(pod)
        except Refusal as refusal:
            if not refusal.exists:  # it was made, and nobody was told
                raise

    def _until_it_runs(self, space: Space, name: str, primary: str) -> None:
        waits, since = "", 0.0
        news = space.hosts.get(name)
        while True:
            is_fresh = news is None
            pod = news or self._asked(space, name)
            match read(pod, primary):
                case Running():
                    return
                case Ended(how):
                    raise NoHost(how, self._last_words(space.name, name, primary))
                case Waiting(kind, how, hopeless):
                    now = space.contact.time
                    waits, since = kind, since if kind == waits else now
                    late = now - since > self._ground.settings.limits.of(kind)
                    if hopeless or self._closing.is_set() or (late and is_fresh):
                        raise NoHost(how)
            news = None if late else self._next(space, pod)

    def _next(self, space: Space, pod: Pod) -> Pod | None:
        """What is told of a pod next; None: it is not there. Nothing may be told for a while."""
        name = pod.metadata.name

        def is_told() -> bool:
            told = space.hosts.get(name) is not pod or space.refusal is not None
            return told or self._closing.is_set()

        with self._news:
            self._news.wait_for(is_told, LOOK)
            if space.refusal is not None:
                raise space.refusal
            return space.hosts.get(name)

    def _asked(self, space: Space, name: str) -> Pod:
        """A pod as it is: news of it may be on their way. Raises Refusal, NoHost."""
        known = space.hosts.get(name)
        try:
            found = self._patiently(space, lambda: self._ground.api.get(space.name, name))
        except Refusal as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND:
                raise NoHost(gone(known)) from None
            raise
        with self._ground.lock:
            if space.hosts.get(name) is known:  # nothing newer was told meanwhile
                space.hosts[name] = found
            return space.hosts.get(name, found)

    def _last_words(self, namespace: str, name: str, primary: str) -> str:
        """What a pod has printed that has ended before anybody was attached."""
        query = {"container": primary, "tailLines": "20", "limitBytes": str(_TAIL)}
        with suppress(Refusal), self._ground.api.log(namespace, name, query) as response:
            return b"".join(pieces_of(response)).decode(errors="replace").strip()
        return ""

    # -- ending ---------------------------------------------------------------------------

    def _end(self, space: Space, name: str, primary: str, *, hung_up: bool) -> Exit:
        """Have nothing be left of a host; gives how it ended. `hung_up`: by itself."""
        how = self._how(space, name, primary) if hung_up else LOST
        why = self._remove(space, name, _GRACE)
        return Exit(None, "ClusterAway", why) if why and how.code == LOST.code else how

    def _how(self, space: Space, name: str, primary: str) -> Exit:
        def over() -> Exit | None:
            pod = space.hosts.get(name)
            said = read(pod, primary) if pod is not None else Ended(gone(None))
            return said.exit if isinstance(said, Ended) else None

        with self._news:
            self._news.wait_for(lambda: over() or self._closing.is_set(), _LAST_WORD)
            return over() or Exit(None, "HostLost")

    def _remove(self, space: Space, name: str, grace: float) -> str:
        """Delete a pod, later if need be; gives why that was so."""
        with self._ground.lock:
            self._mine.discard(name)
        try:
            self._ground.api.delete(space.name, name, grace)
        except Refusal as refusal:
            self._delete(space, name, grace)
            return refusal.message
        return ""


class Room:
    """Whether the quota of a namespace may have room for a host later.

    It may as long as there are attempts, which end, or other hosts of the same environment, which
    do the work as well; and for a while if there is nothing but what others have.

    Args:
        space: of the namespace.
        name: of the host.
        limit: seconds.
    """

    def __init__(self, space: Space, name: str, limit: float) -> None:
        self._space = space
        self._name = name
        self._limit = limit
        self._since: float | None = None

    def __call__(self, refusal: Refusal) -> bool:
        """Whether it may, by the words of a refusal. Called with the lock."""
        if not refusal.quota or never_fits(refusal.message) or self._space.refusal is not None:
            return False
        now = self._space.contact.time
        if self._since is None or self._space.busy or self._siblings():
            self._since = now
        return now - self._since <= self._limit

    def _siblings(self) -> bool:
        environment, _, _ = self._name.rpartition("-")
        return any(
            name.rpartition("-")[0] == environment and pod.metadata.uid and not has_ended(pod)
            for name, pod in self._space.hosts.items()
        )
