"""Tasks for the suites of executors, and how works of them are made, launched and waited for."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from volery.data import offload
from volery.executors.base import Event, Executor, Printed, Started
from volery.ir.secret import SecretValue
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Place, Result, Work
from volery.sdk.context import current_context
from volery.sdk.task import Task, task
from volery.wire.logs import LogRecord

TIMEOUT = 45.0
"""Seconds that a test waits for an executor."""

SIGNALS = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})
"""Those that a process can handle."""

OF_ITS_OWN = ("HOSTNAME", "VOLERY_INVOCATION")
"""Variables that are others in each container."""

TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)

ids = count(1)
"""Numbers for works."""

EXECUTION = f"conformance-{os.urandom(8).hex()}"
"""The execution of the works: a new one for each process, as outcomes are kept by it."""


@task
def double(x: int) -> int:
    """Twice a number."""
    return 2 * x


@task
def invert(x: int) -> float:
    """One divided by a number."""
    return 1 / x


@task
async def double_later(x: int) -> int:
    """Twice a number, by way of an event loop."""
    return 2 * x


@task
def grow(text: str) -> str:
    """A text and one letter more."""
    return text + "x"


@task
def look_around() -> list[str]:
    """Where the attempt believes to be."""
    context = current_context()
    variable = os.environ.get("VOLERY_CONFORMANCE", "unset")
    return [context.execution_id, context.node_path, str(context.attempt), variable]


@task
def leave(code: int) -> None:
    """Call ``sys.exit``."""
    sys.exit(code)


@task
def speak(text: str) -> None:
    """Print to both streams, and have a child process print too."""
    print(text)  # noqa: T201 - it is what the task is for
    print(text.upper(), file=sys.stderr)  # noqa: T201
    subprocess.run(["echo", text, "from a child"], check=True)  # noqa: S607 - any echo will do


@task
def speak_and_last(text: str, seconds: float) -> None:
    """Print, then last for a while."""
    print(text)  # noqa: T201
    time.sleep(seconds)


@task
def use_secret(leak: str) -> int:
    """Say, log or raise a secret; else give back how long it is."""
    value = current_context().secrets.get("conformance", "password")
    match leak:
        case "print":
            print("it is", value)  # noqa: T201
        case "log":
            logging.getLogger("conformance").warning("it is %s", value)
        case "raise":
            raise ValueError(value)
        case _:
            pass
    return len(value)


@task
def give_secret() -> str:
    """Give a secret back."""
    return current_context().secrets.get("conformance", "password")


@task
def disturb(folder: str) -> None:
    """Change all that a process has only once."""
    os.chdir(folder)
    os.umask(0o777)
    os.environ["VOLERY_CONFORMANCE"] = "disturbed"
    os.environ.pop("PATH", None)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    for timer in TIMERS:
        signal.setitimer(timer, 3600)
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    sys.stdout.close()
    os.close(2)
    sys.stderr = None


@task
def surroundings() -> list[str]:
    """All that a process has only once."""
    mask = os.umask(0)
    os.umask(mask)
    timers = [signal.getitimer(timer) for timer in TIMERS]
    known = [signal.getsignal(number) for number in SIGNALS]
    handlers = [getattr(each, "__qualname__", each) for each in known]
    blocked = sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
    variables = sorted(each for each in os.environ.items() if each[0] not in OF_ITS_OWN)
    return [*map(str, (Path.cwd(), mask, variables, timers, handlers, blocked))]


@task
def leave_a_signal_waiting() -> None:
    """Send the own thread a signal that would end the process, and keep it from being delivered."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)


@task
def vanish(code: int) -> None:
    """Print, then end the process without a word to anybody."""
    print("about to vanish")  # noqa: T201
    os._exit(code)


@task
def kill_itself(number: int) -> None:
    """Send the own process a signal."""
    os.kill(os.getpid(), number)


@task
def hang() -> None:
    """Last for ever, or until a signal comes."""
    while True:
        signal.pause()


@task
def hang_on() -> None:
    """Last for ever, whatever SIGTERM says."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    hang.function()


@task
def devour(megabytes: int) -> None:
    """Say which process this is, use up so much memory, and last for ever."""
    print(os.getpid(), flush=True)  # noqa: T201
    held = [os.urandom(1 << 20) for _ in range(megabytes)]
    hang.function()
    del held


@task
def last(seconds: float) -> float:
    """Last as long as it is told; returns how long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return seconds


@task
def speak_and_hang(text: str) -> None:
    """Print, then last for ever."""
    print(text, file=sys.stderr)  # noqa: T201
    hang.function()


TASKS: dict[str, Task[..., Any]] = {
    each.name: each
    for each in (
        double, invert, double_later, grow, look_around, leave, speak, vanish, disturb,
        surroundings, leave_a_signal_waiting, kill_itself, hang, hang_on, devour, last,
        speak_and_hang,
        speak_and_last, use_secret, give_secret,
    )
}  # fmt: skip
"""The tasks of the suite, by name."""


