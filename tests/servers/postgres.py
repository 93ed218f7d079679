"""A real PostgreSQL server for tests and benchmarks, gone when its block ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from volery.store.postgres import open_postgres

READY = 30.0
"""Seconds that it may take to start; it takes a fraction of one."""

INSTALL = "no PostgreSQL server: apt-get install postgresql"

SETTINGS = {
    "fsync": "off",  # nobody reads its data again after a power cut
    "shared_buffers": "16MB",
    "max_connections": "50",
    "autovacuum": "off",  # what a test measures is not to depend on its moment
    "timezone": "UTC",
}


@dataclass
class Postgres:
    """A server. Everybody on this machine may use it, as the user ``postgres``.

    Attributes:
        folder: where its socket is, its data and its log.
        port: on 127.0.0.1, and in the name of its socket.
        settings: see ``postgresql.conf``.
    """

    folder: Path
    port: int
    settings: Mapping[str, str]
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it runs."""
        given = {
            "port": f"{self.port}",
            "unix_socket_directories": f"{self.folder}",
            **self.settings,
        }
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        command = [_program("postgres"), "-D", self.folder / "data", *options]
        self._process = _as_its_user(command, self.folder / "log")
        _await(self._process, self.url("postgres"), self.folder / "log")

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it, and all connections with it; what was committed is there when it starts again."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def database(self) -> str:
        """A database with nothing in it; returns its URL, by which it is reached over TCP.

        It is the same each time, and what was in it before is gone: to make one anew takes longer.
        """
        self.run("""
            DROP SCHEMA IF EXISTS volery CASCADE;
            DROP SCHEMA public CASCADE;
            CREATE SCHEMA public""")
        return self.url()

    def store(self) -> str:
        """The same with the tables of a store in it, which have what is always there."""
        open_postgres(self.url()).close()
        self.run("""
            DO $$ DECLARE name TEXT; BEGIN
                SET LOCAL session_replication_role TO replica; -- without looking for references
                FOR name IN
                    SELECT tablename FROM pg_tables
                    WHERE schemaname = 'volery'
                    AND tablename NOT IN ('volery', 'this_database', 'projects', 'domains')
                LOOP
                    EXECUTE 'DELETE FROM volery.' || name;
                END LOOP;
                DELETE FROM volery.domains WHERE project <> 'default';
                DELETE FROM volery.projects WHERE id <> 'default';
                PERFORM setval('volery.' || sequencename, 1, false)
                FROM pg_sequences WHERE schemaname = 'volery';
            END $$""")
        return self.url()

    def url(self, database: str = "volery", user: str = "postgres") -> str:
        """The URL of a database."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    @property
    def socket(self) -> str:
        """The URL by which the database is reached without TCP."""
        return f"postgresql://postgres@/volery?host={self.folder}&port={self.port}"

    def run(self, statement: str, database: str = "volery") -> None:
        """Carry out a statement as the superuser."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def hang_up(self) -> None:
        """Have the server end every connection, as it does when it is shut down."""
        hang_up = """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""
        self.run(hang_up, "postgres")


def programs() -> Path | None:
    """The folder with the newest server's programs, if one is installed."""
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(found, key=lambda path: int(path.parts[-3]), default=None)
    return newest and newest.parent


def _program(name: str) -> Path:
    where = programs()
    assert where, INSTALL
    return where / name


@contextmanager
def postgres_server(**settings: str) -> Iterator[Postgres]:
    """Start a server on data of its own, with further settings."""
    with _folder() as folder:
        data = folder / "data"
        _as_its_user([_program("initdb"), "-D", data, "-U", "postgres", *_INITDB]).wait()
        server = Postgres(folder, _free_port(), SETTINGS | settings)
        try:
            server.start()
            server.run("CREATE DATABASE volery TEMPLATE template0", "postgres")
            yield server
        finally:
            server.stop(signal.SIGQUIT)  # at once: nobody reads its data again


_INITDB = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder of the server's user. Its name is short, as that of a socket has to be."""
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            shutil.chown(name, "postgres", "postgres")
        Path(name).chmod(0o755)
        yield Path(name)


def _as_its_user(command: Sequence[str | Path], log: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a program of the server's, which refuses to be root."""
    rights = {"user": "postgres", "group": "postgres", "extra_groups": []}
    if os.geteuid() != 0:
        rights = {}
    with Path(log or os.devnull).open("ab") as output:
        return subprocess.Popen(command, stdout=output, stderr=output, cwd="/", **rights)


def _free_port() -> int:
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return each.getsockname()[1]


def _await(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + READY
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.02)  # it has no way to tell that it is ready
        else:
            return
    message = f"the PostgreSQL server did not start: {log.read_text(errors='replace')[-2000:]}"
    raise RuntimeError(message)
