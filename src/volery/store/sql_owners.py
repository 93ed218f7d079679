"""Owners, their leases, and the families that they drive, in a SQL database."""

from __future__ import annotations

from collections.abc import Sequence

from volery.store import journal, records, statements as sql
from volery.store.base import Claim, OwnerRecord
from volery.store.database import Cursor
from volery.store.sql_base import SqlBase
from volery.store.sql_changes import Changes


class SqlOwners(SqlBase):
    """See `Store`."""

    def enlist(self, owner: str, pool: str, expires: float) -> None:
        with self._database.write() as cursor:
            cursor.execute(sql.ENLIST, (owner, pool, expires))
        self._database.listen(owner, pool)

    def renew(self, owner: str, expires: float) -> bool:
        with self._database.write() as cursor:
            cursor.execute(sql.RENEW, (expires, owner))
            return cursor.rowcount == 1

    def revive(self, owner: str, expires: float) -> bool:
        with self._database.write() as cursor:
            cursor.execute(sql.REVIVE, (expires, owner))
            return cursor.rowcount == 1

    def retire(self, owner: str) -> None:
        with self._database.write(*self._waiting_for(owner)) as cursor:
            cursor.execute(sql.RETIRE, (owner,))
            if cursor.rowcount == 1:
                _free(cursor, owner)
                self._database.notify(cursor)

    def bury(self, at: float) -> list[str]:
        expired = [owner for (owner,) in self._all(sql.EXPIRED, at)]
        return [owner for owner in expired if self._bury(owner, at)]

    def _bury(self, owner: str, at: float) -> bool:
        with self._database.write(*self._waiting_for(owner)) as cursor:
            cursor.execute(sql.BURY, (owner, at))
            buried = cursor.rowcount == 1
            if buried:
                _free(cursor, owner)
                self._database.notify(cursor)
            return buried

    def owners(self) -> list[OwnerRecord]:
        return list(map(records.owner, self._all(sql.OWNERS)))

    def owner(self, owner: str) -> OwnerRecord | None:
        row = self._one(sql.OWNER, owner)
        return None if row is None else records.owner(row)

    def take(self, execution: str, old: str | None, new: str | None) -> bool:
        standing = self._standing(execution)
        if standing is None:
            return False
        root = standing.root
        with self._database.write(root, *self._waiting_for_family(root)) as cursor:
            return _take(cursor, root, old, new)

    def adopt(self, owner: str, limit: int) -> list[str]:
        orphans = self._all(sql.ORPHANS, owner, limit)
        if not orphans:
            return []
        with self._database.write(*(root for root, _ in orphans)) as cursor:
            return [root for root, old in orphans if _take(cursor, root, old, owner)]

    def lost(self, owner: str, root: str | None, limit: int) -> list[tuple[Claim, str]]:
        if root is None:
            rows = self._all(sql.LOST, owner, limit)
        else:
            rows = self._all(sql.LOST_OF, root, root, limit)
        return [(Claim(*claim), holder) for *claim, holder in rows]

    def inherit(self, lost: Sequence[tuple[Claim, str]], owner: str, at: float) -> list[Claim]:
        if not lost:
            return []
        known = self._known(claim.execution for claim, _ in lost)
        with self._database.write(*(each.root for each in known.values())) as cursor:
            asked = ((sql.INHERIT, (owner, *_key(claim), old, owner)) for claim, old in lost)
            changed = cursor.answers(asked)
            taken = [claim for (claim, _), rows in zip(lost, changed, strict=True) if rows]
            changes = Changes(cursor, at)
            for claim in taken:
                changes.write(known[claim.execution].root, journal.taken_over(claim, owner))
            changes.flush()
            if taken:
                self._database.notify(cursor)
        return taken

    def held(self, owner: str, root: str | None) -> list[tuple[Claim, str]]:
        rows = self._all(sql.HELD, owner) if root is None else self._all(sql.HELD_OF, root, root)
        return [(Claim(*claim), holder) for *claim, holder in rows]

    # -- whoever waits for reservations that end with an owner ------------------------------

    def _waiting_for(self, owner: str) -> set[str]:
        """Families to be woken when an owner goes."""
        roots = [root for (root,) in self._all(sql.ROOTS_OF_OWNER, owner)]
        return {each for root in roots for each in self._waiting_for_family(root)}

    def _waiting_for_family(self, root: str) -> set[str]:
        """Families that wait for reservations of another."""
        keys = [key for (key,) in self._all(sql.KEYS_OF_FAMILY, root)]
        return {waiting for key in keys for *_, waiting in self._all(sql.WAITING, key)}


def _key(claim: Claim) -> tuple[str, str, int]:
    return claim.execution, claim.path, claim.attempt


def _take(cursor: Cursor, root: str, old: str | None, new: str | None) -> bool:
    cursor.execute(sql.TAKE, (new, root, old, old))
    if cursor.rowcount != 1:
        return False
    driver = new or ""
    for statement in (sql.DRIVE_SCOPES, sql.DRIVE_ATTEMPTS, sql.DRIVE_PUT_OFF):
        cursor.execute(statement, (driver, root))
    if new is None:
        _wake_waiting(Changes(cursor, 0.0), root)
    return True


def _free(cursor: Cursor, owner: str) -> None:
    """Reservations of families that nobody drives any more count no longer: wake who waits."""
    changes = Changes(cursor, 0.0)
    for (root,) in changes.all(sql.ROOTS_OF_OWNER, owner):
        _wake_waiting(changes, root)


def _wake_waiting(changes: Changes, root: str) -> None:
    for (key,) in changes.all(sql.KEYS_OF_FAMILY, root):
        changes.wake_waiting(key)
