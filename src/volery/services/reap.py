"""Reap: gives up attempts whose owner is gone, so that the planner can decide about them."""

from __future__ import annotations

from collections.abc import Callable

from volery.clock import Clock
from volery.engine.model import AttemptEnded, AttemptPhase, Fact
from volery.ir.failure import Failure
from volery.store.base import Store

Alive = Callable[[str], bool]
"""Whether an owner still lives."""


class Reap:
    """Looks for attempts that nobody will report on any more."""

    def __init__(self, store: Store, alive: Alive, clock: Clock) -> None:
        self._store = store
        self._alive = alive
        self._clock = clock

    def tick(self, root: str | None = None) -> int:
        """Mark attempts of dead owners as LOST; returns how many."""
        living: dict[str, bool] = {}
        lost: list[Fact] = []
        for claim, owner in self._store.held(root):
            if owner not in living:
                living[owner] = self._alive(owner)
            if not living[owner]:
                failure = Failure(
                    "Lost", "SYSTEM", f"the process that ran this attempt ({owner}) is gone"
                )
                lost.append(
                    AttemptEnded(
                        claim.execution,
                        claim.path,
                        claim.attempt,
                        owner,
                        AttemptPhase.LOST,
                        failure=failure,
                    )
                )
        if lost:
            self._store.record(lost, self._clock.now())
        return len(lost)
