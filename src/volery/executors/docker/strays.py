"""Containers that nobody asks for: they are removed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable
from functools import partial
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from volery.executors.docker.description import ATTEMPT, EXECUTION, HOST, PATH

if TYPE_CHECKING:
    from volery.executors.docker.engine import Listed
    from volery.executors.docker.loop import Loop
    from volery.executors.docker.steps import Steps

Wanted = Callable[[str, str, int], bool]
"""Whether somebody still asks for an attempt: execution, path, number."""


class Strays:
    """Removes containers. Only the thread of the loop uses it.

    Those of attempts that are over go at once. Others go when they are found and nobody asks for
    their attempt, after a while: who takes attempts over needs a moment.

    Args:
        steps, loop: see there.
        wanted: may wait, and be called by any thread.
        grace: seconds.
    """

    def __init__(self, steps: Steps, loop: Loop, wanted: Wanted, grace: float) -> None:
        self._steps = steps
        self._loop = loop
        self._wanted = wanted
        self._grace = grace
        self._found: dict[str, Listed | None] = {}
        """By name; None: it is known that nobody asks for it."""
        self._look_at = inf

    def remove(self, name: str) -> None:
        """The attempt of a container is over."""
        self._loop.take(partial(self._steps.remove, name), partial(self._removed, name))

    def note(self, listed: Collection[Listed], under_way: Iterable[str]) -> None:
        """These were found, and their attempts are not under way here."""
        now = monotonic()
        known = frozenset((*under_way, *(each.name for each in listed)))
        self._loop.take(partial(self._steps.tidy, known), lambda _: None)
        for each in listed:
            self._found.setdefault(each.name, each)
            self._look_at = min(self._look_at, now + self._grace)

    def look(self, now: float, under_way: Container[str]) -> float:
        """Remove what it is time for; gives when it will be again."""
        if now >= self._look_at:
            self._look_at = now + self._grace if self._found else inf
            found, self._found = self._found, {}
            for name, listed in found.items():
                if name not in under_way:
                    self._loop.take(
                        partial(self._sweep, name, listed), partial(self._swept, name, listed)
                    )
        return self._look_at

    def _sweep(self, name: str, listed: Listed | None) -> bool:
        """Remove a container that nobody asks for; whether that is so."""
        if listed is not None and self._asked_for(listed):
            return False
        self._steps.remove(name)
        return True

    def _asked_for(self, listed: Listed) -> bool:
        labels = listed.labels
        if HOST in labels:  # it ends by itself when nobody is attached
            return self._steps.runs(listed.id)
        number = labels.get(ATTEMPT, "")
        if EXECUTION not in labels or PATH not in labels or not number.isdecimal():
            return True  # it is none of an attempt
        return self._wanted(labels[EXECUTION], labels[PATH], int(number))

    def _swept(self, name: str, listed: Listed | None, answer: object) -> None:
        if answer is not True:
            self._keep(name, listed)

    def _removed(self, name: str, answer: object) -> None:
        if isinstance(answer, Exception):
            self._keep(name, None)

    def _keep(self, name: str, listed: Listed | None) -> None:
        self._found[name] = listed
        self._look_at = min(self._look_at, monotonic() + self._grace)
