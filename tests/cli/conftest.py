"""The real command, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


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
