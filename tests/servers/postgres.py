"""A real PostgreSQL server for tests and benchmarks, gone when its block ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

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


class Postgres:
    """A running server. Everybody on this machine may use it, as the user ``postgres``.

    Attributes:
        folder: where its socket is.
        port: on 127.0.0.1, and in the name of its socket.
        process: the server itself.
    """

    def __init__(self, folder: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.port = port
        self.process = process
        self._names = map("volery{}".format, count(1))

    def database(self) -> str:
        """Make a new and empty database; returns its URL, by which it is reached over TCP."""
        name = next(self._names)
        self.run(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def url(self, database: str, user: str = "postgres") -> str:
        """The URL of a database."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def by_socket(self, url: str) -> str:
        """The URL by which a database is reached without TCP."""
        name = url.rpartition("/")[2]
        return f"postgresql://postgres@/{name}?host={self.folder}&port={self.port}"

    def run(self, statement: str, database: str = "postgres") -> None:
        """Carry out a statement as the superuser."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())


def programs() -> Path | None:
    """The folder with the newest server's programs, if one is installed."""
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(found, key=lambda path: int(path.parts[-3]), default=None)
    return newest and newest.parent


@contextmanager
def postgres_server(**settings: str) -> Iterator[Postgres]:
    """Start a server on data of its own, with further settings."""
    where = programs()
    assert where, INSTALL
    with _folder() as folder:
        data, port = folder / "data", _free_port()
        _as_its_user([where / "initdb", "-D", data, "-U", "postgres", *_INITDB]).wait()
        given = {"port": f"{port}", "unix_socket_directories": f"{folder}", **SETTINGS, **settings}
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        process = _as_its_user([where / "postgres", "-D", data, *options], folder / "log")
        try:
            _await(process, port, folder / "log")
            yield Postgres(folder, port, process)
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nobody reads its data again
            process.wait()


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


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    import psycopg

    deadline = time.monotonic() + READY
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.02)  # it has no way to tell that it is ready
        else:
            return
    message = f"the PostgreSQL server did not start: {log.read_text(errors='replace')[-2000:]}"
    raise RuntimeError(message)
