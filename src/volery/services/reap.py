"""Reap: gives up what dead owners held, so that the planner can decide about it."""

from __future__ import annotations

from collections.abc import Callable

from volery.clock import Clock
from volery.engine.model import AttemptEnded, AttemptPhase, Fact
from volery.ir.failure import Failure
from volery.store.base import Claim, Store

Alive = Callable[[str], bool]
"""Whether an owner may still live, as far as this machine can tell without asking the store."""

PERIOD = 0.5
"""Seconds between looks."""
BATCH = 1000


class Reap:
    """Looks for owners that have died, and for what they held."""

    def __init__(self, store: Store, *, clock: Clock, owner: str, alive: Alive) -> None:
        self._store = store
        self._clock = clock
        self._owner = owner
        self._alive = alive
        self._looked = 0.0

    def look(self, root: str | None, now: float) -> int:
        """The same as `tick`, if it is time again."""
        if 0 <= now - self._looked < PERIOD:  # a clock may be set back
            return 0
        self._looked = now
        return self.tick(root)

    def tick(self, root: str | None = None) -> int:
        """Declare dead owners gone, and their attempts LOST; returns how many attempts."""
        for each in self._store.owners():
            if each.id != self._owner and not self._alive(each.id):
                self._store.retire(each.id)
        self._store.bury(self._clock.now())
        count = 0
        while lost := self._store.lost(self._owner, root, BATCH):
            self._store.record([_lost(*each) for each in lost], self._clock.now())
            count += len(lost)
        return count

    def adopt(self) -> int:
        """Take over what dead owners of the same pool drove; returns how many families."""
        count = 0
        while taken := self._store.adopt(self._owner, BATCH):
            count += len(taken)
        return count


def _lost(claim: Claim, owner: str) -> Fact:
    failure = Failure("Lost", "SYSTEM", f"the process that ran this attempt ({owner}) is gone")
    return AttemptEnded(
        claim.execution, claim.path, claim.attempt, owner, AttemptPhase.LOST, failure=failure
    )
