"""The real command, in a process of its own."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

GATED = Path(__file__).parent / "flows" / "gated.py"


@pytest.fixture
def volery_command() -> list[str]:
    """How the command is started."""
    return [sys.executable, "-m", "volery.cli"]


@pytest.fixture
def volery(volery_command: list[str], tmp_path: Path) -> Run:
    """Run the command; the home is the one of the test, the folder is `tmp_path`."""

    def run(*arguments: object, **how: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*volery_command, *map(str, arguments)],
            **{"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 50, **how},
            check=False,
        )

    return run


@pytest.fixture
def volery_json(volery: Run) -> Callable[..., object]:
    """Run the command, which has to succeed, with ``--output json``; the document."""

    def run(*arguments: object) -> object:
        done = volery(*arguments, "--output", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


class Gate:
    """The test's side of `flows.gated`."""

    def __init__(self, folder: Path, command: list[str]) -> None:
        self.folder = folder
        self._command = command
        os.mkfifo(folder / "started")
        os.mkfifo(folder / "gate")
        # Open for both, so that neither side ever waits for the other to open.
        self._started = os.open(folder / "started", os.O_RDWR | os.O_NONBLOCK)

    @contextmanager
    def run(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start a command and wait until the second task runs."""
        with subprocess.Popen(
            [*self._command, *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                # Readable is what comes first: the task has begun, or the command has ended.
                ready, _, _ = select.select([self._started, process.stdout], [], [], 30)
                assert self._started in ready, process.communicate(timeout=10)
                os.read(self._started, 1)
                yield process
            finally:
                process.kill()

    def start(
        self, *more: str, flow: Path = GATED, entity: str = "gated", name: str = "mine"
    ) -> object:
        folder = str(self.folder)
        return self.run("run", str(flow), entity, "--folder", folder, "--name", name, *more)

    def open(self) -> None:
        (self.folder / "gate").write_text("done")

    def began(self) -> list[str]:
        return (self.folder / "began").read_text().split()

    def close(self) -> None:
        os.close(self._started)


@pytest.fixture
def gate(tmp_path: Path, volery_command: list[str]) -> Iterator[Gate]:
    """For runs of `flows.gated` and its like, which stop where the test wants it."""
    gate = Gate(tmp_path, volery_command)
    yield gate
    gate.close()
