"""A real `volery serve` in a process of its own, which can be killed and started again."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0
"""Seconds that it may take to start or to end; it takes one."""


class VoleryServer:
    """A server on a home and a port that stay the same from one life to the next.

    Args:
        home: its folder.
        options: of `volery serve`.
        port: where it listens; None: any.

    Attributes:
        url: where it is asked.
        log: what it says of itself.
    """

    def __init__(self, home: Path, *options: object, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home.with_name(f"{home.name}-{self.port}.log")
        self._command = command("serve", "--home", home, "--port", self.port, *options)
        self._environment = os.environ | {"VOLERY_HOME": str(home)}
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        return self._running.pid

    def start(self) -> None:
        """Begin a life."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=subprocess.PIPE, stderr=log, env=self._environment, text=True
            )

    def await_ready(self) -> None:
        """Return when it answers."""
        assert self._running.stdout is not None
        told = self._running.stdout.readline()
        assert self.url in told, f"{told!r}; {self.log.read_text()[-2000:]}"

    def outlives(self, seconds: float) -> bool:
        """Let it live for so long. False: it has ended by itself."""
        try:
            self._running.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Have it end by itself; its exit status."""
        return self._end(signal.SIGTERM)

    def send(self, number: int) -> None:
        """Send it a signal."""
        self._running.send_signal(number)

    def await_end(self) -> int:
        """Wait until it has ended; its exit status."""
        assert self._running.stdout is not None
        status = self._running.wait(PATIENCE)
        self._running.stdout.close()
        self._process = None
        return status

    def close(self) -> None:
        """Whatever became of it, it is gone."""
        if self._process is not None:
            self.kill()

    def _end(self, number: int) -> int:
        self.send(number)
        return self.await_end()

    @property
    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process


@contextmanager
def volery_server(home: Path, *options: object) -> Iterator[VoleryServer]:
    """A server that is ready, and is gone when the block ends."""
    server = VoleryServer(home, *options)
    try:
        server.start()
        server.await_ready()
        yield server
    finally:
        server.close()


def register(project: Path, folder: Path, *options: object) -> None:
    """Register what is in a project, from a copy in `folder`; `options` say where."""
    copy = shutil.copytree(project, folder / project.name)
    done = subprocess.run(
        command("register", ".", *options), cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def command(*arguments: object) -> list[str]:
    """A command line of Volery."""
    return [sys.executable, "-m", "volery.cli", *map(str, arguments)]


def free_port() -> int:
    """A port that nobody listens on.

    It is none of those that the system gives to clients: one that tries to connect while nobody
    listens could be given the very same, and would speak to itself.
    """
    while True:
        port = random.randrange(10_000, 30_000)
        with socket.socket() as each:
            try:
                each.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
