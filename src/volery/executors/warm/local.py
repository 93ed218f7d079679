"""Hosts that are processes of this machine, and the executor that has them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from time import time
from typing import TYPE_CHECKING, Final

import msgspec

from volery.data.current import current
from volery.executors.capacity import this_machine
from volery.executors.contained.exits import Exit
from volery.executors.contained.works import Works
from volery.executors.machine import Machine
from volery.executors.results import too_large
from volery.executors.warm.environment import Environment
from volery.executors.warm.stream import Ending
from volery.executors.warm.warm import BEAT, SILENCE, Warm
from volery.ir.interface import Interface
from volery.ir.placement import Placement, Reuse
from volery.ir.secret import VARIABLE
from volery.ir.work import Place, Work
from volery.worker.host_protocol import (
    Open,
)
from volery.worker.protocol import (
    CHUNK,
)
from volery.worker.warden import BY_SIGNAL

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.executors.base import Event
    from volery.ir.work import CallEnded

_USUAL: Final = Reuse()
PROGRAM: Final = ("-P", "-m", "volery.worker.host")
"""Arguments for Python."""
_GRACE: Final = 5.0
_TAIL: Final = 2048


class LocalStream:
    """A host that is a process of this machine. Raises OSError: it cannot be started."""

    def __init__(self) -> None:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - `end` closes it
        environ = {name: each for name, each in os.environ.items() if not name.startswith(VARIABLE)}
        self._process = subprocess.Popen(
            [sys.executable, *PROGRAM],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            start_new_session=True,
            env=environ,
        )
        assert self._process.stdin is not None  # noqa: S101 - they were asked for
        assert self._process.stdout is not None  # noqa: S101
        self._stdin, self._stdout = self._process.stdin, self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    def read(self) -> bytes:
        return os.read(self._stdout.fileno(), CHUNK)

    def write(self, data: bytes | bytearray) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._stdin.fileno(), rest) :]

    def close(self) -> None:
        self._process.terminate()

    def end(self) -> Ending:
        try:
            status = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        with self._stderr as file, self._stdin, self._stdout:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            tail = file.read().decode(errors="replace").strip()
        return Ending(Exit(BY_SIGNAL - status if status < 0 else status), tail)


class LocalWarmExecutor:
    """Keeps hosts on this machine, each with processes for several works.

    Args:
        import_roots: folders that user modules are imported from, behind the works' own code.
        storage: where large values come from and go to; None: what this process uses itself.
        reuse: of works that say nothing of it.
    """

    lasts = False

    def __init__(
        self,
        import_roots: Sequence[str] = (),
        *,
        storage: Storage | None = None,
        reuse: Reuse = _USUAL,
    ) -> None:
        self._roots = tuple(import_roots)
        self._storage = storage or current()
        self._default = Placement(reuse=reuse)
        self._room = reuse.replicas[1] * reuse.concurrency
        self._machine = Machine(this_machine())
        self._works = Works(lambda work: str(work.id), time)
        self._warm = Warm(
            self._works, lambda _environment, _name: LocalStream(), self._open, "host"
        )

    @property
    def bell(self) -> int:
        """A file descriptor that can be read when `poll(0)` has something to give."""
        return self._works.bell

    def room(self) -> int:
        return max(0, self._room - (len(self._works) - self._warm.calling))

    def launch(self, works: Sequence[Work]) -> None:
        for held in self._works.take([self._placed(work) for work in works]):
            work = held.work
            if work.requests is not None and (lacks := self._machine.lacks(work.requests)):
                self._works.over(held.name, too_large(work, lacks))
            else:
                self._warm.launch(held)

    def abort(self, ids: Sequence[int]) -> None:
        for held in self._works.abort(ids):
            self._warm.stop(held)

    def answer(self, ends: Sequence[CallEnded]) -> None:
        self._warm.answer(ends)

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:
        return self._works.poll(timeout, news)

    def close(self) -> None:
        self._warm.close()
        self._works.close()

    def _placed(self, work: Work) -> Work:
        place = work.place or Place("", "", Interface())
        placement = place.placement.over(self._default)
        place = msgspec.structs.replace(place, placement=placement)
        return msgspec.structs.replace(work, place=place)

    def _open(self, environment: Environment) -> Open:
        roots = (environment.root, *self._roots) if environment.root else self._roots
        storage = self._storage
        return Open(roots, environment.package, storage.url, storage.options, BEAT, SILENCE)
