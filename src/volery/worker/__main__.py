"""The process that runs user code: ``python -m volery.worker SOCKET LIFELINE LOG``.

It stays for many works and keeps the user's code loaded. The main thread carries works out, a
second one receives them. Nothing outlives the executor: when it is gone, the whole process group
is killed.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from threading import Lock, Thread
from time import time
from typing import TYPE_CHECKING, Any, Final, NoReturn

from volery import worker
from volery.data.current import establish
from volery.data.storage import Storage
from volery.ir.failure import Failure
from volery.ir.work import Call, CallEnded, Result, Work
from volery.sdk.context import make_folders_in
from volery.worker.execute import Observer, run
from volery.worker.failures import failure_of
from volery.worker.inbox import Inbox
from volery.worker.lifeline import keep, tie
from volery.worker.load import changed, load, loaded, prepend
from volery.worker.protocol import (
    CHUNK,
    Answer,
    Asked,
    Done,
    Element,
    FrameReader,
    FromWorker,
    Init,
    Loaded,
    Ready,
    Return,
    Returned,
    Run,
    decode_to_worker,
    frame,
)
from volery.worker.records import follow
from volery.worker.surroundings import Surroundings, line_by_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from volery.sdk.task import Task
    from volery.worker.calls import Caller

_NONE: Final = -1
"""No socket."""


class Worker:
    """One worker process, from inside.

    Args:
        socket: file descriptor of its end of a stream socket.
        log: file descriptor of the file that takes records of `logging`.
    """

    def __init__(self, socket: int, log: int) -> None:
        self._socket = socket
        self._inbox = Inbox()
        self._sending = Lock()
        self._surroundings = Surroundings(log)
        self._caller: Caller | None = None
        keep(socket)
        keep(log)
        follow(log)
        os.register_at_fork(after_in_child=self._forget)

    def work(self) -> NoReturn:
        """Carry out works, in the order in which they come."""
        Thread(target=self._receive, name="volery-receiver", daemon=True).start()
        while True:
            result = self._attempt(self._inbox.take())
            self._surroundings.restore()
            if self._socket == _NONE:  # a process that user code forked came back from the task
                os._exit(0 if result.failure is None else 1)
            self._send(Done(result, self._surroundings.printed()))

    def _attempt(self, work: Work) -> Result:
        started = time()
        try:
            task = self._task(work)
            if isinstance(task, Failure):
                return Result(work.id, None, task, (), started, time())
            self._caller = self._caller_of(work)
            return run(task, work, _Reporter(self._send, work), self._caller)
        except KeyboardInterrupt as interrupt:  # the user's own: the terminal's does not get here
            return Result(work.id, None, failure_of(interrupt), (), started, time())

    def _caller_of(self, work: Work) -> Caller | None:
        if work.mode != "eager":
            return None
        from volery.worker.calls import Caller

        def ask(call: Call, _tasks: object) -> None:
            if work.secrets:
                from volery.worker.guard import check_call

                check_call(call, work.secrets)
            self._send(Asked(call))

        return Caller(work.id, ask, elsewhere=True)

    def _task(self, work: Work) -> Task[..., Any] | Failure:
        task = loaded(work.loader, work.task) or self._load(work)
        return task if isinstance(task, Failure) else changed(task, work.interface) or task

    def _load(self, work: Work) -> Task[..., Any] | Failure:
        task = load(work.loader, work.task)
        self._surroundings.remember()
        if not isinstance(task, Failure):
            self._send(Loaded(work.id))
        return task

    def _receive(self) -> None:
        reader = FrameReader()
        while data := self._read():
            for body in reader.feed(data):
                match decode_to_worker(body):
                    case Init(import_roots, scratch, storage, storage_options):
                        prepend(import_roots)
                        make_folders_in(scratch)
                        establish(Storage(storage, storage_options))
                        self._send(Ready())
                    case Run(works):
                        self._inbox.put(works)
                    case Return():
                        self._send(Returned(self._inbox.clear()))
                    case Answer(end):
                        self._answer(end)
        self._end()

    def _answer(self, end: CallEnded) -> None:
        caller = self._caller
        if caller is not None and caller.work == end.work:  # else it comes too late
            caller.ended(end)

    def _read(self) -> bytes:
        try:
            return os.read(self._socket, CHUNK)
        except OSError:
            return b""

    def _send(self, message: FromWorker) -> None:
        data = memoryview(frame(message))
        try:
            with self._sending:
                while data:
                    data = data[os.write(self._socket, data) :]
        except OSError:
            self._end()

    def _forget(self) -> None:
        """In a process that user code forked: it is no worker and must not speak as one."""
        os.close(self._socket)
        self._socket = _NONE

    def _end(self) -> NoReturn:
        """The other end is gone: leave nothing behind."""
        if self._socket != _NONE and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)


class _Reporter(Observer):
    """Says when the next element of a work with a limit begins."""

    elsewhere = True

    def __init__(self, send: Callable[[FromWorker], None], work: Work) -> None:
        self._send = send
        self._work = work

    def element(self) -> None:
        if self._work.limit is not None:
            self._send(Element(self._work.id))


def _ignore(number: int, frame: FrameType | None) -> None:
    """An interrupt is the executor's business; programs that user code runs are not told so."""


def main(socket: int, lifeline: int, log: int) -> NoReturn:
    """Run a worker on inherited file descriptors until the executor is gone."""
    worker.running = True
    signal.signal(signal.SIGINT, _ignore)
    faulthandler.enable(all_threads=False)
    line_by_line()
    tie(lifeline)
    Worker(socket, log).work()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
