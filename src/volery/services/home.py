"""The home: the folder that holds the embedded database and what belongs to it."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from volery.data.storage import Storage
from volery.errors import StoreError
from volery.ids import digest
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite, schema_of_sqlite

_LONGEST = 200
"""Bytes of a path that stand in the name of a file, which can have 255 as a rule."""


class Home:
    """Where things are in a home.

    Attributes:
        folder: the home itself.
        database: the embedded database.
        url: of the database that takes its place; empty: none does.
        owners: a locked file for each process at work.
        logs: what attempts print that run.
        scratch: files of running workers, a folder for each owner.
        packages: code packages, unpacked, by digest.
    """

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.url = url
        self.database = folder / "volery.db"
        self.owners = folder / "owners"
        self.logs = folder / "logs"
        self.scratch = folder / "scratch"
        self.packages = folder / "packages"

    def make(self) -> None:
        """Create the folder.

        Raises:
            StoreError: it cannot be created or written to.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.owners.mkdir(exist_ok=True)
            self.scratch.mkdir(exist_ok=True)
        except OSError as error:
            raise self.refused(error) from None

    def storage(self, url: str = "") -> Storage:
        """The storage at a URL; empty: the one inside of the home, for when no other was chosen."""
        # Not `resolve`, which raises for links in a circle: whoever opens the home tells of those.
        return Storage(url or Path(os.path.realpath(self.folder)).as_uri())

    @property
    def place(self) -> str:
        """Where executions are recorded, for people: no password."""
        if not self.url:
            return str(self.database)
        from urllib.parse import urlsplit  # few keep their record elsewhere

        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"

    def open(self, *, read_only: bool = False) -> SqlStore:
        """The store.

        Raises:
            StoreError: the database cannot be used.
        """
        if not self.url:
            return open_sqlite(self.database, read_only=read_only)
        with _postgres():
            from volery.store.postgres import open_postgres
        return open_postgres(self.url)

    def schema(self) -> int:
        """The version of the schema that the database has, 0 where there is none.

        Raises:
            StoreError: the database cannot be used.
        """
        if not self.url:
            return schema_of_sqlite(self.database)
        with _postgres():
            from volery.store.postgres import schema_of_postgres
        return schema_of_postgres(self.url)

    def has_database(self) -> bool:
        """Whether there is one, and something in it.

        Raises:
            StoreError: one cannot see into the home.
        """
        if self.url:
            return True
        try:
            return self.database.stat().st_size > 0
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise self.refused(error) from None

    def refused(self, error: OSError) -> StoreError:
        """What the system said about a file of the home, as an error that says what to do."""
        reason = error.strerror or str(error)
        if error.filename and Path(error.filename) != self.folder:
            reason = f"{error.filename}: {reason}"
        return StoreError(
            f"the home {self.folder} cannot be used: {reason}",
            hint="choose a folder that can be written to with --home or VOLERY_HOME",
        )

    def log(self, execution: str, path: str, attempt: int) -> Path:
        """The file of what an attempt prints, while it runs."""
        name = path.replace("/", ".")
        if len(name.encode()) > _LONGEST:
            name = digest(path.encode())
        return self.logs / execution / f"{name}.{attempt}"


@contextmanager
def _postgres() -> Generator[None]:
    """Where something of PostgreSQL is imported. Raises StoreError: psycopg is not there."""
    try:
        yield
    except ImportError as error:
        raise StoreError(
            f"a PostgreSQL database needs a package that is not there: {error}",
            hint="pip install 'volery[postgres]'",
        ) from None
