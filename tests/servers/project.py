"""A folder with a flow and settings, on which commands are run as people run them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LONGEST = 50.0
"""Seconds that a command may take."""


@dataclass(frozen=True)
class Project:
    """A folder with ``flow.py`` and ``volery.toml``, and a home of its own."""

    folder: Path

    def write(self, flow: str, settings: str) -> Project:
        """Make its files."""
        (self.folder / "flow.py").write_text(flow)
        (self.folder / "volery.toml").write_text(settings)
        return self

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command; what it says on either stream comes from its stdout."""
        return subprocess.Popen(
            [sys.executable, "-m", "volery.cli", *words],
            cwd=self.folder,
            env={**os.environ, "VOLERY_HOME": str(self.folder / "home")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def volery(self, *words: str) -> tuple[int, str]:
        """Run a command; its exit status, and what it said."""
        with self.start(*words) as process:
            told, _ = process.communicate(timeout=LONGEST)
        return process.returncode, told
