"""The seam between the SQL store and a database: all that differs between databases."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Query = tuple[str, Sequence[Any]]
"""A statement with its values."""


class Cursor(Protocol):
    """The part of a DB-API cursor that the store uses."""

    @property
    def rowcount(self) -> int: ...
    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Any: ...
    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def answers(self, queries: Iterable[Query], /) -> list[list[Any]]:
        """Carry statements out, one after another; the rows that each of them gives."""
        ...


class Database(Protocol):
    """One database, used by any thread.

    Each `read` is a transaction, and so is `write`, rolled back when the block raises. They raise
    StoreError for whatever the database refuses, IllegalMove where a rule of the schema would be
    broken.

    Attributes:
        skip_locked: what a statement that picks rows of many families ends with, so that it passes
            over those that somebody else is just picking; empty where only one can write at a time.
        news: see `Store`.
    """

    @property
    def skip_locked(self) -> str: ...
    @property
    def news(self) -> int | None: ...

    def heard(self) -> None:
        """See `Store`."""
        ...

    def listen(self, owner: str, pool: str) -> None:
        """From now on `news` has what concerns this owner, and it needs none of its own doing."""
        ...

    def read(self, *queries: Query) -> list[list[Any]]:
        """The rows that each of these gives, in one consistent view; waits for nobody."""
        ...

    def scan(self, *statements: str) -> Generator[Any]:
        """The rows that these give, one after another, in one consistent view.

        They are not held together in memory, so there may be any number. Nobody is kept waiting.
        """
        ...

    def write(self, *names: str, lasting: bool = True) -> AbstractContextManager[Cursor]:
        """Waits for its turn first, so that what the block reads holds until it commits.

        Nobody is told of a `lasting` change before it would outlast the database's own death. Of
        others the last ones may be gone then: those that would just be decided again.

        `names` are those of all families that the block writes to (their roots), and of what
        families share: see `queue_name` and `key_name`.
        """
        ...

    def notify(self, cursor: Cursor) -> None:
        """Other processes may have something to do once this transaction has committed."""
        ...

    def examine(self) -> None:
        """Look whether it is sound. Raises StoreError: what is wrong with it."""
        ...

    def close(self) -> None: ...


def queue_name(queue: str) -> str:
    """The name, for `Database.write`, of executions that share a limit."""
    return f"queue {queue}"


def key_name(key: str) -> str:
    """The name, for `Database.write`, of the reservation of a key of the cache."""
    return f"key {key}"
