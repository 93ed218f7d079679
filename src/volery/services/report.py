"""Report: tells the store what has happened, and what follows from it where that is known."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from volery.clock import Clock
from volery.engine.model import AttemptEnded, Fact
from volery.services.advance import Advance, Foreseen, Looked
from volery.services.dispatch import Dispatch
from volery.services.values import Values
from volery.store.base import Store

NEWS = Looked(set(), put_off=False, stirred=True)
"""There may be something to look at."""


class Report:
    """Stands between what the executor says and the store.

    Where an end leaves nothing open in a scope that is at hand, what follows is planned before the
    store is told, and carried in with the end. So a chain takes one transaction for each task.
    """

    def __init__(
        self,
        store: Store,
        advance: Advance,
        dispatch: Dispatch,
        *,
        values: Values,
        clock: Clock,
        owner: str,
    ) -> None:
        self._store = store
        self._advance = advance
        self._dispatch = dispatch
        self._values = values
        self._clock = clock
        self._owner = owner

    def tick(self, timeout: float) -> Looked:
        """Wait up to `timeout` seconds for something to happen, and report it.

        The result has not `stirred` if all that follows has been done already.
        """
        facts = self._dispatch.hear(timeout)
        foreseen = self._advance.foresee(facts)
        ends = [end for each in foreseen for end in each.ends]
        if len(ends) < len(facts):
            ahead = set(map(id, ends))
            self._record([fact for fact in facts if id(fact) not in ahead])
        looked = self._proceed(ends, foreseen) if foreseen else NEWS
        return looked if len(ends) == len(facts) else replace(looked, stirred=True)

    def _proceed(self, ends: Sequence[AttemptEnded], foreseen: Sequence[Foreseen]) -> Looked:
        commits = [each.commit for each in foreseen]
        rooms, now = self._dispatch.rooms(), self._clock.now()
        claims = self._store.proceed(ends, commits, self._owner, rooms, now)
        if claims is None:
            self._record(ends)
            return NEWS
        looked = self._advance.carried(foreseen)
        self._dispatch.begin(claims)
        launched = sum(len(commit.launch) for commit in commits)
        goes_on = claims and len(claims) == launched and not self._dispatch.waits
        return looked if goes_on else replace(looked, stirred=True)

    def _record(self, facts: Sequence[Fact]) -> None:
        if self._store.record(facts, self._clock.now()) == len(facts):
            for fact in facts:
                if isinstance(fact, AttemptEnded) and fact.outputs is not None:
                    self._values.keep(fact.execution, fact.path, fact.outputs)
