"""Retention: what is old and over, what is removed of it, and what the rest refers to."""

# ruff: noqa: S608, whatever is put into a statement here is a constant of this file

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from volery.ir.codec import read_bundle
from volery.ir.specs import Bundle
from volery.store.base import Options
from volery.store.moves import IllegalMove
from volery.store.sql_base import SqlBase

ENDED = """
    SELECT created, serial, id FROM executions
    WHERE child = 0 AND phase = ? AND (created, serial) < (?, ?) AND ended < ?
    ORDER BY created DESC, serial DESC LIMIT ?"""

PHASES = ("SUCCEEDED", "FAILED", "SKIPPED", "ABORTED")

RECOVERING = "SELECT root, options FROM executions WHERE options IS NOT NULL"

MEMBERS = "SELECT id, serial, ended, notify FROM executions WHERE root = ? ORDER BY serial DESC"

WAITING = "SELECT 1 FROM notices WHERE execution = ? AND phase = 'waiting' LIMIT 1"

# Started for an instant that nobody has crossed off yet: it would be started again.
STILL_DUE = """
    SELECT 1 FROM executions AS e JOIN schedules AS s
        ON s.project = e.project AND s.domain = e.domain AND s.plan = e.entity_name
    WHERE e.id = ? AND (s.next <= e.scheduled OR EXISTS (
        SELECT 1 FROM due_instants AS d
        WHERE d.project = s.project AND d.domain = s.domain AND d.plan = s.plan
            AND d.at = e.scheduled
    ))"""

LEAVE = "UPDATE nodes SET child = NULL WHERE child = ?"

# Each refers to rows of those after it, and to nothing else.
_OF_EXECUTION = (
    "put_off", "waits", "reservations", "notices", "calls", "attempts", "outputs", "inputs",
    "nodes", "scopes", "uses", "readers",
)  # fmt: skip

REMOVE = (
    *(f"DELETE FROM {table} WHERE execution = ?" for table in _OF_EXECUTION),
    "DELETE FROM readers WHERE reader_execution = ?",
)

REMOVE_MARKS = "DELETE FROM marks WHERE serial = ?"

REMOVE_EXECUTION = "DELETE FROM executions WHERE id = ?"

REMOVE_LINES = "DELETE FROM journal WHERE root = ?"

VALUES = (
    "SELECT outputs FROM cache",
    "SELECT record FROM inputs",
    "SELECT record FROM outputs",
    "SELECT inputs FROM calls",
    "SELECT signal FROM nodes WHERE signal IS NOT NULL",
)
"""Where packed values stand."""

BUNDLES = "SELECT data FROM bundles"

_UNUSED = """
    NOT EXISTS (SELECT 1 FROM executions WHERE bundle = bundles.digest)
    AND NOT EXISTS (SELECT 1 FROM calls WHERE bundle = bundles.digest)
    AND NOT EXISTS (SELECT 1 FROM attempts WHERE graph = bundles.digest)
    AND NOT EXISTS (SELECT 1 FROM entities WHERE bundle = bundles.digest)"""

IN_USE = """
    SELECT bundle FROM executions
    UNION SELECT bundle FROM calls
    UNION SELECT graph FROM attempts WHERE graph IS NOT NULL
    UNION SELECT bundle FROM entities"""

UNUSED = f"SELECT digest FROM bundles WHERE digest NOT IN ({IN_USE})"

REMOVE_BUNDLE = f"DELETE FROM bundles WHERE digest = ? AND {_UNUSED}"

_UNREGISTERED = """
    created < ? AND NOT EXISTS (SELECT 1 FROM entities WHERE package = packages.digest)"""

PACKAGES = f"SELECT digest FROM packages WHERE NOT ({_UNREGISTERED})"

REMOVE_PACKAGES = f"DELETE FROM packages WHERE {_UNREGISTERED}"

UNDER_WAY = """
    SELECT MIN(attempts.created) FROM attempts
    JOIN owners ON owners.id = attempts.owner AND owners.gone = 0
    WHERE attempts.owner IS NOT NULL AND attempts.phase IN ('LAUNCHING', 'RUNNING')"""

