"""A container in small: the program of an attempt as a process of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from volery.data.current import using
from volery.data.storage import Storage
from volery.executors.contained import invocations, outcomes
from volery.executors.contained.exits import Exit
from volery.executors.contained.lines import LineReader
from volery.ir.interface import Interface
from volery.ir.specs import Loader
from volery.ir.values import pack, unpack
from volery.ir.work import Place, Result, Work

PROGRAM = (sys.executable, "-P", "-m", "volery.worker.attempt")
TIMEOUT = 45.0


@dataclass
class Ran:
    """What a program has done."""

    status: int
    stdout: str
    stderr: str
    result: Result

    @property
    def output(self):
        assert self.result.outputs is not None, self.result
        return unpack(self.result.outputs)["o0"]

    @property
    def failure(self):
        assert self.result.failure is not None, self.result
        return self.result.failure


@dataclass
class Container:
    """Runs attempts; their storage is a folder."""

    folder: Path
    storage: Storage
    environment: dict[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = PROGRAM

    def code(self, text: str, name: str = "attempted") -> None:
        """Write a module of the user's."""
        root = self.folder / "code"
        root.mkdir(exist_ok=True)
        (root / f"{name}.py").write_text(textwrap.dedent(text), "utf-8")
        self.environment["PYTHONPATH"] = str(root)

    def work(self, name: str = "run", *, interface: Interface | None = None, **inputs) -> Work:
        with using(self.storage):
            record = pack(inputs)
        work = Work(1, "e", "n", 1, f"attempted.{name}", Loader("attempted", name), record)
        place = None if interface is None else Place("p", "d", interface, token="t")
        return msgspec.structs.replace(work, place=place)

    def start(self, work: Work, **more) -> subprocess.Popen[str]:
        written = invocations.write(work, self.storage, **more)
        return self.start_at(written.uri)

    def start_at(self, uri: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self.program, uri],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | self.environment,
            start_new_session=True,
        )

    def run(self, work: Work, **more) -> Ran:
        return self.ended(self.start(work, **more), work)

    def ended(self, process: subprocess.Popen[str], work: Work) -> Ran:
        stdout, stderr = process.communicate(timeout=TIMEOUT)
        reader = LineReader("stderr")
        reader.feed(stderr.encode(), 0.0)
        status = process.returncode
        end = Exit(128 - status if status < 0 else status)
        return Ran(status, stdout, stderr, outcomes.ended(work, self.storage, end, reader.tail()))
