"""An execution is driven to its end on this terminal: watched, interrupted, its end told."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol, Self

import click
import msgspec

from volery.cli.errors import FAILED, INTERRUPTED, complain
from volery.cli.output import iso, phase, print_json, seconds, styled
from volery.cli.plain import PlainView, QuietView
from volery.cli.records import opened
from volery.cli.showing import SCREENFUL, record_json, to_text
from volery.engine.model import Phase
from volery.ir.failure import Failure
from volery.ir.interface import Output
from volery.ir.values import EMPTY

if TYPE_CHECKING:
    from volery.cli.labels import Labels
    from volery.services.engine import Engine
    from volery.services.home import Home
    from volery.store.base import ExecutionRecord, Line

    Go = Callable[[str, Callable[[list[Line]], None]], ExecutionRecord]


class View(Protocol):
    """Shows an execution while it runs. Open between ``with`` and its end."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def lines(self, lines: list[Line]) -> None:
        """Show what is new in the journal."""
        ...

    def printed(self, path: str, stream: str, text: str) -> None:
        """Show what an attempt printed."""
        ...

    def say(self, text: str) -> None:
        """Show a line of text."""
        ...


class Manner(msgspec.Struct, frozen=True):
    """How to tell of executions.

    Attributes:
        json: stdout is to hold one JSON document.
        progress: show how far it is.
        home: ``--home`` as it was given, for commands that are suggested; else empty.
    """

    json: bool
    progress: bool
    home: str

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Manner:
        """From the options of a command."""
        home = f" --home {given['home']}" if given["home"] else ""
        return cls(given["output"] == "json", not given["no_progress"], home)


class Driver:
    """Drives executions of one entity and tells of them.

    Args:
        entity: its name.
        labels: names for its nodes.
        outputs: what it gives back.
        manner: how to tell.
    """

    def __init__(
        self, entity: str, labels: Labels, outputs: Sequence[Output], manner: Manner
    ) -> None:
        self.view = _view_of(entity, labels, manner)
        self._outputs = outputs
        self._manner = manner

    def drive(self, engine: Engine, execution: str, go: Go) -> int:
        """Drive an execution to its end. Ctrl-C aborts it; a second one ends all at once.

        Args:
            engine: of the home with the execution.
            execution: its name.
            go: `Engine.drain` or `Engine.resume`.

        Returns the exit status.
        """
        with self.view as view, _Interrupt(engine.home, execution, view.say) as interrupt:
            record = go(execution, view.lines)
        self._tell_outputs(record, engine.outputs(execution) or EMPTY)
        self._tell_end(record)
        if record.phase is Phase.SUCCEEDED:
            return 0
        return INTERRUPTED if interrupt.asked else FAILED

    def _tell_outputs(self, record: ExecutionRecord, outputs: bytes) -> None:
        values = record_json(self._outputs, outputs)
        if self._manner.json:
            print_json(document(record) | {"outputs": values})
            return
        for name, value in values.items():
            click.echo(f"{name} = {to_text(value, limit=SCREENFUL)}")

    def _tell_end(self, record: ExecutionRecord) -> None:
        took = seconds((record.ended or record.created) - record.created)
        more = f"see volery executions get {record.id}{self._manner.home}"
        failure = record.failure
        if failure is None:
            click.echo(f"{record.id} {phase(record.phase, sys.stderr)} in {took}", err=True)
            click.echo(f"  {styled(more, sys.stderr, dim=True)}", err=True)
        elif record.phase is Phase.ABORTED:
            complain(f"{record.id} was aborted after {took}: {failure.message}", more)
        else:
            click.echo(failure_text(failure), err=True)
            complain(f"{record.id} failed after {took}{place_of(failure, record)}", more)


def _view_of(title: str, labels: Labels, manner: Manner) -> View:
    """The view that fits where stderr goes."""
    if not manner.progress:
        return QuietView()
    if sys.stderr.isatty():
        from volery.cli.live import LiveView  # loads rich

        return LiveView(title, labels)
    return PlainView(title, labels)


class _Interrupt:
    """Turns the first Ctrl-C into an abort, and leaves the second one as it is."""

    def __init__(self, home: Home, execution: str, say: Callable[[str], None]) -> None:
        self.asked = False
        self._home = home
        self._execution = execution
        self._say = say
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(self, *exception: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _interrupted(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 (signal's signature)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.asked = True
        # The main thread may be anywhere, also between two statements of a transaction. So the
        # abort is asked for as from another process: over a connection of its own.
        threading.Thread(target=self._ask).start()
        self._say("stopping; Ctrl-C again to end at once")

    def _ask(self) -> None:
        with opened(self._home, to_write=True) as store:
            store.abort(self._execution, "interrupted with Ctrl-C", time.time())


def document(record: ExecutionRecord) -> dict[str, Any]:
    """An execution as the JSON document of commands."""
    return {
        "execution": record.id,
        "project": record.project,
        "domain": record.domain,
        "kind": record.entity.kind,
        "entity": record.entity.name,
        "phase": record.phase.value,
        "labels": dict(record.labels),
        "created": iso(record.created),
        "ended": iso(record.ended),
        "seconds": None if record.ended is None else round(record.ended - record.created, 6),
        "failure": failure_document(record.failure),
    }


def failure_document(failure: Failure | None) -> dict[str, Any] | None:
    """A failure in such a document; every key is always there."""
    if failure is None:
        return None
    return {name: getattr(failure, name) for name in Failure.__struct_fields__}


def failure_text(failure: Failure) -> str:
    """Why something failed: the user's traceback, or the message where there is none."""
    return failure.traceback.rstrip() or f"{failure.code}: {failure.message}"


def place_of(failure: Failure, record: ExecutionRecord) -> str:
    """Where an execution's failure began, to be put behind a sentence; empty where unknown."""
    if not failure.path:
        return ""
    inside = failure.execution not in {"", record.id}
    return f" at node {failure.path}" + (f" of execution {failure.execution}" if inside else "")
