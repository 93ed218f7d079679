"""SQLite behind the SQL store, and how its file is opened, made and brought up to date."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from shutil import disk_usage
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from volery.errors import StoreError
from volery.store import migrations
from volery.store.database import Cursor, Query
from volery.store.moves import IllegalMove
from volery.store.sql import SqlStore
from volery.store.sqlite_neighbours import Bell, neighbours_of

if TYPE_CHECKING:
    from volery.wire.access import AuditLine

APPLICATION_ID = 0x566F6C79
"""Marks a file as ours (the letters Voly), where SQLite keeps such marks."""

DIALECT = "sqlite"

PATIENCE = 60.0
"""Seconds that a transaction waits for another process's; ours last milliseconds."""

OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""

_Prepare = Callable[[sqlite3.Connection, Path], None]


def open_sqlite(path: Path, *, read_only: bool = False) -> SqlStore:
    """The store in this file; the file and its folder are made when they are missing.

    Any number of processes may open, make and use one file at the same time.

    Args:
        path: the file.
        read_only: change nothing, not even an old schema; the file has to exist.

    Raises:
        StoreError: the file cannot be used; the message says why, the hint what to do.
    """
    path = path.absolute()
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(
            f"this Python has SQLite {sqlite3.sqlite_version}; Volery needs 3.37 or newer",
            hint="use a newer Python",
        )
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a database", hint="name a file")
    with _explained(path):
        connection = _open_to_read(path) if read_only else _open_to_write(path)
    return SqlStore(SqliteDatabase(connection, path))


def schema_of_sqlite(path: Path) -> int:
    """The version of the schema in this file, 0 where there is none. Nothing is changed.

    Raises:
        StoreError: the file cannot be used.
    """
    path = path.absolute()
    if not path.exists():
        return 0
    with _explained(path), closing(_connect(path, "mode=ro", _as_it_is)) as connection:
        return _version(connection, path)


class SqliteCursor(sqlite3.Cursor):
    """See `Cursor`.

    Attributes:
        tells: others are told when the transaction has committed.
    """

    tells = False

    def answers(self, queries: Iterable[Query]) -> list[list[Any]]:
        return [self.execute(*each).fetchall() for each in queries]


class SqliteDatabase:
    """See `Database`. One connection, used by one thread at a time."""

    skip_locked = ""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._turn = Lock()
        self._neighbours = neighbours_of(path)
        self._bell: Bell | None = None

    @contextmanager
    def write(
        self,
        *names: str,  # noqa: ARG002
        lasting: bool = True,  # noqa: ARG002
    ) -> Generator[SqliteCursor]:
        # There is one writer at a time, whatever it writes to.
        # IMMEDIATE: a transaction that reads first and asks to write later can be refused.
        with self._neighbours.turn, self._transaction("BEGIN IMMEDIATE") as cursor:
            yield cursor
        if cursor.tells:
            self._neighbours.ring()

    @contextmanager
    def _transaction(self, begin: str) -> Generator[SqliteCursor]:
        with self._turn, _explained(self._path):
            cursor = self._connection.cursor(SqliteCursor)
            try:  # from before it begins: Ctrl-C may come as soon as it has begun
                cursor.execute(begin)
                yield cursor
                cursor.execute("COMMIT")
            finally:
                # A statement that was not read to its end would keep the next from committing.
                cursor.close()
                if self._connection.in_transaction:
                    self._connection.rollback()

    def read(self, *queries: Query) -> list[list[Any]]:
        if len(queries) != 1:
            with self._transaction("BEGIN") as cursor:
                return [cursor.execute(*query).fetchall() for query in queries]
        with self._turn, _explained(self._path):  # one is a transaction by itself
            return [self._connection.execute(*queries[0]).fetchall()]

    def scan(self, *statements: str) -> Generator[Any]:
        with _explained(self._path), closing(_connect(self._path, "mode=ro", _as_it_is)) as other:
            other.execute("BEGIN")
            for statement in statements:
                yield from other.execute(statement)

    def examine(self) -> None:
        ((found,),), *_ = self.read(("PRAGMA quick_check(1)", ()))
        if found != "ok":
            reason, hint = _PROBLEMS[sqlite3.SQLITE_CORRUPT]
            raise StoreError(f"{self._path} {reason}: {found}", hint=hint)

    # -- news -----------------------------------------------------------------------------

    @property
    def news(self) -> int | None:
        return None if self._bell is None else self._bell.fileno()

    def heard(self) -> None:
        if self._bell is not None:
            self._bell.heard()

    def listen(self, owner: str, pool: str) -> None:  # noqa: ARG002
        if self._bell is None:
            self._bell = self._neighbours.hang()

    def notify(self, cursor: Cursor) -> None:
        cast("SqliteCursor", cursor).tells = True

    def close(self) -> None:
        if self._bell is not None:
            self._neighbours.take_down(self._bell)
            self._bell = None
        with self._turn:
            self._connection.close()


