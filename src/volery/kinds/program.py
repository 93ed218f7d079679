"""Programs: run by a task, with what they print passed on while they run."""

from __future__ import annotations

import codecs
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import IO, Final, NamedTuple, TextIO

TAIL: Final = 30
"""Lines of what a program prints that are kept."""
LONGEST: Final = 2_000
"""Characters of such a line."""
LINGER: Final = 1.0
"""Seconds that those are heard whom a program has left behind, after its end."""


class Ended(NamedTuple):
    """How a program ended, and the last lines that it printed."""

    status: int
    printed: str
    errors: str

    @property
    def told(self) -> str:
        """The status, for people."""
        if self.status >= 0:
            return f"exit status {self.status}"
        return f"signal {signal.Signals(-self.status).name}"


def run(words: Sequence[str], variables: Mapping[str, str], folder: Path) -> Ended:
    """Run a program to its end. It stays in the process group of the caller, and ends with it.

    Args:
        words: program and arguments.
        variables: that it has besides those of this process.
        folder: that it runs in.

    Raises:
        OSError: it cannot be started.
    """
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd=folder,
        env={**os.environ, **variables},
    )
    try:
        copies = [_Copy(process.stdout, sys.stdout), _Copy(process.stderr, sys.stderr)]
        process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    for each in copies:
        each.join(LINGER)
    return Ended(process.returncode, *(each.tail() for each in copies))


class _Copy(Thread):
    """Passes on what comes out of a pipe, and keeps its last lines."""

    def __init__(self, pipe: IO[bytes] | None, to: TextIO) -> None:
        super().__init__(name="volery-copy", daemon=True)
        self._pipe = pipe
        self._to = to
        self._lines: deque[str] = deque(maxlen=TAIL)
        self._rest = ""
        self.start()

    def run(self) -> None:
        if self._pipe is None:
            return
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        with self._pipe as pipe:
            while data := pipe.read(65536):
                self._pass_on(decoder.decode(data))
            self._pass_on(decoder.decode(b"", final=True))

    def _pass_on(self, text: str) -> None:
        self._to.write(text)
        self._to.flush()
        *lines, rest = (self._rest + text).split("\n")
        self._lines.extend(each[:LONGEST] for each in lines)
        self._rest = rest[-LONGEST:]

    def tail(self) -> str:
        """The last lines."""
        return "\n".join(filter(None, (*self._lines, self._rest)))
