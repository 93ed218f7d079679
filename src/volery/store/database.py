"""The seam between the SQL store and a database: all that differs between databases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Cursor(Protocol):
    """The part of a DB-API cursor that the store uses."""

    @property
    def rowcount(self) -> int: ...
    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Any: ...
    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Database(Protocol):
    """One database, used by any thread.

    `read` and `write` are transactions, rolled back when the block raises. They raise StoreError
    for whatever the database refuses, IllegalMove where a rule of the schema would be broken.
    """

    def read(self) -> AbstractContextManager[Cursor]:
        """One consistent view; waits for nobody."""
        ...

    def write(self) -> AbstractContextManager[Cursor]:
        """Waits for its turn first, so that what the block reads holds until it commits."""
        ...

    def close(self) -> None: ...
