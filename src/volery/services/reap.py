"""Reap: gives up what dead owners held, so that the planner can decide, or goes on with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        owner: str,
        alive: Alive,
        lasts: Callable[[Claim], bool],
        go_on: Callable[[Sequence[Claim]], object],
    ) -> None:
        """`lasts`: which attempts go on without their owner; `go_on` launches them again."""
        self._store = store
        self._clock = clock
        self._owner = owner
        self._alive = alive
        self._lasts = lasts
        self._go_on = go_on
        self._looked = 0.0

    def look(self, root: str | None, now: float) -> int:
        """The same as `tick`, if it is time again."""
        if 0 <= now - self._looked < PERIOD:  # a clock may be set back
            return 0
        self._looked = now
        return self.tick(root)

    def tick(self, root: str | None = None) -> int:
        """Declare dead owners gone, and see to what they held; returns to how many attempts.

        An attempt that goes on without its owner is taken over; all others are LOST.
        """
        self.bury()
        count = 0
        while lost := self._store.lost(self._owner, root, BATCH):
            done = self._see_to(lost)
            count += done
            if not done:
                break  # others were faster, or this owner is gone as well
        return count

    def bury(self) -> None:
        """Declare dead owners gone."""
        for each in self._store.owners():
            if each.id != self._owner and not self._alive(each.id):
                self._store.retire(each.id)
        self._store.bury(self._clock.now())

    def adopt(self) -> int:
        """Take over what dead owners of the same pool drove; returns how many families."""
        count = 0
        while taken := self._store.adopt(self._owner, BATCH):
            count += len(taken)
        return count

    def _see_to(self, lost: Sequence[tuple[Claim, str]]) -> int:
        """See to what dead owners held; returns how much of it nobody else has seen to."""
        lasting: list[tuple[Claim, str]] = []
        over: list[Fact] = []
        for claim, owner in lost:
            if self._lasts(claim):
                lasting.append((claim, owner))
            else:
                over.append(_lost(claim, owner))
        given_up = self._store.record(over, self._clock.now()) if over else 0
        if not lasting:
            return given_up
        taken = self._store.inherit(lasting, self._owner, self._clock.now())
        self._go_on(taken)
        return given_up + len(taken)


def _lost(claim: Claim, owner: str) -> Fact:
    failure = Failure("Lost", "SYSTEM", f"the process that ran this attempt ({owner}) is gone")
    return AttemptEnded(
        claim.execution, claim.path, claim.attempt, owner, AttemptPhase.LOST, failure=failure
    )