EXISTS = "SELECT 1 FROM executions WHERE id = ?"

THIS_DATABASE = "SELECT id FROM this_database"

_PAGE = 500
_LATEST = 1e300
"""Later than anything was created."""
_options = msgspec.msgpack.Decoder(Options).decode


class Family(NamedTuple):
    """An execution that somebody or something has started, and those that it has started."""

    root: str
    created: float


class Families(SqlBase):
    """Families of executions, and what the database refers to in the storage."""

    # -- families -------------------------------------------------------------------------

    def ended(self, before: float) -> Iterator[Family]:
        """Families that ended before a time: the newest first, of each phase by itself."""
        for phase in PHASES:
            after: tuple[float, int] = (_LATEST, 0)
            while rows := self._all(ENDED, phase, *after, before, _PAGE):
                yield from (Family(id, created) for created, _, id in rows)
                created, serial, _ = rows[-1]
                after = (created, serial)

    def recovering(self) -> Iterator[tuple[str, str]]:
        """For each execution that recovers another one: the root of its family, and that one."""
        for root, options in self._database.scan(RECOVERING):
            if recovers := _options(options).recovers:
                yield root, recovers

    def members(self, root: str) -> list[str]:
        """The executions of a family, those that were started last first."""
        return [id for id, *_ in self._all(MEMBERS, root)]

    def remove(self, root: str, before: float) -> int:
        """Remove all that is recorded of a family that ended before a time, or nothing.

        Returns:
            How many executions are gone; 0: it goes on, somebody has yet to be told of it, or the
            instant that it was started for is still due.
        """
        with self._database.write(root) as cursor:
            cursor.execute(MEMBERS, (root,))
            members = cursor.fetchall()
            for id, _, ended, notify in members:
                if ended is None or ended >= before or notify:
                    return 0
                for needed in (WAITING, STILL_DUE):
                    cursor.execute(needed, (id,))
                    if cursor.fetchone():
                        return 0
            for id, serial, *_ in members:
                cursor.execute(LEAVE, (id,))
                cursor.execute(REMOVE_MARKS, (serial,))
                for statement in REMOVE:
                    cursor.execute(statement, (id,))
                cursor.execute(REMOVE_EXECUTION, (id,))
            cursor.execute(REMOVE_LINES, (root,))
        return len(members)

    # -- what is referred to --------------------------------------------------------------

    def values(self) -> Iterator[bytes]:
        """Every packed value that stands in a row of its own, as of one moment."""
        return (value for (value,) in self._database.scan(*VALUES))

    def bundles(self) -> Iterator[Bundle]:
        """Every bundle."""
        return (read_bundle(data) for (data,) in self._database.scan(BUNDLES))

    def packages(self, before: float) -> list[str]:
        """Digests of packages that are registered, or were put since a time."""
        return [digest for (digest,) in self._all(PACKAGES, before)]

    def under_way_since(self) -> float | None:
        """Since when the oldest attempt is under way: what it has stored nothing refers to yet."""
        row = self._one(UNDER_WAY)
        return row[0] if row else None

    def exists(self, execution: str) -> bool:
        """Whether an execution is recorded."""
        return self._one(EXISTS, execution) is not None

    def database(self) -> str:
        """Who this database is, among those that have values in one storage."""
        ((id,),) = self._all(THIS_DATABASE)
        return id

    # -- what is not ----------------------------------------------------------------------

    def unused_bundles(self) -> set[str]:
        """Digests of bundles that nothing refers to."""
        return {digest for (digest,) in self._all(UNUSED)}

    def remove_bundle(self, digest: str) -> bool:
        """Remove a bundle; False: something refers to it."""
        try:
            with self._database.write() as cursor:
                cursor.execute(REMOVE_BUNDLE, (digest,))
                return cursor.rowcount == 1
        except IllegalMove:  # since this very moment
            return False

    def remove_packages(self, before: float) -> None:
        """Forget packages that were put before a time, and never registered."""
        with self._database.write() as cursor:
            cursor.execute(REMOVE_PACKAGES, (before,))
