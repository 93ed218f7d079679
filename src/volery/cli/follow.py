"""An execution that somebody else drives is followed on this terminal to its end."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from volery.cli import there
from volery.cli.document import execution_document, failure_text, place_of
from volery.cli.errors import FAILED, INTERRUPTED, complain
from volery.cli.gates import how_to_signal
from volery.cli.glance import glance
from volery.cli.labels import Labels
from volery.cli.output import phase, print_json, say, seconds, styled
from volery.cli.plain import QuietView
from volery.cli.view import View, view_of
from volery.ir.codec import read_bundle
from volery.ir.gates import may_have_gates
from volery.ir.ref import Ref
from volery.services.records import interface_of
from volery.store.base import Line
from volery.types.written.showing import SCREENFUL, cut, record_previews

if TYPE_CHECKING:
    from volery.ir.specs import Bundle
    from volery.wire.backend import Backend
    from volery.wire.executions import Event, Execution


def follow(
    backend: Backend, execution: Execution, given: Mapping[str, Any], *, asks: bool = True
) -> int:
    """Show how an execution goes on and how it ends; returns the exit status.

    On Ctrl-C it goes on without a watcher, unless whoever is at the terminal wants it aborted.

    Args:
        backend: of whoever drives it.
        execution: which.
        given: the command's options.
        asks: on Ctrl-C whoever is at the terminal is asked.
    """
    bundle = read_bundle(backend.bundle(execution.bundle))
    entity = Ref(execution.entity.kind, execution.entity.name)
    labels = Labels(bundle, entity)
    flag = there.flag(given)
    with QuietView() if given["no_progress"] else view_of(entity.name, labels) as view:
        gates = _Gates(backend, execution.id, view, flag) if may_have_gates(bundle) else None
        watched = _Watched(backend, execution.id, view, gates, asks=asks)
        ended = watched.to_the_end()
    if ended is None:
        say(f"{execution.id} goes on; see volery executions watch {execution.id}{flag}")
        return INTERRUPTED
    _tell_outputs(backend, ended, bundle, given)
    _tell_end(ended, flag)
    if ended.phase == "SUCCEEDED":
        return 0
    return INTERRUPTED if watched.aborted else FAILED


class _Watched:
    """An execution under somebody's eyes.

    Attributes:
        aborted: whoever watches has asked for that.
    """

    def __init__(
        self, backend: Backend, id: str, view: View, gates: _Gates | None, *, asks: bool
    ) -> None:
        self.aborted = False
        self._asks = asks and sys.stdin.isatty() and sys.stderr.isatty()
        self._backend = backend
        self._id = id
        self._view = view
        self._gates = gates
        self._seen = 0

    def to_the_end(self) -> Execution | None:
        """The execution once it has ended; None: nobody watches any more."""
        while True:
            try:
                for event in self._backend.watch(self._id, self._seen):
                    self._seen = event.seq
                    self._view.lines([_line(event)])
                    if self._gates is not None:
                        self._gates.look(event)
                return self._backend.execution(self._id)
            except KeyboardInterrupt:
                if self.aborted or not self._is_to_be_aborted():
                    return None
                self.aborted = True
                self._view.say("stopping; Ctrl-C again to leave it to itself")
                self._backend.abort(self._id, "interrupted with Ctrl-C")

    def _is_to_be_aborted(self) -> bool:
        if not self._asks:
            return False
        with self._view.quiet():
            return click.confirm(f"\nabort {self._id}? Otherwise it goes on without you", err=True)


class _Gates:
    """Tells of gates that wait, each once: what they ask, and how they are answered."""

    def __init__(self, backend: Backend, id: str, view: View, flag: str) -> None:
        self._backend = backend
        self._id = id
        self._view = view
        self._flag = flag
        self._told: set[tuple[str, str]] = set()

    def look(self, event: Event) -> None:
        """Find out whether a node execution that has begun is a gate."""
        if event.event != "RUNNING" or event.attempt or not event.path:
            return
        for gate in self._backend.gates(self._id):
            if (gate.execution, gate.path) not in self._told:
                self._told.add((gate.execution, gate.path))
                self._view.say(f"{gate.question}\n  answer: {how_to_signal(gate, self._flag)}")


def _line(event: Event) -> Line:
    """An event in the words of the store, which the views know."""
    return Line(
        event.seq, event.at, event.execution, event.path, event.attempt, event.event, event.detail
    )


def _tell_outputs(
    backend: Backend, ended: Execution, bundle: Bundle, given: Mapping[str, Any]
) -> None:
    succeeded = ended.phase == "SUCCEEDED"
    if given["output"] == "json":
        outputs = backend.outputs(ended.id).values if succeeded else {}
        print_json(execution_document(ended) | {"outputs": outputs})
    elif succeeded:
        interface = interface_of(bundle, Ref(ended.entity.kind, ended.entity.name))
        record = backend.outputs(ended.id).record
        for name, tree in record_previews(interface.outputs, record).items():
            for each in glance(name, tree):
                click.echo(cut(each, SCREENFUL))


def _tell_end(ended: Execution, flag: str) -> None:
    took = seconds((ended.ended or ended.created) - ended.created)
    more = f"see volery executions get {ended.id}{flag}"
    failure = ended.failure
    if failure is None:
        say(f"{ended.id} {phase(ended.phase, sys.stderr)} in {took}")
        say(f"  {styled(more, sys.stderr, dim=True)}")
    elif ended.phase == "ABORTED":
        complain(f"{ended.id} was aborted after {took}: {failure.message}", more)
    else:
        say(failure_text(failure))
        complain(f"{ended.id} failed after {took}{place_of(failure, ended.id)}", more)
