"""Gates, as whoever watches an execution meets them: asked on a terminal, else told of."""

from __future__ import annotations

import shlex
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from volery.ir.gates import may_have_gates
from volery.ir.types import BOOL
from volery.services.gates import Gate, GateFeed, Gates
from volery.services.prompts import Prompts

if TYPE_CHECKING:
    from volery.cli.view import View
    from volery.ir.specs import Bundle
    from volery.services.engine import Engine
    from volery.store.base import Line
    from volery.wire import executions as wire


class GateWatch:
    """Follows the journal of an execution for gates that begin or end to wait. A context manager.

    Args:
        engine: drives the execution.
        bundle: of the execution.
        view: shows it.
        home_flag: see `options.home_flag`.
    """

    def __init__(self, engine: Engine, bundle: Bundle, view: View, home_flag: str) -> None:
        self._view = view
        self._home_flag = home_flag
        self._prompts: Prompts | None = None
        self._feed: GateFeed | None = None
        if not may_have_gates(bundle):
            return
        gates = Gates(engine.store, engine.contexts, engine.values)
        if sys.stdin.isatty() and sys.stderr.isatty():
            self._prompts = Prompts(
                engine.signal, _write, self._tell, storage=engine.storage, quiet=view.quiet
            )
            self._feed = GateFeed(gates, self._prompts.ask, self._prompts.forget)
        else:
            self._feed = GateFeed(gates, self._tell, _nothing)

    def __enter__(self) -> Self:
        if self._prompts is not None:
            self._prompts.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._prompts is not None:
            self._prompts.__exit__(kind, error, traceback)

    def lines(self, lines: list[Line]) -> None:
        """Take in what is new in the journal, and pass it on to the view."""
        self._view.lines(lines)
        if self._feed is not None:
            self._feed.lines(lines)

    def _tell(self, gate: Gate) -> None:
        self._view.say(f"{gate.question()}\n  answer: {how_to_signal(gate, self._home_flag)}")


def how_to_signal(gate: Gate | wire.Gate, flag: str) -> str:
    """The command that answers a gate; `flag`: see `there.flag`."""
    answer = "--yes (or --no)" if gate.answer == BOOL else "VALUE"
    return f"volery executions signal {gate.execution} {shlex.quote(gate.key)} {answer}{flag}"


def _nothing(execution: str, path: str) -> None:
    """The view shows that a gate waits no longer."""


def _write(text: str) -> None:
    click.echo(text, err=True, nl=False)
