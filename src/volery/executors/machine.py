"""The machine: what it has, and how much of that works have taken."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from volery.ir.policy import Request

SLACK: Final = 1e-6
"""Processors that do not count: sums of parts of one are not exact."""
WITHOUT_A_WORD: Final = 1.0
"""Processors that a work counts as that says nothing about them."""
_GIB: Final = 1024**3
_LINE: Final = 256
"""Bytes that an entry of the ledger fills, or a multiple of them."""


class Share(msgspec.Struct, frozen=True):
    """A part of a machine, or all of it.

    Attributes:
        cpu: processors.
        mem: bytes.
        gpus: names of devices, as ``CUDA_VISIBLE_DEVICES`` has them.
    """

    cpu: float = 0.0
    mem: int = 0
    gpus: tuple[str, ...] = ()

    def __add__(self, other: Share) -> Share:
        return Share(self.cpu + other.cpu, self.mem + other.mem, self.gpus + other.gpus)

    def __sub__(self, other: Share) -> Share:
        rest = tuple(each for each in self.gpus if each not in other.gpus)
        return Share(self.cpu - other.cpu, self.mem - other.mem, rest)

    def fits(self, request: Request) -> bool:
        """Whether there is as much here as is requested."""
        return (
            cpu_of(request) <= self.cpu + SLACK
            and (request.mem or 0) <= self.mem
            and (request.gpu or 0) <= len(self.gpus)
        )

    def without(self, request: Request) -> Share:
        """What is left when a request has been met."""
        mem, gpu = request.mem or 0, request.gpu or 0
        return Share(self.cpu - cpu_of(request), self.mem - mem, self.gpus[gpu:])

    def kept_back(self, request: Request) -> Share:
        """What others may have meanwhile, when a request has to wait: nothing of what it lacks."""
        return Share(
            self.cpu if cpu_of(request) <= self.cpu + SLACK else 0.0,
            self.mem if (request.mem or 0) <= self.mem else 0,
            self.gpus if (request.gpu or 0) <= len(self.gpus) else (),
        )


def cpu_of(request: Request) -> float:
    """The processors that are requested."""
    return WITHOUT_A_WORD if request.cpu is None else request.cpu


class Machine:
    """A machine that one executor has to itself.

    Args:
        capacity: all that it has.
    """

    def __init__(self, capacity: Share) -> None:
        self.capacity = capacity
        self.mine = Share()

    def free(self) -> Share:
        """What nobody has taken."""
        return self.capacity - self.mine

    def take(self, request: Request) -> Share | None:
        """Take what is requested; None: it is not free at the moment."""
        free = self.free()
        if not free.fits(request):
            return None
        share = Share(cpu_of(request), request.mem or 0, free.gpus[: request.gpu or 0])
        return share if self.take_again(share) else None

    def take_again(self, share: Share) -> bool:
        """Take the same as before; False: it is not free at the moment."""
        free = self.free()
        if share.cpu > free.cpu + SLACK or share.mem > free.mem or set(share.gpus) - set(free.gpus):
            return False
        self.mine += share
        return True

    def give_back(self, share: Share) -> None:
        """Let others have what was taken."""
        self.mine -= share

    def lacks(self, request: Request) -> str:
        """What of a request is more than there is, both numbers in words; empty: nothing."""
        has = self.capacity
        if cpu_of(request) > has.cpu + SLACK:
            return f"{cpu_of(request):g} processors, and the machine has {has.cpu:g}"
        if (request.mem or 0) > has.mem:
            wanted = (request.mem or 0) / _GIB
            return f"{wanted:.1f} GiB of memory, and the machine has {has.mem / _GIB:.1f} GiB"
        if (request.gpu or 0) > len(has.gpus):
            return f"{request.gpu} GPUs, and the machine has {len(has.gpus) or 'none'}"
        return ""


class SharedMachine(Machine):
    """A machine that executors of several processes share.

    Each writes what it has taken into a file of its own, and what stands in a file counts as long
    as the file is locked: so what dead processes had is free at once, and no count can drift.

    Args:
        folder: of the files.
        name: of our own file, which exists and is locked by whoever owns it.
        capacity: all that the machine has.
    """

    def __init__(self, folder: Path, name: str, capacity: Share) -> None:
        super().__init__(capacity)
        self._folder = folder
        self._name = name

    def free(self) -> Share:
        return super().free() - sum(self._others(), Share())

    def take_again(self, share: Share) -> bool:
        with self._alone() as alone:
            taken = alone and super().take_again(share)
            if taken:
                self._note()
        return taken

    def give_back(self, share: Share) -> None:
        super().give_back(share)
        self._note()

    @contextmanager
    def _alone(self) -> Generator[bool]:
        """Let nobody else take anything meanwhile; False: somebody does at the moment."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            yield _locked(folder, fcntl.LOCK_EX)
        finally:
            os.close(folder)

    def _others(self) -> Iterable[Share]:
        for path in self._folder.iterdir():
            if path.name != self._name:
                with suppress(FileNotFoundError), path.open("rb") as file:
                    if not _locked(file.fileno(), fcntl.LOCK_SH) and (line := file.read().strip()):
                        yield self._read(line)

    def _read(self, line: bytes) -> Share:
        try:
            return msgspec.json.decode(line, type=Share)
        except msgspec.MsgspecError:  # it is just being written
            return self.capacity

    def _note(self) -> None:
        line = msgspec.json.encode(self.mine)
        width = -(-len(line) // _LINE) * _LINE  # a shorter one overwrites all of a longer one
        file = os.open(self._folder / self._name, os.O_WRONLY)
        try:
            os.pwrite(file, line.ljust(max(width, os.fstat(file).st_size)), 0)
        finally:
            os.close(file)


def _locked(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
