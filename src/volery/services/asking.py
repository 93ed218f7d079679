"""Asking: the gates of a plain call, whose answers come from the terminal."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Self

from volery.services.feed import Feed
from volery.services.gates import Gate, GateFeed, Gates
from volery.services.orchestrator import Orchestrator
from volery.services.prompts import Prompts
from volery.store.base import Signalled


class Asking:
    """Watches a plain call for gates that wait. A context manager.

    Answers are typed in another thread, and given to the engine between two rounds of this one: a
    store in memory is for one thread.
    """

    def __init__(self, orchestrator: Orchestrator, execution: str) -> None:
        self._orchestrator = orchestrator
        self._execution = execution
        self._answers: SimpleQueue[tuple[str, str, bytes]] = SimpleQueue()
        self._unanswered: SimpleQueue[Gate] = SimpleQueue()
        self._stack = ExitStack()
        gates = Gates(orchestrator.store, orchestrator.contexts, orchestrator.values)
        if sys.stdin is not None and sys.stdin.isatty():
            prompts = self._stack.enter_context(
                Prompts(self._answered, _write, self._unanswered.put)
            )
            waiting = GateFeed(gates, prompts.ask, prompts.forget)
        else:
            waiting = GateFeed(gates, self._unanswered.put, _nothing)
        self._feed = Feed(orchestrator.store, execution, waiting.lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def look(self) -> None:
        """See which gates wait, and pass on what was answered."""
        self._feed.read()
        while not self._answers.empty():
            self._orchestrator.signal(*self._answers.get())
        while not self._unanswered.empty():
            gate = self._unanswered.get()
            self._orchestrator.abort(
                self._execution,
                f"gate {gate.name} waits for an answer, and there is no terminal to ask on"
                "\n  hint: volery run waits, and takes the answer from elsewhere; in tests, give it"
                " to volery.testing.run_locally",
            )

    def _answered(self, execution: str, path: str, value: bytes) -> Signalled:
        self._answers.put((execution, path, value))
        return "taken"


def _write(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)  # noqa: T201 - it asks a person


def _nothing(execution: str, path: str) -> None:
    """Nobody was asked."""
