"""An attempt from its invocation to its outcome, in the process that runs user code."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from time import time
from typing import TYPE_CHECKING, Any, Final

import msgspec

from volery import worker
from volery._version import __version__
from volery.data import documents
from volery.data.current import current, establish
from volery.data.storage import Storage
from volery.errors import VoleryError
from volery.ir.failure import Failure
from volery.ir.invocation import FAILED, SUCCEEDED, UNREACHABLE, Attempt, Outcome
from volery.ir.work import Result, Work
from volery.wire.logs import LogRecord
from volery.worker.execute import Observer, run
from volery.worker.failures import failure_of
from volery.worker.lifeline import tie
from volery.worker.load import changed, load, prepend
from volery.worker.reading import Refusal, read_invocation
from volery.worker.records import BEGAN, MARK, ONE_STREAM, follow
from volery.worker.secret_files import read_secrets
from volery.worker.surroundings import line_by_line
from volery.worker.ties import Ends, Pace, Plan
from volery.worker.warden import BY_SIGNAL

if TYPE_CHECKING:
    from types import FrameType

    from volery.ir.secret import SecretValue
    from volery.sdk.task import Task

CODE: Final = "VOLERY_CODE"
"""The variable that names the folder in which code packages are unpacked."""


def carry_out(uri: str, ends: Ends) -> int:
    """Make the attempt.

    Args:
        uri: of the invocation.
        ends: what ties this process to its warden.

    Returns:
        The exit status.
    """
    os.setsid()
    tie(ends.lifeline)
    try:
        invocation = read_invocation(uri, Attempt)
        if _is_over(invocation):
            return SUCCEEDED
        attempt = _Attempt(invocation, ends)
        try:
            outcome = attempt.outcome()
        except KeyboardInterrupt:
            return BY_SIGNAL + signal.SIGTERM
        return _leave(invocation, outcome) if attempt.is_here else SUCCEEDED
    except Refusal as refusal:
        print(f"volery: {refusal}", file=sys.stderr)  # noqa: T201 - for its log
        return refusal.status
    finally:
        _flush()


def _is_over(invocation: Attempt) -> bool:
    """Whether the attempt has been made: somebody has missed that, and started it again."""
    try:
        return documents.exists(invocation.outcome)
    except VoleryError as error:
        raise Refusal(UNREACHABLE, f"the storage cannot be reached: {error}") from None


def _leave(invocation: Attempt, outcome: Outcome) -> int:
    """Write the outcome, unless there is one: then it counts, and this one came too late."""
    try:
        documents.write_once(invocation.outcome, msgspec.json.encode(outcome))
    except VoleryError as error:
        raise Refusal(UNREACHABLE, f"the outcome cannot be written: {error}") from None
    return SUCCEEDED if outcome.failure is None else FAILED


class _Attempt(Observer):
    """One attempt."""

    elsewhere = True

    def __init__(self, invocation: Attempt, ends: Ends) -> None:
        self._invocation = invocation
        self._ends = ends
        self._process = os.getpid()
        self._started = time()
        self._stopped = False

    @property
    def is_here(self) -> bool:
        """Whether this is its process, and not one that user code has forked."""
        return os.getpid() == self._process

    def outcome(self) -> Outcome:
        """Carry it out. Raises KeyboardInterrupt when it was stopped."""
        try:
            return _outcome_of(self._result())
        except KeyboardInterrupt as interrupt:
            if self._stopped:
                raise
            return self._failed(failure_of(interrupt))  # the user's own
        except VoleryError as error:
            return self._failed(failure_of(error))
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # all that is left is to say how it went
            self._pace(running=False)

    def element(self) -> None:
        self._pace(running=True)

    def _pace(self, *, running: bool, loading: bool = False) -> None:
        if self.is_here:
            self._ends.tell(Pace(running, loading))

    def _result(self) -> Result:
        invocation = self._invocation
        secrets = read_secrets(invocation.secrets)
        self._report(secrets)
        self._settle()
        os.environ.update(invocation.environment)
        establish(Storage(invocation.storage))
        work = _work_of(invocation, secrets)
        task = self._fetch() or self._task(work)
        if isinstance(task, Failure):
            return Result(0, None, task, (), self._started, time())
        record = LogRecord(time(), BEGAN, "")
        os.write(2, MARK + msgspec.json.encode(record) + b"\n")
        self.element()
        return run(task, work, self)

    def _report(self, secrets: tuple[SecretValue, ...]) -> None:
        """Tell the warden, through whose hands what is printed goes where that is needed."""
        invocation = self._invocation
        plan = Plan(
            invocation.outcome,
            invocation.heartbeat,
            invocation.beat,
            invocation.limit,
            invocation.secrets,
        )
        self._ends.tell(plan)
        one_stream = os.environ.pop(ONE_STREAM, "")  # it is no concern of user code
        for target, pipe in ((1, self._ends.stdout), (2, self._ends.stderr)):
            if secrets or one_stream:
                os.dup2(pipe, target)
            os.close(pipe)

    def _settle(self) -> None:
        """Make this process one that runs user code."""
        worker.running = True
        faulthandler.enable(all_threads=False)
        line_by_line()
        follow(2, MARK)
        signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopped = True
        signal.default_int_handler(number, frame)

    def _fetch(self) -> Failure | None:
        """Get the code package; or why it cannot be had."""
        package = self._invocation.code.package
        if not package:
            return None
        from pathlib import Path
        from tempfile import gettempdir

        from volery.data.unpacked import unpacked

        folder = os.environ.get(CODE) or f"{gettempdir()}/volery-code-{os.getuid()}"
        try:
            prepend([str(unpacked(current(), package, Path(folder)))])
        except VoleryError as error:
            message = f"the code package {package[:12]} cannot be used: {error}"
            return Failure("PackageUnavailable", "SYSTEM", message)
        return None

    def _task(self, work: Work) -> Task[..., Any] | Failure:
        if work.mode == "eager":
            message = (
                f"the task {work.task} is eager: it calls others while it runs, which needs a "
                "process beside the engine\n  hint: with_overrides(executor='process')"
            )
            return Failure("EagerElsewhere", "USER", message, retryable=False)
        self._pace(running=True, loading=True)
        task = load(work.loader, work.task)
        if not isinstance(task, Failure):
            task = changed(task, work.interface) or task
        return self._versions(task) if isinstance(task, Failure) else task

    def _versions(self, failure: Failure) -> Failure:
        """Whatever is wrong with the code, another Volery may be the reason."""
        theirs = self._invocation.version
        if theirs in ("", __version__):
            return failure
        message = f"{failure.message}\n  the engine is Volery {theirs}, the image has {__version__}"
        return msgspec.structs.replace(failure, message=message)

    def _failed(self, failure: Failure) -> Outcome:
        return Outcome(failure=failure, started=self._started, ended=time())


def _work_of(invocation: Attempt, secrets: tuple[SecretValue, ...]) -> Work:
    part = invocation.part
    return Work(
        id=0,
        execution=invocation.execution,
        path=invocation.path,
        attempt=invocation.attempt,
        task=invocation.task,
        loader=invocation.code.loader,
        inputs=invocation.record,
        elements=part and part.elements,
        over=part.over if part else (),
        environment=invocation.environment,
        interface=invocation.code.contract,
        mode=invocation.mode,
        limit=invocation.limit,
        recovers=invocation.recovers,
        most_nodes=invocation.most_nodes,
        secrets=secrets,
    )


def _outcome_of(result: Result) -> Outcome:
    return Outcome(
        record=result.outputs,
        graph=result.graph,
        failure=result.failure,
        elements=result.elements,
        started=result.started,
        ended=result.ended,
        returned=result.returned,
    )


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: BLE001, S112 - user code may have put anything there
            continue
