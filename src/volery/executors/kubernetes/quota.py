"""How many pods a namespace takes: nobody says so but by refusing one."""

from __future__ import annotations

import importlib
import re
from decimal import Decimal
from typing import Final

from volery.executors.kubernetes.crew import backoff

STEP: Final = 0.5
"""Seconds between steps of growth while nothing is refused."""
_AMOUNTS: Final = re.compile(r"requested: (?P<asked>.*), used: .*, limited: (?P<most>.*)")


class Quota:
    """A guess at a quota, which others use too.

    A refusal says that there is no room for more than are there. From then on, pods begin as others
    end, and a few more now and then: twice as many each time that none was refused, and seldom
    where they always are.

    Attributes:
        limit: how many pods there may be at a time; None: nothing was refused yet.
    """

    def __init__(self) -> None:
        self.limit: int | None = None
        self._growth = 1
        self._refusals = 0
        self._growing = True
        self._next = 0.0

    def takes(self, pods: int) -> bool:
        """Whether one more may be asked for beside so many."""
        return self.limit is None or pods < self.limit

    def refused(self, pods: int, now: float) -> None:
        """One more than so many is too many."""
        self.limit = pods
        self._growth = 1
        if self._growing:  # others that were asked for at the same time say nothing new
            self._growing = False
            self._refusals += 1
            self._next = now + backoff(self._refusals)

    def grow(self, pods: int, now: float) -> None:
        """Time has passed, and there are so many pods now while others wait."""
        if self.limit is None or now < self._next or pods < self.limit:
            return
        if self._growing:  # the last step was no mistake
            self._refusals = 0
            self._growth *= 2
        self.limit = pods + self._growth
        self._growing = True
        self._next = now + STEP


def never_fits(message: str) -> bool:
    """Whether a pod is larger than all of a quota, by the words in which the cluster refuses it.

    ``exceeded quota: small, requested: cpu=8, used: cpu=2, limited: cpu=4``: what is left out is
    not exceeded.
    """
    said = _AMOUNTS.search(message)
    if said is None:
        return False
    try:
        asked, most = _amounts(said["asked"]), _amounts(said["most"])
    except ValueError:
        return False
    return any(amount > most.get(name, amount) for name, amount in asked.items())


def _amounts(text: str) -> dict[str, Decimal]:
    """Amounts as the API writes them, such as ``cpu=500m,memory=1Gi``."""
    read = importlib.import_module("kubernetes.utils.quantity").parse_quantity
    pairs = (each.strip().partition("=") for each in text.split(","))
    return {name: read(amount) for name, _, amount in pairs if amount}
