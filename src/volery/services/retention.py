"""Retention: what is old and over is removed, and then what nothing refers to any more.

Whatever dies on the way: a family is removed as a whole or not at all, and what it alone referred
to is found again by the next sweep.
"""

from __future__ import annotations

from typing import Final

import msgspec

from volery.clock import Clock
from volery.data.storage import Storage
from volery.errors import ConfigError
from volery.services.garbage import GRACE, Swept, sweep
from volery.services.home import Home
from volery.store.retention import Families

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
    """

    def __init__(self, families: Families, storage: Storage, home: Home, clock: Clock) -> None:
        self._families = families
        self._storage = storage
        self._home = home
        self._clock = clock

    def retain(self, older_than: float, *, dry_run: bool = False) -> Retained:
        """Remove the records of families that ended more than so many seconds ago.

        What they have put into the cache stays there, and what is registered stays.

        Raises:
            StoreError: the database cannot be used.
        """
        before = self._clock.now() - older_than
        recovering = self._recovering()
        gone: set[str] = set()
        executions = kept = 0
        # The newest first: who recovers an execution has begun after it.
        for family in sorted(self._families.ended(before), key=lambda each: -each.created):
            members = self._families.members(family.root)
            others = {root for each in members for root in recovering.get(each, ())}
            removed = 0
            if others <= gone | {family.root}:
                removed = len(members) if dry_run else self._families.remove(family.root, before)
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
            alone: no other database refers to what is in the storage. Of one in the home of an
                embedded database this is known; of others somebody has to say so.

        Raises:
            ConfigError: it is not known that this database is alone with its storage.
            StorageError, StoreError: something cannot be read or removed.
        """
        if not (alone or self.is_alone()):
            raise ConfigError(
                f"other databases may have values in {self._storage.url}, which would be lost",
                hint="if this database is the only one: --sole-user-of-storage",
            )
        began = self._clock.now()
        unused = self._families.unused_bundles()
        before = min(began - GRACE, self._families.under_way_since() or began)
        if not dry_run:
            self._families.remove_packages(before)
        swept = sweep(self._families, self._storage, before, dry_run=dry_run)
        if not dry_run and self._clock.now() - began >= SETTLED:
            for digest in unused & self._families.unused_bundles():
                self._families.remove_bundle(digest)
        return swept

    def is_alone(self) -> bool:
        """Whether no other database can have values in the storage."""
        return not self._home.url and self._storage.url == self._home.storage().url
