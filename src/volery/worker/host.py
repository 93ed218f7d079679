"""The program of a container that stays: ``python -m volery.worker.host``.

It speaks with its executor over its standard streams, in the frames of `worker.protocol`, and has
a process for each work. It has one thread, runs no code of the user's and never waits for any, so
that it can always do what a process of the user's may be unable to do: end it, and tell how it
died. When the stream ends, or nothing is heard of the executor, all ends.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp
from time import monotonic, time
from typing import Final, NoReturn

import msgspec

from volery._version import __version__
from volery.data.storage import Storage
from volery.errors import NotFound, VoleryError
from volery.ir.invocation import REFUSED, UNREACHABLE
from volery.ir.work import Result, Work
from volery.worker import birth, offspring
from volery.worker.channel import Channel
from volery.worker.child import Child
from volery.worker.failures import failure_of
from volery.worker.host_protocol import (
    PROTOCOL,
    Beat,
    Born,
    Died,
    FromHost,
    Open,
    Said,
    Stop,
    decode_from_child,
    decode_to_host,
)
from volery.worker.nursery import Nursery
from volery.worker.protocol import (
    Answer,
    Asked,
    Done,
    Element,
    Loaded,
    Ready,
    Run,
    frame,
    framed,
)
from volery.worker.secret_files import with_secrets
from volery.worker.signals import Signals
from volery.worker.warden import killed_for_memory

CODE: Final = "VOLERY_CODE"
"""The variable that names the folder in which code packages are unpacked."""
LOOK: Final = 0.2
"""Seconds between looks at what works print."""
FULL: Final = 4 * 1024 * 1024
"""So many bytes may wait for the executor before nobody looks at what works print."""
UNOPENED: Final = 600.0
"""Seconds after which a host ends to which nobody has ever spoken: its engine has died."""
_ROUNDS: Final = 20


class Host:
    """Has a process for each work.

    Args:
        channel: to the executor.
        signals: to this process.
        scratch: a folder for files of works.
        templates: whether modules are kept loaded.
    """

    def __init__(
        self, channel: Channel, signals: Signals, scratch: Path, *, templates: bool
    ) -> None:
        self._executor = channel
        self._signals = signals
        self._scratch = scratch
        self._opened: Open | None = None
        self._children: dict[int, Child] = {}
        self._nursery: Nursery | None = None
        self._with_templates = templates
        self._fetching: int | None = None
        """Process id of who fetches the code package."""
        self._heard = self._said = monotonic()
        self._looked = 0.0
        self._killed = killed_for_memory()
        self._status: int | None = None

    def serve(self) -> int:
        """Serve the executor until it is gone; returns the exit status."""
        while self._status is None:
            looks = dict(self._looks())
            waiting = select.poll()
            for fd in looks:
                waiting.register(fd, select.POLLIN)
            if self._executor.waiting:
                waiting.register(self._executor.writing, select.POLLOUT)
            for child in self._children.values():
                if child.channel.waiting:
                    waiting.register(child.channel.writing, select.POLLIN | select.POLLOUT)
            for fd, events in waiting.poll(self._patience() * 1000):
                if events & select.POLLOUT:
                    self._flush(fd)
                if events & ~select.POLLOUT and fd in looks:
                    looks[fd]()
            self._look_after(monotonic())
        self._end_all()
        return self._status

    def _looks(self) -> Iterator[tuple[int, Callable[[], None]]]:
        """What is done when a file descriptor can be read."""
        yield self._executor.reading, self._hear_executor
        yield self._signals.fileno(), self._reap
        for child in self._children.values():
            if not child.gone:
                yield child.channel.reading, partial(self._hear, child)
        if nursery := self._nursery:
            for template in nursery:
                if not template.gone:
                    yield template.socket, partial(nursery.hear, template)

    def _flush(self, fd: int) -> None:
        for channel in (self._executor, *(each.channel for each in self._children.values())):
            if channel.writing == fd:
                channel.flush()

    def _patience(self) -> float:
        """Seconds until something may have to be done though nobody says anything."""
        times = [min(child.due, child.kill_at) for child in self._children.values()]
        times.append(self._heard + self._silence)
        if self._children:
            times.append(self._looked + LOOK)
        if self._opened is not None:
            times.append(self._said + self._opened.beat)
        return max(0.0, min(times) - monotonic())

    @property
    def _silence(self) -> float:
        """Seconds that the executor may say nothing."""
        return UNOPENED if self._opened is None else self._opened.silence

    def _tell(self, message: FromHost) -> None:
        self._pass_on(frame(message))

    def _pass_on(self, data: bytes | bytearray) -> None:
        self._said = monotonic()
        self._executor.send(data)

    # -- the executor ---------------------------------------------------------------------

    def _hear_executor(self) -> None:
        bodies = self._executor.receive()
        if bodies is None:
            self._status = 0
            return
        self._heard = monotonic()
        for body in bodies:
            self._obey(body)

    def _obey(self, body: bytes) -> None:
        match decode_to_host(body):
            case Open() as opened:
                self._open(opened)
            case Run(works):
                for work in works:
                    self._begin(work)
            case Stop(ids):
                for child in [child for id in ids if (child := self._children.get(id))]:
                    child.stop()
            case Answer(end):
                if child := self._children.get(end.work):
                    child.channel.send(framed(body))
            case Beat():
                pass

    def _open(self, opened: Open) -> None:
        """Fetch the code, in a process of its own: reading a storage leaves threads running."""
        if opened.protocol != PROTOCOL:
            _complain(
                f"Volery {opened.version} speaks to this container, which has Volery {__version__}:"
                f" that keeps to protocol {PROTOCOL}, and not to {opened.protocol}"
            )
            self._status = REFUSED
            return
        self._opened = opened
        if not opened.package:
            self._get_ready(opened)
            return
        self._fetching = os.fork()
        if self._fetching == 0:
            birth.keep_only(())
            os._exit(_fetch(opened))

    def _fetched(self, opened: Open, status: int) -> None:
        self._fetching = None
        if status == 0:
            roots = (str(_packages() / opened.package), *opened.import_roots)
            self._get_ready(msgspec.structs.replace(opened, import_roots=roots))
        else:
            self._status = UNREACHABLE

    def _get_ready(self, opened: Open) -> None:
        self._nursery = Nursery(opened, templates=self._with_templates)
        self._tell(Ready())

    # -- works ----------------------------------------------------------------------------

    def _begin(self, work: Work) -> None:
        nursery = self._nursery
        assert nursery is not None  # noqa: S101 - the executor has been told that this is ready
        try:
            work = with_secrets(work)
        except NotFound as error:
            now = time()
            self._tell(Done(Result(work.id, None, failure_of(error), (), now, now), (0, 0, 0)))
            return
        bear = partial(nursery.bear, _module(work))
        self._children[work.id] = Child(work, self._scratch / str(work.id), bear)

    def _hear(self, child: Child) -> None:
        if self._children.get(child.work.id) is not child:
            return  # it has ended just now
        bodies = child.channel.receive()
        child.gone = bodies is None
        self._take_in(child, bodies or ())
        if child.lost:
            self._over(child)

    def _take_in(self, child: Child, bodies: Iterable[bytes]) -> None:
        for body in bodies:
            match decode_from_child(body):
                case Born(pid):
                    child.pid = pid
                    if child.stopping:
                        child.stop()
                case Loaded():
                    child.begin()
                    self._pass_on(framed(body))
                    if self._nursery is not None:
                        self._nursery.keep_loaded(_module(child.work))
                case Element():
                    child.begin()
                case Asked():
                    self._pass_on(framed(body))
                case Done():
                    child.body = body
                    child.kill()

    def _reap(self) -> None:
        """Take leave of processes that have ended."""
        if signal.SIGTERM in self._signals.read():
            self._status = 0
        for pid, status in offspring.ended():
            if pid == self._fetching and self._opened is not None:
                self._fetched(self._opened, status)
            if self._nursery is not None:
                self._nursery.ended(pid, status)
            for child in list(self._children.values()):
                if child.pid is None and not child.gone:
                    self._hear(child)  # it may be this one
                if child.pid == pid:
                    self._died(child, status)

    def _died(self, child: Child, status: int) -> None:
        child.signal(signal.SIGKILL)  # its number is still that of its group
        child.status = status
        self._take_in(child, child.channel.drain())  # its last words
        killed = killed_for_memory()
        child.out_of_memory = status == -signal.SIGKILL and killed > self._killed
        self._killed = killed
        self._over(child)

    def _over(self, child: Child) -> None:
        """A process has ended: say how, and let nothing of it live on."""
        work = child.work
        if self._children.pop(work.id, None) is None:
            return
        if child.lost and not child.stopping:
            child.close()
            self._begin(work)
            return
        self._sweep(child.pid)
        tail = child.tail()
        if records := child.rest():
            self._tell(Said(work.id, records))
        if child.body is not None and not child.late:
            self._pass_on(framed(child.body))
        else:
            status = -signal.SIGKILL if child.status is None else child.status
            died = Died(work.id, status, tail, child.late, child.out_of_memory)
            self._tell(died)
        child.close()

    # -- looking after them ---------------------------------------------------------------

    def _look_after(self, now: float) -> None:
        for child in list(self._children.values()):
            if now >= child.due:
                child.stop(late=True)
            elif now >= child.kill_at:
                child.kill()
        if now >= self._looked + LOOK and self._executor.waiting < FULL:
            self._looked = now
            for id, child in self._children.items():
                if records := child.look():
                    self._tell(Said(id, records))
        opened = self._opened
        if opened is not None and now >= self._said + opened.beat:
            self._tell(Beat())
        if self._executor.deaf or now >= self._heard + self._silence:
            self._status = 0

    def _sweep(self, session: int | None) -> None:
        """Kill what has left the process group of an attempt that is over.

        What has made itself a session of its own is killed when no other attempt is under way,
        for nobody knows whose it is.
        """
        if any(child.pid is None for child in self._children.values()):
            return  # one of those may be a new process for a work
        known = {child.pid for child in self._children.values()} | {self._fetching}
        known |= {each.pid for each in self._nursery or ()}
        for _ in range(_ROUNDS):
            strays = [pid for pid in offspring.children() if pid not in known]
            mine = [
                pid for pid in strays if not self._children or offspring.session_of(pid) == session
            ]
            if not mine:
                return
            for pid in mine:
                offspring.kill(pid)

    def _end_all(self) -> None:
        if self._nursery is not None:
            self._nursery.close()
        children, self._children = self._children, {}
        for child in children.values():
            if child.pid is None:  # it may be there, and not have said so
                child.close()
            else:
                child.kill()
                offspring.wait(child.pid)
                child.close()
        self._sweep(None)
        rmtree(self._scratch, ignore_errors=True)


def _module(work: Work) -> str:
    """The module that the code of a work is in."""
    return work.loader.module if work.loader is not None else ""


def _packages() -> Path:
    """The folder in which code packages are unpacked."""
    return Path(os.environ.get(CODE) or f"{gettempdir()}/volery-code-{os.getuid()}")


def _fetch(opened: Open) -> int:
    """Get the code package; returns the exit status."""
    from volery.data.unpacked import unpacked

    try:
        unpacked(Storage(opened.storage, opened.storage_options), opened.package, _packages())
    except VoleryError as error:
        _complain(f"the code package {opened.package[:12]} cannot be used: {error}")
        return UNREACHABLE
    return 0


def _complain(why: str) -> None:
    """Tell whoever asks why this host has ended."""
    print(f"volery: {why}", file=sys.stderr, flush=True)  # noqa: T201 - that is where they look


def main() -> NoReturn:
    """Serve whoever speaks over the standard streams."""
    reading, writing = os.dup(0), os.dup(1)
    with Path(os.devnull).open("rb") as nothing:  # what is printed here is for people
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    scratch = Path(mkdtemp(prefix="volery-host-"))
    templates = offspring.adopt() and birth.can_count_threads()

    host = Host(Channel(reading, writing), Signals(), scratch, templates=templates)
    status = host.serve()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
