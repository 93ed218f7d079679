"""Backups of the embedded database and what it refers to, made while it is in use.

    manifest.json             what is in the folder; written last
    database-<digest>.db      the database, as it was at one moment
    blobs/, attempts/         the storage of the home, as a storage of its own

A folder can be used again: objects that are in it are not copied again, and until the new manifest
is there the old one holds.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from volery._version import __version__
from volery.clock import Clock
from volery.data.faults import told
from volery.data.hashing import digest_of_file
from volery.data.references import copy_object
from volery.data.storage import Storage
from volery.data.whole import whole
from volery.errors import AlreadyExists, AlteredContent, ConfigError, MissingContent, NotFound
from volery.services import sharing
from volery.services.home import Home
from volery.store.sqlite import copy_sqlite, set_apart
from volery.wire.access import LOCAL, AuditLine

FORMAT: Final = 1
"""Of the folder. A newer one is refused."""
_MANIFEST: Final = "manifest.json"
_STALE: Final = 3600.0
"""Seconds after which nobody writes to a copy any more."""
_SKEW: Final = 3600.0
"""Seconds by which the clock of a file system may be behind."""
_DATABASE: Final = re.compile(r"database-[0-9a-f]{16}\.db")


class Manifest(msgspec.Struct, frozen=True):
    """What is in a backup.

    Attributes:
        created: when it was made, in seconds since the epoch.
        volery: version of the Volery that has made it.
        schema: version of the database's schema.
        database: name of the file with the database.
        size, digest: of that file.
        content: the storage of the home is in the backup.
        storage: URL of the storage that is not; empty: it is the home's.
    """

    created: float
    volery: str
    schema: int
    database: str
    size: int
    digest: str
    content: bool
    storage: str = ""
    format: int = FORMAT


def back_up(home: Home, storage: Storage, folder: Path, clock: Clock) -> Manifest:
    """Back up the embedded database of a home, and the storage if that is in the home.

    Args:
        home: it may be in use.
        storage: where the database has its values.
        folder: made if it is not there; it may have an older backup of the same home.
        clock: says when.

    Raises:
        ConfigError: the database is none of the home's.
        StoreError, StorageError: something cannot be read or written. The older backup holds.
    """
    if home.url:
        raise ConfigError(
            f"{home.place} is a PostgreSQL database, which has tools of its own",
            hint="pg_dump --schema volery",
        )
    own = storage.url == home.storage().url
    created = clock.now()
    with told("write", str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
    began = time.time()
    if own:  # what the database refers to may be removed as soon as that is copied
        _copy_objects(storage, _storage_in(folder))
    with told("write", str(folder)):
        database, schema = _copy_database(home, folder)
    if own:  # what was stored meanwhile: nothing removes it for hours
        _copy_objects(storage, _storage_in(folder), since=began - _SKEW)
    manifest = Manifest(
        created=created,
        volery=__version__,
        schema=schema,
        database=database.name,
        size=database.stat().st_size,
        digest=digest_of_file(database),
        content=own,
        storage="" if own else storage.url,
    )
    with told("write", str(folder)):
        with whole(folder / _MANIFEST) as part:
            part.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
            _write_out(part)
        for other in (*folder.glob("database-*.db"), *_left_behind(folder, time.time())):
            if other != database:
                other.unlink(missing_ok=True)
    return manifest


def restore(folder: Path, home: Home, clock: Clock) -> Manifest:
    """Make a home of a backup. It appears as a whole or not at all, and may then be tried again.

    Args:
        folder: has the backup.
        home: to be made; its audit says that it was.
        clock: says when.

    Raises:
        NotFound: there is no backup.
        AlteredContent: the database is not the one that was backed up.
        AlreadyExists: there is a database in the home.
        ConfigError: the home's database is a PostgreSQL one, or a newer Volery has made the backup.
    """
    if home.url:
        raise ConfigError(
            f"a backup is restored into a home, not into {home.place}",
            hint="leave the setting `database` out",
        )
    manifest = _read(folder)
    if home.has_database():
        raise AlreadyExists(
            f"{home.database} is there already", hint="name another home with --home"
        )
    source = folder / manifest.database
    with told("read", str(source)):
        if digest_of_file(source) != manifest.digest:
            raise AlteredContent(
                f"{source} is not what was backed up", hint="take another backup, if there is one"
            )
    home.make()
    if manifest.content:
        _copy_objects(_storage_in(folder), home.storage())
    with told("write", str(home.database)), whole(home.database) as part:
        shutil.copyfile(source, part)
        set_apart(part, _line(folder, manifest, clock))
        _write_out(part)
    return manifest


def _line(folder: Path, manifest: Manifest, clock: Clock) -> AuditLine:
    """What the audit of a home says of how it was made."""
    created = datetime.fromtimestamp(manifest.created, UTC).isoformat(timespec="seconds")
    detail = f"backup of {created}"
    return AuditLine(
        0, clock.now(), LOCAL.name, "home.restore", str(folder.absolute()), detail=detail
    )


def _copy_database(home: Home, folder: Path) -> tuple[Path, int]:
    """A copy of the database, named by its content, and the version of its schema."""
    part = folder / f".{secrets.token_hex(8)}.part"
    try:
        schema = copy_sqlite(home.database, part)
        _write_out(part)
        database = folder / f"database-{digest_of_file(part)[:16]}.db"
        part.replace(database)
    finally:
        part.unlink(missing_ok=True)
    return database, schema


def _left_behind(folder: Path, now: float) -> Iterator[Path]:
    """Copies that nobody writes to any more: whoever made them has died."""
    for part in folder.glob(".*.part*"):
        if now - part.stat().st_mtime > _STALE:
            yield part


def _copy_objects(source: Storage, target: Storage, since: float = 0.0) -> None:
    """Copy what was stored since then; content that the target has is not copied again."""
    for each in source.kept():
        if each.since >= since:
            with suppress(MissingContent):  # it was removed in this moment
                copy_object(each.name, source, target)
    for folder in set(source.folders()) - {sharing.FOLDER}:
        for each in source.named(folder):
            data = source.get_named(each.name) if each.since >= since else None
            if data is not None:
                target.put_named(each.name, data)


def _storage_in(folder: Path) -> Storage:
    return Storage(folder.absolute().as_uri())


def _read(folder: Path) -> Manifest:
    try:
        data = (folder / _MANIFEST).read_bytes()
        if (format := msgspec.json.decode(data, type=_Header).format) > FORMAT:
            raise ConfigError(
                f"{folder} has a backup of format {format}; this Volery reads {FORMAT}",
                hint="upgrade Volery",
            )
        manifest = msgspec.json.decode(data, type=Manifest)
        if not _DATABASE.fullmatch(manifest.database):
            raise ConfigError(f"{folder / _MANIFEST} names no database of a backup")
    except FileNotFoundError:
        raise NotFound(f"there is no backup in {folder}: it has no {_MANIFEST}") from None
    except (msgspec.MsgspecError, OSError) as error:
        raise ConfigError(f"{folder / _MANIFEST} cannot be read: {error}") from None
    return manifest


class _Header(msgspec.Struct):
    format: int


def _write_out(path: Path) -> None:
    """Have the system write a file to the disk: whoever has a backup relies on it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
