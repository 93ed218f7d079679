"""What takes too long is ended, and what is left over is removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import Final

from volery.executors.contained.exits import Exit
from volery.executors.kubernetes.api import Refusal
from volery.executors.kubernetes.crew import Again
from volery.executors.kubernetes.ending import Finisher
from volery.executors.kubernetes.ground import Ground
from volery.executors.kubernetes.pod import ATTEMPT, MINE
from volery.executors.kubernetes.space import Charge, Space
from volery.executors.kubernetes.status import Pod, Waiting, read

LOOK: Final = 1.0
"""Seconds between looks at what waits."""


class Keeper:
    """Deletes pods.

    Args:
        ground: see `Ground`.
        finisher: told of works that are given up.
        wanted: whether somebody still asks for an attempt (execution, path, number).
    """

    def __init__(
        self, ground: Ground, finisher: Finisher, wanted: Callable[[str, str, int], bool]
    ) -> None:
        self._ground = ground
        self._finisher = finisher
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
        with self._ground.lock:
            late = [each for each in space.charges.values() if self._is_late(each, now)]
            leaving = space.sweep(now)
            space.quota.grow(space.running, now)
            strays = space.old(now, self._ground.settings.orphans)
        for charge in late:
            said = charge.pod and read(charge.pod, charge.primary)
            if isinstance(said, Waiting):
                self._finisher.has_ended(space, charge, said.exit, unwanted=True)
        if leaving:
            self._ground.crew.do(partial(self._delete_all, space, leaving))
        for pod in strays:
            self._ground.crew.do(partial(self._delete_if_unwanted, space, pod))

    def _is_late(self, charge: Charge, now: float) -> bool:
        if charge.waits is None:
            return False
        kind, since = charge.waits
        return now - since > self._ground.settings.limits.of(kind)

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
        said = pod.metadata.annotations
        execution, path = said.get("volery.dev/execution", ""), said.get("volery.dev/path", "")
        number = said.get("volery.dev/number", "")
        if not number.isdecimal() or not self._wanted(execution, path, int(number)):
            self._delete(space, pod.metadata.name, self._ground.settings.limits.stop)
