"""Decks: what attempts show of their work, as they have put it into the storage themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from volery.data import decks as stored
from volery.data.storage import Kept, Storage
from volery.errors import DeckError, NotFound, suggest
from volery.services.home import Home
from volery.services.records import storage_of
from volery.store.base import Store
from volery.wire.decks import Deck

_ROOM: Final = 64 * 1024
"""Bytes by which a deck may be larger than what a task says in it: the page around that."""


class Decks:
    """Reads decks. Any thread may use it.

    Args:
        home: knows the storages of executions that say which they have.
        storage: has those of the others.
        store: has the executions.
    """

    def __init__(self, home: Home, storage: Storage, store: Store) -> None:
        self._home = home
        self._storage = storage
        self._store = store

    def decks(self, id: str, path: str, attempt: int) -> tuple[Deck, ...]:
        """The decks of an attempt, as far as they are stored, in order.

        Raises:
            NotFound: there is no such execution.
            StorageError: the storage cannot be read.
        """
        found = _found(self._storage_of(id), stored.folder_of(id, path, attempt))
        return tuple(Deck(name, each.size, each.since) for name, each in found)

    def deck(self, id: str, path: str, attempt: int, name: str) -> str:
        """The HTML of one of them.

        Raises:
            NotFound: there is none of this name.
            DeckError: it is larger than what is shown.
            StorageError: the storage cannot be read.
        """
        storage = self._storage_of(id)
        found = dict(_found(storage, stored.folder_of(id, path, attempt)))
        if name in found and found[name].size > stored.LARGEST + _ROOM:
            raise DeckError(
                f"deck {name!r} has {found[name].size:,} bytes; {stored.LARGEST:,} are shown",
                hint=f"it is at {storage.named_uri(found[name].name)}",
            )
        data = storage.get_named(found[name].name) if name in found else None
        if data is None:
            raise NotFound(
                f"attempt {attempt} of node {path} has no deck {name!r}", hint=suggest(name, found)
            )
        return data.decode(errors="replace")

    def _storage_of(self, id: str) -> Storage:
        record = self._store.execution(id)
        if record is None:
            raise NotFound(f"there is no execution {id}")
        return storage_of(record, self._home, self._storage)


def _found(storage: Storage, folder: str) -> Iterator[tuple[str, Kept]]:
    """The decks in a folder of the storage, by name."""
    for each in sorted(storage.named(folder), key=lambda kept: kept.name):
        name = stored.name_of(each.name.removeprefix(f"{folder}/"))
        if name is not None:
            yield name, each
