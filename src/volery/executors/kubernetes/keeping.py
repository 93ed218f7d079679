"""What takes too long is ended, and what is left over is removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import Final

from volery.executors.contained.exits import Exit
from volery.executors.kubernetes.api import Refusal
from volery.executors.kubernetes.crew import Again
from volery.executors.kubernetes.ending import Finisher
from volery.executors.kubernetes.ground import Ground
from volery.executors.kubernetes.pod import ATTEMPT, MINE
from volery.executors.kubernetes.rights import failure_of
from volery.executors.kubernetes.space import Charge, Space
from volery.executors.kubernetes.status import Pod, Waiting, gone, has_ended, read

LOOK: Final = 1.0
"""Seconds between looks at what waits."""


class Keeper:
    """Deletes pods.

    Args:
        ground: see `Ground`.
        finisher: told of works that are given up.
        seen: told how a pod is that was asked for.
        wanted: whether somebody still asks for an attempt (execution, path, number).
    """

    def __init__(
        self,
        ground: Ground,
        finisher: Finisher,
        seen: Callable[[Space, Charge, Pod], None],
        wanted: Callable[[str, str, int], bool],
    ) -> None:
        self._ground = ground
        self._finisher = finisher
        self._seen = seen
        self._wanted = wanted

    def stop(self, space: Space, charge: Charge) -> None:
        """Have a pod end, and its attempt at the latest when the time for that is over."""
        with self._ground.lock:
            charge.stopping = True
        limits = self._ground.settings.limits
        self.delete(space, charge.name, limits.stop)
        lost = Exit(code="NodeGone", message="the pod did not end when it was deleted")
        insist = partial(self._finisher.has_ended, space, charge, lost)
        self._ground.crew.do(insist, limits.stop + limits.node)

    def delete(self, space: Space, name: str, grace: float) -> None:
        """Have a pod end within `grace` seconds."""
        self._ground.crew.do(partial(self._delete, space, name, grace))

    def look(self, space: Space) -> None:
        """See what of a namespace waits for too long or is left over."""
        now = monotonic()
        limits = self._ground.settings.limits
        with self._ground.lock:
            late = space.late(limits)
            crowded = space.crowded_out(limits.quota)
            leaving = space.sweep(now)
            space.quota.grow(space.running, now)
            strays = space.doubtful(now)
        for charge in late:
            self._ground.crew.do(partial(self._give_up, space, charge))
        for charge in crowded:
            self._crowded_out(space, charge)
        if leaving:
            self._ground.crew.do(partial(self._delete_all, space, leaving))
        for pod in strays:
            self._ground.crew.do(partial(self._delete_if_unwanted, space, pod))

    def _give_up(self, space: Space, charge: Charge) -> None:
        """End a work whose pod waits for too long, unless news of it were on their way."""
        try:
            self._seen(space, charge, self._ground.api.get(space.name, charge.name))
        except Refusal as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND:
                self._finisher.has_ended(space, charge, gone(charge.pod))
            elif refusal.passing:
                raise Again(refusal, refusal.wait) from refusal
        with self._ground.lock:
            charge.doubted = False
            late = space.is_late(charge, self._ground.settings.limits)
            said = charge.pod and read(charge.pod, charge.primary)
        if late and isinstance(said, Waiting):
            self._finisher.has_ended(space, charge, said.exit, unwanted=True)

    def _crowded_out(self, space: Space, charge: Charge) -> None:
        if charge.crowded is not None:
            failure = failure_of(charge.crowded.refusal, space.name)
            self._ground.works.failed(charge.name, failure)

    def _delete(self, space: Space, name: str, grace: float) -> None:
        try:
            self._ground.api.delete(space.name, name, grace)
        except Refusal as refusal:
            raise Again(refusal, refusal.wait) from refusal

    def _delete_all(self, space: Space, names: Sequence[str]) -> None:
        selector = f"{MINE}={self._ground.server},{ATTEMPT} in ({','.join(names)})"
        try:
            self._ground.api.delete_all(space.name, selector)
        except Refusal as refusal:
            raise Again(refusal, refusal.wait) from refusal

    def _delete_if_unwanted(self, space: Space, pod: Pod) -> None:
        if self._is_wanted(pod):
            return
        if has_ended(pod) and ATTEMPT in pod.metadata.labels:
            with self._ground.lock:
                space.let_go(pod.metadata.name, monotonic())
        else:
            self._delete(space, pod.metadata.name, self._ground.settings.limits.stop)

    def _is_wanted(self, pod: Pod) -> bool:
        said = pod.metadata.annotations
        execution, path = said.get("volery.dev/execution", ""), said.get("volery.dev/path", "")
        number = said.get("volery.dev/number", "") if ATTEMPT in pod.metadata.labels else ""
        return number.isdecimal() and self._wanted(execution, path, int(number))
