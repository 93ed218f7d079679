"""The executor that runs each attempt in a pod of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import RLock
from time import monotonic, time
from typing import Final

from volery.data.storage import Storage
from volery.errors import VoleryError
from volery.executors.base import Event
from volery.executors.contained.names import attempt_name
from volery.executors.contained.works import Held, Works
from volery.executors.kubernetes.api import Api, Refusal
from volery.executors.kubernetes.contact import Contact
from volery.executors.kubernetes.crew import Crew
from volery.executors.kubernetes.ending import Finisher
from volery.executors.kubernetes.ground import Ground
from volery.executors.kubernetes.host import HOST
from volery.executors.kubernetes.keeping import LOOK, Keeper
from volery.executors.kubernetes.pod import MINE, namespace_of, primary_of
from volery.executors.kubernetes.rights import failure_of
from volery.executors.kubernetes.settings import Kind, KubernetesSettings
from volery.executors.kubernetes.space import Charge, Space
from volery.executors.kubernetes.starting import Starter, mistake
from volery.executors.kubernetes.status import Ended, Pod, Reading, Running, Waiting, gone, read
from volery.executors.kubernetes.warm import KubernetesHosts
from volery.executors.kubernetes.watch import Watch
from volery.executors.results import aborted
from volery.executors.warm.environment import wants_reuse
from volery.executors.warm.warm import Warm, elsewhere, prefix_of
from volery.ir.work import CallEnded, Work

AHEAD: Final = 64
"""Works that are taken before there are pods for them."""
FEW: Final = 8
"""As many where they have to wait for others to end."""


class KubernetesExecutor:
    """Gives each attempt a pod, named and labelled so that it is found again.

    Requests are made by a few threads; one watch for each namespace tells what becomes of pods. A
    pod goes on when this executor is closed: launched again, by whomever, its attempt finds it.

    Args:
        api: the cluster.
        settings: what its administrator says.
        storage: of executions; pods reach it by the same URL.
        server: identity of the server, stable over restarts.
        namespace: of pods, if the settings do not say.
        wanted: whether somebody still asks for an attempt (execution, path, number).
        folder: that remembers namespaces, for what was left there; None: none does.
        clock: seconds, for limits; it never goes back.
    """

    lasts = True

    def __init__(
        self,
        api: Api,
        settings: KubernetesSettings,
        storage: Storage,
        *,
        server: str,
        namespace: str,
        wanted: Callable[[str, str, int], bool],
        folder: Path | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._namespace = namespace
        self._folder = folder
        self._settings = settings
        self._clock = clock
        self._works = Works(partial(_name, server), time)
        self._crew = Crew("volery-kubernetes", settings.threads)
        self._lock = RLock()
        self._ground = Ground(api, settings, storage, server, self._works, self._crew, self._lock)
        self._starter = Starter(self._ground, self._has_pod)
        self._finisher = Finisher(self._ground, self._starter.go_on)
        self._keeper = Keeper(self._ground, self._finisher, self._seen, wanted)
        self._hosts = KubernetesHosts(self._ground, self._space, self._keeper.delete, namespace)
        self._warm = Warm(self._works, self._hosts.start, elsewhere(storage), prefix_of(server))
        self._spaces: dict[str, Space] = {}
        self._watches: dict[str, Watch] = {}
        with self._lock:
            for name in self._used():
                self._space(name)
        self._crew.do(self._look)

    # -- the port -------------------------------------------------------------------------

    @property
    def bell(self) -> int:
        """Can be read when `poll(0)` has something to give."""
        return self._works.bell

    def room(self) -> int:
        with self._lock:
            spaces = self._spaces.values()
            waiting = sum(space.waiting for space in spaces)
            full = any(not each.quota.takes(each.running + each.waiting) for each in spaces)
            ahead = FEW if full else AHEAD
            return max(0, min(ahead - waiting, self._settings.pods - len(self._works)))

    def launch(self, works: Sequence[Work]) -> None:
        for held in self._works.take(works):
            if wants_reuse(held.work.place):
                self._warm.launch(held)
                continue
            try:
                name = namespace_of(held.work, self._settings, self._namespace)
            except VoleryError as error:
                self._works.failed(held.name, mistake(error))
                continue
            with self._lock:
                space = self._space(name)
                space.add(Charge(held, primary_of(held.work)))
            self._starter.go_on(space)

    def abort(self, ids: Sequence[int]) -> None:
        for held in self._works.abort(ids):
            self._stop(held)
            self._warm.stop(held)

    def answer(self, ends: Sequence[CallEnded]) -> None:
        """Only an attempt in a pod that stays makes calls."""
        self._warm.answer(ends)

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:
        return self._works.poll(timeout, news)

    def close(self) -> None:
        """Let go of the pods; they go on, except for those that stay for further attempts."""
        self._hosts.close()
        self._warm.close()
        for watch in self._watches.values():
            watch.close()
        self._finisher.close()
        self._ground.api.close()
        for watch in self._watches.values():
            watch.join()
        self._finisher.join()
        self._crew.close()
        self._works.close()

    # -- what becomes of pods: called by watches ------------------------------------------

    def listed(self, namespace: str, pods: Sequence[Pod], since: float) -> None:
        """See `Watcher`."""
        for pod in pods:
            self.changed(namespace, pod)
        there = {pod.metadata.name for pod in pods}
        with self._lock:
            space = self._spaces[namespace]
            lost = space.missing(there, since)
            space.listed, space.refusal = True, None
        for charge in lost:
            self._finisher.has_ended(space, charge, gone(charge.pod))
        self._hosts.look()
        self._starter.go_on(space)

    def changed(self, namespace: str, pod: Pod) -> None:
        """See `Watcher`."""
        with self._lock:
            space = self._spaces[namespace]
            if HOST in pod.metadata.labels:
                self._hosts.changed(space, pod)
                return
            charge = space.charges.get(pod.metadata.name)
            if charge is None or not charge.since:
                space.meet(pod, monotonic(), self._settings.keep, self._settings.orphans)
                return
        self._seen(space, charge, pod)

    def deleted(self, namespace: str, pod: Pod) -> None:
        """See `Watcher`."""
        with self._lock:
            space = self._spaces[namespace]
            charge = space.charges.get(pod.metadata.name)
            space.forget(pod.metadata.name)
            self._hosts.look()
            if charge is not None and not charge.since:
                charge.lost = True
                return
        if charge is not None:
            said = read(pod, charge.primary)
            how = said.exit if isinstance(said, Ended) else gone(pod)
            self._finisher.has_ended(space, charge, how)

    def refused(self, namespace: str, refusal: Refusal) -> None:
        """See `Watcher`. Pods that nobody ever sees are no use; others may be seen again."""
        failure = failure_of(refusal, namespace)
        with self._lock:
            space = self._spaces[namespace]
            space.refusal = refusal
            charges = list(space.charges.values())
            waiting = [each for each in charges if space.withdraw(each)]
            unseen = [each for each in charges if each.since and not space.contact.ever]
            for charge in unseen:
                charge.held.why = failure
            self._hosts.look()
        for charge in waiting:
            self._works.failed(charge.name, failure)
        for charge in unseen:
            self._finisher.has_ended(space, charge, gone(charge.pod), unwanted=True)

    def _has_pod(self, space: Space, charge: Charge, pod: Pod) -> None:
        self._seen(space, charge, pod, first=True)
        if charge.lost:
            self._finisher.has_ended(space, charge, gone(pod))
        if charge.held.aborted:
            self._keeper.stop(space, charge)

    def _seen(self, space: Space, charge: Charge, pod: Pod, *, first: bool = False) -> None:
        """A pod is as it is now; as the first that is seen of it, only if nothing else was."""
        reading = read(pod, charge.primary)
        with self._lock:
            if first and charge.pod is not None:
                return
            charge.pod = pod
            charge.waits = _waits(space, charge, reading)
        match reading:
            case Running(since):
                if charge.held.work.command is not None:
                    self._works.began(charge.name, since or time())
                self._finisher.runs(space, charge)
            case Waiting(_, how, hopeless=True):
                self._finisher.has_ended(space, charge, how, unwanted=True)
            case Waiting():
                pass
            case Ended(how, others, printed, kept):
                charge.printed, charge.kept = printed, kept
                if others and _leaves_files(charge.held.work):
                    self._await_files(space, charge, pod)
                else:
                    self._finisher.has_ended(space, charge, how, unwanted=others)

    def _await_files(self, space: Space, charge: Charge, pod: Pod) -> None:
        """The container that stores a command's outputs is still at it.

        It is told to end when all others have ended. If there are others that may not, the pod is
        deleted, with the time for it.
        """
        with self._lock:
            if charge.stopping or len(pod.status.container_statuses) == 1:
                return
            charge.stopping = True
        self._keeper.delete(space, charge.name, self._settings.limits.upload)

    # -- works ----------------------------------------------------------------------------

    def _space(self, name: str) -> Space:
        if name not in self._spaces:
            self._spaces[name] = Space(name, contact=Contact(self._clock))
            selector = f"{MINE}={self._ground.server}"
            contact = self._spaces[name].contact
            self._watches[name] = Watch(self._ground.api, name, selector, contact, self)
            if self._folder is not None:
                self._folder.mkdir(exist_ok=True)
                (self._folder / name).touch()
        return self._spaces[name]

    def _used(self) -> list[str]:
        """The namespaces in which there may be pods."""
        template = self._settings.namespace or self._namespace
        if "{" not in template:
            return [template]
        if self._folder is None or not self._folder.exists():
            return []
        return sorted(each.name for each in self._folder.iterdir())

    def _stop(self, held: Held) -> None:
        """Whether it has a pod or not; one that is being asked for is stopped when it is there."""
        with self._lock:
            for space in self._spaces.values():
                if charge := space.charges.get(held.name):
                    break
            else:
                return
            withdrawn = space.withdraw(charge)
        if withdrawn:
            self._works.over(held.name, aborted(held.work.id))
        elif charge.since:
            self._keeper.stop(space, charge)

    def _look(self) -> None:
        for held in self._works.overdue():
            self._stop(held)
        with self._lock:
            spaces = list(self._spaces.values())
        for space in spaces:
            self._keeper.look(space)
            self._starter.go_on(space)
        due = self._works.due()
        self._crew.do(self._look, LOOK if due is None else min(LOOK, max(0.01, due)))


def _name(server: str, work: Work) -> str:
    return attempt_name(server, work.execution, work.path, work.attempt)


def _waits(space: Space, charge: Charge, reading: Reading) -> tuple[Kind, float] | None:
    """For what a pod waits, and since when."""
    if not isinstance(reading, Waiting):
        return None
    if charge.waits is not None and charge.waits[0] == reading.kind:
        return charge.waits
    return reading.kind, space.contact.time


def _leaves_files(work: Work) -> bool:
    """Whether outputs are files, which a container beside the task's stores."""
    return work.command is not None and not work.command.contract
