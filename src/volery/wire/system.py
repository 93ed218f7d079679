"""The system: what a server is made of, and who is at work."""

from __future__ import annotations

import msgspec

from volery.wire.health import Check


class EngineState(msgspec.Struct, frozen=True):
    """An engine at work on the database.

    Attributes:
        expires: end of its lease.
        alive: it may still be at work.
        here: it is the one of this server.
        driving: executions that it drives, counted up to 10,000.
        attempts: those that it carries out.
    """

    id: str
    pool: str
    expires: float
    alive: bool
    here: bool
    driving: int
    attempts: int


class ExecutorState(msgspec.Struct, frozen=True):
    """An executor, and what is to be done on it.

    Attributes:
        default: it carries out what names none, here.
        here: the engine of this server has it.
        waiting: attempts that nobody has taken.
        running: attempts that somebody carries out.
    """

    name: str
    default: bool
    here: bool
    waiting: int
    running: int


class System(msgspec.Struct, frozen=True):
    """What a server is made of.

    Attributes:
        now: its clock.
        database, storage: where they are, without passwords.
        backlog: what is open, by what it is.
    """

    version: str
    now: float
    ok: bool
    checks: tuple[Check, ...]
    database: str
    storage: str
    engines: tuple[EngineState, ...]
    executors: tuple[ExecutorState, ...]
    backlog: dict[str, int]
