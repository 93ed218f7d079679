"""News: what becomes of executions, as it happens."""

from __future__ import annotations

import msgspec

from volery.wire.entities import EntityKey


class ExecutionEvent(msgspec.Struct, frozen=True):
    """A line of the journal about an execution itself.

    Attributes:
        event: its phase from now on, ``RUNNING`` when it was created; ``ABORT``: somebody has asked
            for it.
        root: the top of its family.
        child: another execution has started it.
    """

    seq: int
    at: float
    execution: str
    event: str
    entity: EntityKey
    root: str
    child: bool


class Hello(msgspec.Struct, frozen=True):
    """The first word of a stream: from which line on it tells, and the server's clock."""

    seq: int
    now: float
