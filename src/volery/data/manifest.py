"""Manifests: what is in a directory, as content of its own.

Identical directories have one manifest, byte for byte, and so one digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from volery.data.ahead import ahead
from volery.data.faults import told
from volery.data.names import check_name, check_names, folder_inside, unsafe
from volery.data.tree import Found, walk
from volery.errors import AlteredContent, MissingContent, StorageError, suggest

if TYPE_CHECKING:
    from volery.data.storage import Storage

BATCH: Final = 16
"""Files that travel at a time, unless said otherwise."""

_VERSION: Final = 1


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One file of a directory, or an empty folder.

    Attributes:
        path: from the directory, with ``/`` between its parts; of an empty folder it ends with one.
        digest: of the file's content; empty: a folder.
        size: of the file, in bytes.
        executable: whether its owner may execute it.
    """

    path: str
    digest: str = ""
    size: int = 0
    executable: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether this is an empty folder."""
        return not self.digest


class StoredFolder(NamedTuple):
    """A directory that is in the storage.

    Attributes:
        digest: of the manifest.
        size: of the files together, in bytes.
        files: how many they are.
    """

    digest: str
    size: int
    files: int


class _Manifest(msgspec.Struct, frozen=True, array_like=True):
    version: int
    entries: tuple[Entry, ...]


_decoder = msgspec.msgpack.Decoder(_Manifest)


def store_folder(storage: Storage, folder: Path, batch: int | None = None) -> StoredFolder:
    """Store a directory: its files, then its manifest.

    A link to something inside counts as what it leads to.

    Args:
        storage: where to.
        folder: the directory.
        batch: how many files travel at a time.

    Raises:
        StorageError: it cannot be read, a link leads outside or in a circle, something in it is
            neither file nor folder, or a name cannot be stored; says which.
    """

    def store(found: Found) -> Entry:
        if found.is_folder:
            return Entry(f"{found.name}/")
        digest, size = storage.put_file(found.path)
        return Entry(found.name, digest, size, found.executable)

    entries = sorted(ahead(store, walk(folder), batch or BATCH), key=lambda entry: entry.path)
    files = [entry for entry in entries if not entry.is_folder]
    size = sum(entry.size for entry in files)
    return StoredFolder(store_manifest(storage, entries), size, len(files))


def store_manifest(storage: Storage, entries: Sequence[Entry]) -> str:
    """Store a manifest of files that are in the storage already; returns its digest."""
    return storage.put(_encoded(entries))


def digest_of_folder(folder: Path) -> str:
    """The digest that a directory would have if it were stored.

    Raises:
        StorageError: it could not be stored; see `store_folder`.
    """
    from volery.data.hashing import digest_of, digest_of_file

    entries = [
        Entry(f"{found.name}/")
        if found.is_folder
        else Entry(
            found.name, digest_of_file(found.path), found.path.stat().st_size, found.executable
        )
        for found in walk(folder)
    ]
    return digest_of(_encoded(entries))


def _encoded(entries: Sequence[Entry]) -> bytes:
    ordered = tuple(sorted(entries, key=lambda entry: entry.path))
    return msgspec.msgpack.encode(_Manifest(_VERSION, ordered))


def read_manifest(storage: Storage, digest: str) -> tuple[Entry, ...]:
    """The entries of a stored directory, in the order of their paths.

    Raises:
        AlteredContent: it is no manifest.
        StorageError: it is not there; or a name in it is refused (code
            ``UnsafeName``), for it would lead outside, stands for two things, ...
    """
    try:
        manifest = _decoder.decode(storage.get(digest, -1))
    except msgspec.MsgspecError as error:
        raise AlteredContent(f"content {digest[:12]} is no manifest: {error}") from None
    if manifest.version != _VERSION:
        raise StorageError(
            f"manifest {digest[:12]} is of version {manifest.version}, we read {_VERSION}",
            hint="it was written by a newer Volery: install that",
        )
    for entry in manifest.entries:
        if entry.is_folder != entry.path.endswith("/"):
            raise unsafe(entry.path, "it has no digest, or is a folder with one")
    check_names(
        [entry.path for entry in manifest.entries if not entry.is_folder],
        [entry.path[:-1] for entry in manifest.entries if entry.is_folder],
    )
    return manifest.entries


def below(entries: Sequence[Entry], name: str) -> tuple[Entry, ...]:
    """The entries of a folder of the directory, with paths from there.

    Raises MissingContent when there is no such folder.
    """
    check_name(name)
    prefix = f"{name}/"
    found = [entry for entry in entries if entry.path.startswith(prefix)]
    if not found:
        folders = {entry.path.rpartition("/")[0] for entry in entries} - {""}
        raise MissingContent(f"there is no folder {name!r}", hint=suggest(name, sorted(folders)))
    return tuple(
        msgspec.structs.replace(entry, path=entry.path[len(prefix) :])
        for entry in found
        if entry.path != prefix
    )


def restore(
    storage: Storage, entries: Sequence[Entry], target: Path, batch: int | None = None
) -> None:
    """Write a directory below a folder, which is made. What else is there stays.

    Every file appears complete or not at all, inside the target whatever links are in it.

    Args:
        storage: where from.
        entries: what `read_manifest` or `below` gave.
        target: the folder.
        batch: how many files travel at a time.
    """
    with told("make", str(target)):
        target.mkdir(parents=True, exist_ok=True)
    folders = {entry.path.rpartition("/")[0] for entry in entries}
    places = {name: folder_inside(target, name) for name in sorted(folders)}

    def fetch(entry: Entry) -> None:
        folder, _, name = entry.path.rpartition("/")
        path = places[folder] / name
        storage.fetch(entry.digest, entry.size, path)
        if entry.executable:
            with told("change", str(path)):
                path.chmod(path.stat().st_mode | 0o111)

    for _ in ahead(fetch, (entry for entry in entries if not entry.is_folder), batch or BATCH):
        pass
