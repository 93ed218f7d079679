"""Named points at which something may happen to a process of the engine.

A point is a verb of a port, before or after it took effect (``store.commit after``), or a statement
inside of a transaction. They are found from the ports themselves, so that a verb that is added
later is among them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Literal, get_args

import msgspec

from volery.executors.base import Executor
from volery.store.base import Store
from volery.store.database import Cursor, Database

Mishap = Literal["kill", "error", "stop", "doubt"]
"""What may happen: the process dies; the verb raises; the process is stopped, and goes on when
others have taken it for dead; others take it for dead though it lives."""

MISHAPS: tuple[Mishap, ...] = get_args(Mishap)

When = Literal["before", "after"]


class Point(msgspec.Struct, frozen=True):
    """A point, for example before the verb ``commit`` of the seam ``store``."""

    seam: str
    verb: str
    when: When

    def __str__(self) -> str:
        return f"{self.seam}.{self.verb} {self.when}"


Befall = Callable[[Point, Any], None]
"""Called at each point, afterwards with what the verb gave; the verb raises what it raises."""


def verbs(port: type) -> list[str]:
    """The names of what a port can be asked to do."""
    return sorted(
        name
        for name, member in vars(port).items()
        if inspect.isfunction(member) and not name.startswith("_")
    )


def points() -> list[Point]:
    """All points of the ports."""
    ports: dict[str, type] = {"store": Store, "executor": Executor}
    return [
        Point(seam, verb, when)
        for seam, port in ports.items()
        for verb in verbs(port)
        for when in ("before", "after")
    ]


class Watched:
    """A port at whose verbs something may happen.

    Args:
        target: what carries the verbs out.
        seam: how the port is called in points.
        befall: see `Befall`.
    """

    def __init__(self, target: object, seam: str, befall: Befall) -> None:
        self._target = target
        self._seam = seam
        self._befall = befall

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if not callable(found):
            return found

        def verb(*args: Any, **kwargs: Any) -> Any:
            self._befall(Point(self._seam, name, "before"), None)
            answer = found(*args, **kwargs)
            self._befall(Point(self._seam, name, "after"), answer)
            return answer

        return verb


STATEMENT = Point("database", "statement", "after")
"""After a statement, or several sent at once, inside of a transaction that is not committed."""


class WatchedDatabase:
    """A database in whose writing transactions something may happen at every `STATEMENT`."""

    def __init__(self, database: Database, befall: Befall) -> None:
        self._database = database
        self._befall = befall

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @contextmanager
    def write(self, *names: str, **said: Any) -> Generator[Any]:
        """See `Database`."""
        with self._database.write(*names, **said) as cursor:
            yield _WatchedCursor(cursor, self._befall)


class _WatchedCursor:
    def __init__(self, cursor: Cursor, befall: Befall) -> None:
        self._cursor = cursor
        self._befall = befall

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._cursor, name)
        if not callable(found):
            return found

        def send(*args: Any) -> Any:
            answer = found(*args)
            self._befall(STATEMENT, answer)
            return answer

        return send