def placed(target: Work) -> Work:
    """The same work of a task of this module, with what it needs in a container."""
    place = Place("default", "development", TASKS[target.task].interface)
    return msgspec.structs.replace(target, place=place)


def work(target: Task[..., Any], **inputs: Any) -> Work:
    """A work of a task of this module, with an id and a path of its own."""
    number = next(ids)
    loader = Loader(__name__, target.name.rpartition(".")[2])
    made = Work(number, EXECUTION, f"n{number}", 1, target.name, loader, pack(inputs))
    return placed(made)


SECRET = SecretValue("conformance", "password", "nobody may see this")


def entrusted(target: Work) -> Work:
    """The same work, with a secret."""
    return msgspec.structs.replace(target, secrets=(SECRET,))


def limited(target: Work, limit: float) -> Work:
    """The same work, with a limit in seconds."""
    return msgspec.structs.replace(target, limit=limit)


def part(target: Task[..., Any], name: str, values: Sequence[Any]) -> Work:
    """A work for a part of a map."""
    loader = Loader(__name__, target.name.rpartition(".")[2])
    number, record = next(ids), pack({name: values})
    path = f"m{number}[0:{len(values)}]"
    made = Work(number, EXECUTION, path, 1, target.name, loader, record, len(values), (name,))
    return placed(made)


def again(target: Work) -> Work:
    """The same attempt, as another engine launches it."""
    return msgspec.structs.replace(target, id=next(ids))


class Heard(NamedTuple):
    """What came of a work: its result, and what it printed."""

    result: Result
    records: list[LogRecord]

    def text(self, stream: str) -> str:
        """What it printed on a stream."""
        return text(self.records, stream)


def text(records: Sequence[LogRecord], stream: str) -> str:
    """What was printed on a stream."""
    return "".join(f"{each.text}\n" for each in records if each.stream == stream)


def heard(executor: Executor, works: Sequence[Work]) -> list[Heard]:
    """What comes of works, in the order of the works. Raises TimeoutError."""
    found: dict[int, Result] = {}
    printed: defaultdict[int, list[LogRecord]] = defaultdict(list)
    deadline = time.monotonic() + TIMEOUT
    while len(found) < len(works):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(works) - len(found)} of {len(works)} works without a result")
        for event in executor.poll(1.0):
            if isinstance(event, Result):
                assert event.id not in found, f"a second result of work {event.id}"
                found[event.id] = event
            if isinstance(event, Printed):
                assert event.id not in found, f"work {event.id} printed after its result"
                printed[event.id] += event.records
    return [Heard(found[each.id], printed[each.id]) for each in works]


def results(executor: Executor, works: Sequence[Work]) -> list[Result]:
    """The results of works, in the order of the works. Raises TimeoutError."""
    return [each.result for each in heard(executor, works)]


def listen(executor: Executor, works: Sequence[Work]) -> list[Heard]:
    """Launch works as the executor has room for them; what comes of them, in order."""
    found: list[Heard] = []
    while len(found) < len(works):
        some = works[len(found) : len(found) + max(1, executor.room())]
        executor.launch(some)
        found += heard(executor, some)
    return found


def run(executor: Executor, works: Sequence[Work]) -> list[Result]:
    """Launch works as the executor has room for them; their results, in order."""
    return [each.result for each in listen(executor, works)]


def output(result: Result) -> Any:
    """The single output of a result that has one, as a wire tree."""
    assert result.failure is None, result.failure
    assert result.outputs is not None
    return offload.unpack(result.outputs)["o0"]


def code(result: Result) -> str:
    """The code of a result's failure."""
    assert result.failure is not None, result
    assert result.outputs is None
    return result.failure.code


def until_started(executor: Executor, target: Work) -> list[LogRecord]:
    """Wait until a work is known to be under way; what it has printed so far.

    Raises TimeoutError.
    """
    return _until(Started, executor, target)


def until_printed(executor: Executor, target: Work) -> list[LogRecord]:
    """Wait until a work has printed something, which is given back. Raises TimeoutError."""
    return _until(Printed, executor, target)


def _until(kind: type[Event], executor: Executor, target: Work) -> list[LogRecord]:
    """Wait for an event of a work that goes on; what it has printed so far."""
    printed: list[LogRecord] = []
    come = False
    deadline = time.monotonic() + TIMEOUT
    while not come:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the work has not been reported: {kind.__name__}")
        for event in executor.poll(1.0):
            assert isinstance(event, Started | Printed), event
            if event.id == target.id and isinstance(event, Printed):
                printed += event.records
            come = come or (isinstance(event, kind) and event.id == target.id)
    return printed