# -- opening ----------------------------------------------------------------------------------


def _open_to_read(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise StoreError(f"there is no database {path}", hint="run something first")
    try:
        return _connect(path, "mode=ro", _check_schema)
    except sqlite3.OperationalError:
        # Reading takes a file beside the database, which a folder without rights does not allow.
        # With no log there either, nobody is writing, and the database can be read by itself.
        if path.with_name(f"{path.name}-wal").exists():
            raise
        return _connect(path, "mode=ro&immutable=1", _check_schema)


def _open_to_write(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder {path.parent} cannot be made: {error.strerror}", hint=_ELSEWHERE
        ) from error
    return _connect(path, "mode=rwc", _make_ready)


def _connect(path: Path, options: str, prepare: _Prepare) -> sqlite3.Connection:
    """A connection that has been prepared, or is closed again when that fails."""
    connection = sqlite3.connect(
        f"{path.as_uri()}?{options}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )
    with ExitStack() as on_failure:
        on_failure.callback(connection.close)
        prepare(connection, path)
        on_failure.pop_all()
    return connection


def _as_it_is(connection: sqlite3.Connection, path: Path) -> None:
    """The database is in use here, so it is ready."""


def _check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Make sure that a database can be read as it is."""
    if _version(connection, path) == migrations.newest(DIALECT):
        return
    _await_maker(path)
    if (version := _version(connection, path)) < migrations.newest(DIALECT):
        raise StoreError(
            f"{path} has schema {version}; this Volery reads {migrations.newest(DIALECT)}",
            hint="use it once with a command that may write, which brings it up to date",
        )


def _make_ready(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a database up to date, and make sure that it can be written to."""
    # With a write-ahead log, what was committed survives the death of the process, kill -9
    # included. NORMAL leaves out the wait for the disk at each commit: a power cut can take the
    # last commits, never more and never parts of one.
    connection.execute("PRAGMA synchronous = NORMAL")
    if _version(connection, path) < migrations.newest(DIALECT):
        with _alone(path):
            connection.execute("PRAGMA journal_mode = WAL")
            for migration in migrations.after(_version(connection, path), DIALECT):
                take_step(connection, migration)
    connection.execute("PRAGMA foreign_keys = ON")
    # A file that cannot be written to is found out here, not at the first result.
    connection.execute("BEGIN IMMEDIATE")
    connection.rollback()


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The version of a database's schema, 0 for one that is empty."""
    version, mark, empty = connection.execute(
        "SELECT user_version, application_id, NOT EXISTS (SELECT 1 FROM sqlite_master)"
        " FROM pragma_user_version, pragma_application_id"
    ).fetchone()
    if mark != APPLICATION_ID and not empty:
        raise StoreError(f"{path} is a database of another program", hint=_ELSEWHERE)
    if version > migrations.newest(DIALECT):
        raise StoreError(
            f"{path} has schema {version}; this Volery knows up to {migrations.newest(DIALECT)}",
            hint="a newer Volery has used it: upgrade this one (the file was not changed)",
        )
    return version


def take_step(connection: sqlite3.Connection, migration: migrations.Migration) -> None:
    """Bring a database one version further, or leave it as it is."""
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{migration.script}\n"
            f"PRAGMA application_id = {APPLICATION_ID};\n"
            f"PRAGMA user_version = {migration.version};\nCOMMIT;"
        )
    finally:
        if connection.in_transaction:
            connection.rollback()


def copy_sqlite(path: Path, target: Path) -> int:
    """Copy a database, as it is at one moment, to a new file; others may write to it meanwhile.

    Returns:
        The version of its schema.

    Raises:
        StoreError: it cannot be read, or the copy not be written.
    """
    path, target = path.absolute(), target.absolute()
    with _explained(path), closing(_open_to_read(path)) as source, _explained(target):
        with closing(_connect(target, "mode=rwc", _as_it_is)) as copy:
            source.backup(copy)
        return _version(source, path)


def set_apart(path: Path, line: AuditLine) -> None:
    """Give a copy of a database an id of its own, so that it is not taken for the other one.

    Its audit says so with a line.

    Raises:
        StoreError: it cannot be written to.
    """
    from volery.store.access import add_lines  # few restore anything

    path = path.absolute()
    with _explained(path), closing(_connect(path, "mode=rw", _as_it_is)) as connection:
        # An older one has no audit yet, and gets its id when it is brought up to date.
        if connection.execute(_HAS_ID).fetchone():
            connection.execute("UPDATE this_database SET id = lower(hex(randomblob(16)))")
            add_lines(connection.cursor(SqliteCursor), [line])


_HAS_ID = "SELECT 1 FROM sqlite_master WHERE name = 'this_database'"


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """Keep other processes that open this database waiting: two at once would both make it."""
    with _lock_of(path).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _await_maker(path: Path) -> None:
    """Wait for a process that is just making this database or bringing it up to date."""
    with suppress(OSError), _lock_of(path).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


# -- errors -----------------------------------------------------------------------------------

_ELSEWHERE = "choose another folder with --home or VOLERY_HOME"

_NEEDED = 64 * 1024
"""Bytes that are free where the disk is not full: SQLite makes the file beside a database larger by
half of that."""

_PROBLEMS = {
    sqlite3.SQLITE_FULL: (
        "cannot grow: the disk is full",
        "free some space; what was recorded before is intact",
    ),
    sqlite3.SQLITE_NOTADB: ("is not a database", _ELSEWHERE),
    sqlite3.SQLITE_CORRUPT: (
        "is damaged",
        f"restore it from a backup, move it away to begin anew, or {_ELSEWHERE}",
    ),
    sqlite3.SQLITE_READONLY: ("cannot be written to", f"allow it, or {_ELSEWHERE}"),
    sqlite3.SQLITE_PERM: ("cannot be written to", f"allow it, or {_ELSEWHERE}"),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened: its folder is missing or not yours to use",
        f"allow it, or {_ELSEWHERE}",
    ),
    sqlite3.SQLITE_IOERR: ("cannot be read or written: the disk failed", _ELSEWHERE),
    sqlite3.SQLITE_BUSY: (
        f"was held by another process for more than {PATIENCE:.0f} s",
        "see which process that is, and whether it is stopped",
    ),
    sqlite3.SQLITE_TOOBIG: (
        "cannot hold a value this large",
        "write large data to a file and pass its path",
    ),
}
"""What people are told, by primary result code of SQLite: after the path, and as the hint."""


@contextmanager
def _explained(path: Path) -> Generator[None]:
    """The one place where errors of SQLite become ours."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise IllegalMove(f"{path}: a rule of the schema was broken: {error}") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells variants apart
        if code == sqlite3.SQLITE_IOERR and disk_usage(path.parent).free < _NEEDED:
            code = sqlite3.SQLITE_FULL  # no room for the file beside it is another error to SQLite
        problem, hint = _PROBLEMS.get(code, ("cannot be used", None))
        raise StoreError(f"{path} {problem} ({error})", hint=hint) from error
