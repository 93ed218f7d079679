"""Retention: what is old and over is removed, and then what nothing refers to any more.

Whatever dies on the way: a family is removed as a whole or not at all, and what it alone referred
to is found again by the next sweep. Before the first thing is removed, a line is in the audit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Final

import msgspec

from volery.clock import Clock
from volery.data.storage import Storage
from volery.errors import ConfigError
from volery.services.access import Audit
from volery.services.garbage import GRACE, Swept, sweep
from volery.services.home import Home
from volery.services.sharing import Sharing
from volery.store.retention import Families
from volery.wire.access import Identity

RETENTION: Final = Identity("retention", "admin")
"""Whoever removes, in the audit, what nobody has removed by hand."""

SETTLED: Final = 1.0
"""Seconds after which a bundle that nothing refers to is not one that is just being put to use."""


class Retained(msgspec.Struct, frozen=True):
    """What was removed, or would be.

    Attributes:
        families: executions with all that they have started.
        executions: all of these together.
        kept: families that are old enough, but that something refers to: an execution that
            recovers one of theirs, or a notice that waits.
    """

    families: int = 0
    executions: int = 0
    kept: int = 0


class Retention:
    """Removes what is old. Any number of these may be at it.

    Args:
        families: the database.
        storage: where it has its values.
        home: of the database.
        clock: says when.
        audit: of what is removed.
        who: wants it removed.
    """

    def __init__(
        self,
        families: Families,
        storage: Storage,
        home: Home,
        clock: Clock,
        *,
        audit: Audit,
        who: Identity,
    ) -> None:
        self._families = families
        self._storage = storage
        self._clock = clock
        self._audit = audit
        self._who = who
        self._sharing = Sharing(home, storage, families.database())

    def retain(self, older_than: float, *, dry_run: bool = False) -> Retained:
        """Remove the records of families that ended more than so many seconds ago.

        What they have put into the cache stays there, and what is registered stays.

        Raises:
            StoreError: the database cannot be used.
        """
        before = self._clock.now() - older_than
        ended = datetime.fromtimestamp(before, UTC).isoformat(timespec="seconds")
        removing = self._line("executions.retain", f"ended before {ended}")
        recovering = self._recovering()
        gone: set[str] = set()
        executions = kept = 0
        # The newest first: who recovers an execution has begun after it.
        for family in sorted(self._families.ended(before), key=lambda each: -each.created):
            members = self._families.members(family.root)
            others = {root for each in members for root in recovering.get(each, ())}
            removed = 0
            if others <= gone | {family.root}:
                removed = len(members)
                if not dry_run:
                    removing()
                    removed = self._families.remove(family.root, before)
            if removed:
                gone.add(family.root)
            executions += removed
            kept += not removed
        return Retained(len(gone), executions, kept)

    def _recovering(self) -> dict[str, set[str]]:
        """For each execution that others recover: the roots of their families."""
        found: dict[str, set[str]] = {}
        for root, recovers in self._families.recovering():
            found.setdefault(recovers, set()).add(root)
        return found

    def collect_garbage(self, *, dry_run: bool = False, alone: bool = False) -> Swept:
        """Remove what is stored and nothing refers to: see `services.garbage`.

        Args:
            dry_run: remove nothing.
            alone: other databases that have said they have values in the storage have none there
                any more.

        Raises:
            ConfigError: other databases have values in the storage.
            StorageError, StoreError: something cannot be read or removed.
        """
        removing = self._line("storage.sweep", self._storage.url)
        if not alone:
            self.check_alone()
        elif not dry_run:
            removing()
            self._sharing.be_alone()
        began = self._clock.now()
        unused = self._families.unused_bundles()
        before = min(began - GRACE, self._families.under_way_since() or began)
        if not dry_run:
            self._families.remove_packages(before)
        swept = sweep(self._families, self._storage, before, None if dry_run else removing)
        _warn_of(swept.damaged)
        if not dry_run:
            self._sharing.swept(began, swept.damaged)
            self._remove_bundles(unused)
        return swept

    def _remove_bundles(self, unused: set[str]) -> None:
        """Remove bundles that nothing has referred to, for a while now."""
        if unused:
            time.sleep(SETTLED)
        for digest in unused & self._families.unused_bundles():
            self._families.remove_bundle(digest)

    def _line(self, what: str, on: str) -> Callable[[], None]:
        """Adds a line to the audit when it is called first, and none after that."""
        return cache(lambda: self._audit.write(self._who, what, on))

    def check_alone(self) -> None:
        """Raise ConfigError unless it is known that no other database has values in the storage."""
        others = self._sharing.others()
        if others:
            raise ConfigError(
                f"other databases have values in {self._storage.url}, which would be lost:"
                f" {', '.join(others)}",
                hint="if none of them has any more: volery retain --sole-user-of-storage",
            )
        if not self._sharing.is_own and self._sharing.note() is None:
            raise ConfigError(
                f"it is not known whose values are in {self._storage.url}: this database has none",
                hint="if no other has: volery retain --sole-user-of-storage",
            )


def _warn_of(damaged: dict[str, str]) -> None:
    if damaged:
        import logging  # it takes long to load

        log = logging.getLogger("volery.retention")
        for digest, why in damaged.items():
            log.warning("content %s is damaged: %s", digest, why)
