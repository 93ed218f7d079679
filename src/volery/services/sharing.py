"""Sharing: which databases have values in a storage.

What one database refers to no other knows. So each leaves a note in its storage before it has
anything there, and none removes anything while there is a note of another.
"""

from __future__ import annotations

from typing import Final

import msgspec

from volery.data.places import path_of
from volery.data.storage import Storage
from volery.errors import StorageError
from volery.services.home import Home

FOLDER: Final = "_databases"
"""The folder of the notes, beside those of executions; no execution has such a name."""


class Note(msgspec.Struct, frozen=True):
    """What a database says of itself in a storage.

    Attributes:
        place: where it is, for people.
        since: when it has begun to have values there.
        swept: when it last removed what nothing refers to; 0: never.
        damaged: digests of what could not be read then, and why.
    """

    place: str
    since: float
    swept: float = 0.0
    damaged: dict[str, str] = {}


class Sharing:
    """The notes in one storage.

    Args:
        home: of the database.
        storage: where it has its values.
        database: its id.
    """

    def __init__(self, home: Home, storage: Storage, database: str) -> None:
        self._home = home
        self._storage = storage
        self._name = f"{FOLDER}/{database}/note"
        self._database = database

    @property
    def is_own(self) -> bool:
        """Whether the storage is in the home of an embedded database, and meant for it."""
        return not self._home.url and self._storage.url == self._home.storage().url

    def note(self) -> Note | None:
        """What this database has said of itself. Raises StorageError."""
        return self._read(self._name)

    def enter(self, now: float) -> None:
        """Leave a note, unless there is one. Raises StorageError."""
        if self.note() is None:
            self._write(Note(self._home.place, now))

    def swept(self, now: float, damaged: dict[str, str]) -> None:
        """Note that what nothing refers to was removed. Raises StorageError."""
        note = self.note() or Note(self._home.place, now)
        self._write(msgspec.structs.replace(note, swept=now, damaged=damaged))

    def others(self) -> list[str]:
        """Where the other databases are that have values in the storage. Raises StorageError."""
        ids = (id for id in self._storage.names(FOLDER) if id != self._database)
        notes = (self._read(f"{FOLDER}/{id}/note") for id in ids)
        found = [note.place for note in notes if note is not None]
        folder = path_of(self._storage.url)
        if folder is not None and not self.is_own and (other := Home(folder)).has_database():
            found.append(other.place)  # it needs no note in its own home
        return sorted(set(found))

    def be_alone(self) -> None:
        """Take the notes of others away. Raises StorageError."""
        for id in self._storage.names(FOLDER):
            if id != self._database:
                self._storage.discard_named(f"{FOLDER}/{id}")

    def _read(self, name: str) -> Note | None:
        data = self._storage.get_named(name)
        try:
            return None if data is None else msgspec.json.decode(data, type=Note)
        except msgspec.MsgspecError as error:
            raise StorageError(
                f"{self._storage.named_uri(name)} is no note of a database: {error}",
                hint="remove it if no other database has values there",
            ) from None

    def _write(self, note: Note) -> None:
        self._storage.put_named(self._name, msgspec.json.encode(note))
