"""Notices: who has to be told of an execution that has ended, and whether they were."""

# ruff: noqa: S608, whatever is put into a statement here is a constant of this file

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from volery.ir.addresses import shown
from volery.ir.notification import Channel
from volery.store.sql_base import SqlBase
from volery.wire.notices import Notice

TO_TELL_OF = """
    SELECT id FROM executions WHERE notify = 1 AND ended IS NOT NULL ORDER BY ended LIMIT ?"""

TOLD_OF = "UPDATE executions SET notify = 0 WHERE id = ? AND notify = 1"

ADD = """
    INSERT INTO notices (execution, number, channel, address, subject, body, due)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""

DUE = """
    SELECT execution, number, channel, address, subject, body, attempts FROM notices
    WHERE phase = 'waiting' AND due <= ? ORDER BY due, execution, number LIMIT ?"""

NEXT = "SELECT MIN(due) FROM notices WHERE phase = 'waiting'"

# Whoever has read the same row has read the same number of attempts: one of them gets it.
CLAIM = """
    UPDATE notices SET attempts = attempts + 1, due = ?
    WHERE execution = ? AND number = ? AND phase = 'waiting' AND attempts = ?
    RETURNING 1"""

# What was sent is sent, also when others have taken the sender for dead meanwhile.
SENT = """
    UPDATE notices SET phase = 'sent', sent = ?, due = NULL, error = ''
    WHERE execution = ? AND number = ? AND phase = 'waiting'"""

_OF_THIS_TRY = "execution = ? AND number = ? AND phase = 'waiting' AND attempts = ?"

PUT_OFF = f"UPDATE notices SET due = ?, error = ? WHERE {_OF_THIS_TRY}"

GIVE_UP = f"UPDATE notices SET phase = 'failed', due = NULL, error = ? WHERE {_OF_THIS_TRY}"

OF_EXECUTION = """
    SELECT execution, number, channel, address, phase, attempts, due, sent, error FROM notices
    WHERE execution = ? ORDER BY number"""


class NewNotice(msgspec.Struct, frozen=True):
    """A notice as a notification has it: see `ir.notification`."""

    channel: Channel
    address: str
    subject: str
    body: str


class Try(msgspec.Struct, frozen=True):
    """A notice that somebody is to send now. `attempt`: the how manieth time."""

    execution: str
    number: int
    notice: NewNotice
    attempt: int


class Notices(SqlBase):
    """Notices by execution and number."""

    # -- expanding ------------------------------------------------------------------------

    def to_tell_of(self, limit: int) -> list[str]:
        """Executions that have ended and whose notices are not here yet, in that order."""
        return [id for (id,) in self._all(TO_TELL_OF, limit)]

    def expand(self, execution: str, root: str, new: Sequence[NewNotice], at: float) -> bool:
        """Put in the notices of an execution; `root`: of its family. False: somebody has."""
        rows = [
            (execution, number, each.channel, each.address, each.subject, each.body, at)
            for number, each in enumerate(new, start=1)
        ]
        with self._database.write(root) as cursor:
            cursor.execute(TOLD_OF, (execution,))
            if cursor.rowcount != 1:
                return False
            cursor.executemany(ADD, rows)
        return True

    # -- sending --------------------------------------------------------------------------

    def claim(self, at: float, until: float, limit: int) -> list[Try]:
        """Take notices that are due; nobody else gets them before `until`."""
        with self._database.write() as cursor:
            cursor.execute(DUE, (at, limit))
            rows = cursor.fetchall()
            taken = cursor.answers(
                (CLAIM, (until, execution, number, attempts))
                for execution, number, *_, attempts in rows
            )
        return [
            Try(execution, number, NewNotice(*notice), attempts + 1)
            for (execution, number, *notice, attempts), mine in zip(rows, taken, strict=True)
            if mine
        ]

    def sent(self, tried: Try, at: float) -> None:
        """It was sent."""
        with self._database.write() as cursor:
            cursor.execute(SENT, (at, tried.execution, tried.number))

    def put_off(self, tried: Try, until: float, error: str) -> None:
        """It was not sent, as far as is known, and is tried again."""
        self._end(PUT_OFF, (until, error), tried)

    def give_up(self, tried: Try, error: str) -> None:
        """It was not sent, and is not tried again."""
        self._end(GIVE_UP, (error,), tried)

    def _end(self, statement: str, values: tuple[object, ...], tried: Try) -> None:
        key = (tried.execution, tried.number, tried.attempt)
        with self._database.write() as cursor:
            cursor.execute(statement, (*values, *key))

    # -- reading --------------------------------------------------------------------------

    def next(self) -> float | None:
        """When something is due next; None: nothing waits."""
        row = self._one(NEXT)
        return row[0] if row else None

    def of(self, execution: str) -> tuple[Notice, ...]:
        """Those of an execution, by number."""
        return tuple(
            Notice(id, number, shown(channel, address), *rest)
            for id, number, channel, address, *rest in self._all(OF_EXECUTION, execution)
        )
