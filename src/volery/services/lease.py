"""The lease of an owner: says that it lives, and finds out when others have given it up."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

from volery.clock import Clock
from volery.errors import LeaseLost
from volery.store.base import Store

LEASE = 10.0
"""Seconds that an owner is taken for alive without a word."""
RENEWAL = 2.0
"""Seconds between its words."""
STANDSTILL = 300.0
"""Seconds after which an owner that is still at the same thing is not taken for alive any more."""


class Lease:
    """Held by one owner for as long as it drives anything."""

    def __init__(self, store: Store, clock: Clock, owner: str, pool: str) -> None:
        self._store = store
        self._clock = clock
        self._owner = owner
        self._renewed = self._moved = clock.now()
        self._expires = self._renewed + LEASE
        self._speaking = Lock()
        store.enlist(owner, pool, self._expires)

    def begin(self, now: float) -> None:
        """The same as `keep`, before something is taken up: who had nothing to lose goes on.

        An owner that does nothing for a while says nothing either, and others may bury it.
        """
        self._moved = now
        if self._is_due(now):
            self._prolong(now, self._renew_or_revive)

    def keep(self, now: float) -> None:
        """Prolong it when it is time.

        Raises:
            LeaseLost: others have declared this owner dead; what was its own may be theirs.
        """
        self._moved = now
        if self._is_due(now):
            self._prolong(now, self._store.renew)

    def keep_late(self, now: float) -> None:
        """The same in place of who should have done so by now; raises nothing.

        It may be at something that takes long, such as fetching from a storage that is slow.
        """
        if now - self._renewed >= 2 * RENEWAL and now - self._moved < STANDSTILL:
            with suppress(Exception):  # whoever comes back finds out for itself
                self._prolong(now, self._store.renew)

    @contextmanager
    def kept(self) -> Generator[None]:
        """Have another thread keep it late meanwhile."""
        over = Event()
        thread = Thread(target=self._keep_until, args=[over], name="volery-lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _keep_until(self, over: Event) -> None:
        while not over.wait(RENEWAL):
            self.keep_late(self._clock.now())

    def end(self) -> None:
        """Nothing is driven any more."""
        self._store.retire(self._owner)

    def _renew_or_revive(self, owner: str, expires: float) -> bool:
        return self._store.renew(owner, expires) or self._store.revive(owner, expires)

    def _is_due(self, now: float) -> bool:
        return not 0 <= now - self._renewed < RENEWAL  # a clock may be set back

    def _prolong(self, now: float, prolong: Callable[[str, float], bool]) -> None:
        # Never to an earlier end: a clock that was set back is no reason to be taken for dead, nor
        # is a word that comes late.
        with self._speaking:
            self._expires = max(self._expires, now + LEASE)
            lives = prolong(self._owner, self._expires)
        if not lives:
            raise LeaseLost(
                f"this process ({self._owner}) was taken for dead, and others may have gone on with"
                " its executions",
                hint="it was stopped or asleep; see how they went: volery executions list",
            )
        self._renewed = now
